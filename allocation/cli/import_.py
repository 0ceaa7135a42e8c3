"""``passerelle import``: reads a register, lists every fault, writes it in its canonical form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem
from allocation.wording import Catalogue

if TYPE_CHECKING:
    from allocation.exchange import Examination


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("import", help=text("commands.import.help"))
    def import_command(
        source: Path = typer.Argument(..., help=text("register.option.source")),
        out: Path | None = typer.Option(None, "--out", help=text("register.option.import_out")),
        dry_run: bool = typer.Option(False, "--dry-run", help=text("commands.option.dry_run")),
        show_all: bool = typer.Option(False, "--all", help=text("register.option.all")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        words = console.words()
        if dry_run and out is not None:
            raise typer.BadParameter(words.text("register.dry_or_written"), param_hint="--dry-run")
        return run(source, out, is_dry=dry_run, show_all=show_all, as_json=as_json)


def run(source: Path, out: Path | None, *, is_dry: bool, show_all: bool, as_json: bool) -> int:
    """Examine; write the folder when there is no error; exit 2 when there is one."""
    from allocation.exchange import examine, write_folder

    words = console.words()
    if out is None and not is_dry:
        raise typer.BadParameter(words.text("register.out_needed"), param_hint="--out")
    with console.progress(words.text("register.step.read")):
        examination = examine(source)
    if out is not None and examination.is_accepted:
        with console.progress(words.text("register.step.write")):
            write_folder(examination.register(), out)
    if as_json:
        console.print_json(_report(examination, out))
    else:
        _show(examination, out, show_all=show_all)
    return console.DONE if examination.is_accepted else console.BAD_INPUT


def _report(examination: Examination, out: Path | None) -> dict[str, Any]:
    """Everything for machines; `error` is there when the register is refused."""
    written = str(out) if out is not None and examination.is_accepted else None
    report: dict[str, Any] = {} if examination.is_accepted else {"error": "input.refused"}
    report["source"] = examination.where
    report["written"] = written
    if examination.is_accepted:
        register = examination.register()
        report["register"] = {
            "kind": register.kind,
            "slsp_id": register.slsp_id,
            "content_hash": register.content_hash,
            "confirmations": len(register.confirmations),
        }
    report["counts"] = {
        name: {"read": c.read, "accepted": c.accepted, "rejected": c.rejected}
        for name, c in examination.counts.items()
    }
    report["problems"] = [console.problem_entry(p) for p in examination.problems]
    report["warnings"] = [console.problem_entry(p) for p in examination.warnings]
    return report


def _show(examination: Examination, out: Path | None, *, show_all: bool) -> None:
    words = console.words()
    _show_counts(examination, words)
    _show_problems(examination.warnings, words, "register.warnings_in", show_all=show_all)
    _show_problems(examination.problems, words, "register.errors_in", show_all=show_all)
    if not examination.is_accepted:
        console.print_line(words.text("register.refused"), style="bold red")
        return
    register = examination.register()
    console.print_line(
        words.text(
            f"register.kind_{register.kind}",
            slsp=register.slsp_id,
            found=len(register.confirmations),
        )
    )
    console.print_line(words.text("register.hash", value=register.content_hash))
    if out is None:
        console.print_line(words.text("register.sound"), style="bold green")
    else:
        console.print_line(words.text("register.written", path=out), style="bold green")


def _show_counts(examination: Examination, words: Catalogue) -> None:
    """Lines read, accepted and rejected, file by file; the totals add up."""
    rows = [
        [name, *(words.number(n) for n in (c.read, c.accepted, c.rejected))]
        for name, c in examination.counts.items()
    ]
    counts = examination.counts.values()
    totals = (
        sum(c.read for c in counts),
        sum(c.accepted for c in counts),
        sum(c.rejected for c in counts),
    )
    rows.append([words.text("register.total"), *(words.number(n) for n in totals)])
    names = ("file", "read", "accepted", "rejected")
    console.print_table(
        examination.where, [words.text(f"register.column.{name}") for name in names], rows
    )


def _show_problems(
    problems: Sequence[Problem], words: Catalogue, title: str, *, show_all: bool
) -> None:
    """A table per file; faults alike are cut short, or all shown."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.where, []).append(problem)
    names = [words.text(f"register.column.{name}") for name in ("line", "column", "problem")]
    for where, found in by_file.items():
        rows = []
        for p, n_alike in console.grouped(found, show_all=show_all):
            said = [console.problem_sentence(p, words), f"[{p.code}]"]
            if n_alike:
                said.append(words.text("commands.alike", n=n_alike))
            rows.append([str(p.row or ""), p.column, "\n".join(said)])
        console.print_table(words.text(title, file=where, found=len(found)), names, rows)
