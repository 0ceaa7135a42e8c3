"""``passerelle reform``: the same register under two rulebooks or two sets of quotas."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError

if TYPE_CHECKING:
    from allocation.model import Register
    from scenarios.reform.telling import Telling

RESULT_FILES = frozenset(
    {"reform.json", "households.csv", "groups.csv", "report.html", "report.pdf"}
)
_TABLE = ("gained", "lost", "up", "down", "served_before", "served_after")


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("reform", help=text("reform.help"))
    def reform_command(
        register: Path = typer.Option(..., "--register", help=text("reform.option.register")),
        against: str = typer.Option(..., "--against", help=text("reform.option.against")),
        out: Path | None = typer.Option(None, "--out", help=text("reform.option.out")),
        on: datetime | None = typer.Option(
            None, "--on", formats=["%Y-%m-%d"], metavar="DATE", help=text("reform.option.on")
        ),
        outside: bool = typer.Option(False, "--outside", help=text("reform.option.outside")),
        publish: Path | None = typer.Option(None, "--publish", help=text("reform.option.publish")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(
            register,
            against,
            out=out,
            on=on.date() if on else None,
            is_outside=outside,
            publish=publish,
            as_json=as_json,
        )


def run(
    path: Path,
    against: str,
    *,
    out: Path | None,
    on: date | None,
    is_outside: bool,
    publish: Path | None,
    as_json: bool,
) -> int:
    """Read both sides, hold both meetings, tell what changes; write everything or nothing."""
    from allocation.cli.propose import refuse_foreign_folder
    from scenarios.reform import read_against, reformed
    from scenarios.reform.telling import Telling

    words = console.words()
    if out is not None:
        refuse_foreign_folder(out, RESULT_FILES)
    if publish is not None:
        _refuse_filled(publish)
    with console.progress(words.text("reform.step.read")):
        register, held_on = _read(path)
        reform = read_against(against, on=on or held_on)
    with console.progress(words.text("reform.step.hold")):
        compared, told = reformed(register, reform, on=on or held_on, is_outside=is_outside)
    telling = Telling(told, compared, words)
    if out is not None:
        with console.progress(words.text("reform.step.write")):
            _write(telling, out)
    published = _publish(against, publish) if publish is not None else ""
    if as_json:
        console.print_json(told)
        return console.DONE
    _show(telling)
    if out is not None:
        files = ", ".join(str(out / name) for name in sorted(p.name for p in out.iterdir()))
        console.print_line(words.text("reform.done", files=files))
    if publish is not None:
        console.print_line(words.text("reform.published", folder=publish, hash=published[:16]))
    return console.DONE


def _read(path: Path) -> tuple[Register, date]:
    from allocation.exchange import read_register

    register = read_register(path)
    if register.meeting is None:
        raise ProblemsError([Problem.at("meeting.yaml", 0, "", "meeting.missing")])
    return register, register.meeting.meeting_on


def _refuse_filled(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = Problem.at(str(folder), 0, "", "reform.folder_not_empty", folder=folder)
        raise ProblemsError([problem])


def _publish(against: str, folder: Path) -> str:
    from allocation.exchange import whole_folder
    from scenarios.reform import publish_reform, reform_path

    with whole_folder(folder) as fresh:
        return publish_reform(reform_path(against), fresh).content_hash


def _write(telling: Telling, out: Path) -> None:
    from allocation.documents.pdf import write_page
    from allocation.exchange import whole_folder
    from scenarios.reform import groups_csv, households_csv
    from scenarios.reform.report import report_html

    told = telling.told
    with whole_folder(out) as folder:
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)
        _put(folder / "reform.json", text + "\n")
        _put(folder / "groups.csv", groups_csv(told))
        if told["audience"] == "company":
            _put(folder / "households.csv", households_csv(telling.comparison))
        write_page(report_html(told, telling.comparison, telling.words.language), folder)


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _show(telling: Telling) -> None:
    """The answer in sentences, then what changes and who wins and loses."""
    text, told = telling.words.text, telling.told
    for sentence in telling.answers():
        console.print_line(sentence)
    console.print_table(
        text("reform.section.changes"),
        [text(f"reform.head.{n}") for n in ("what", "before", "after", "mark")],
        [
            (
                telling.difference(d),
                telling.written(d, "before"),
                telling.written(d, "after"),
                telling.mark(d["mark"]),
            )
            for d in told["differences"]
        ],
    )
    if told["alone"]:
        _table(telling, "reform.section.alone", "change", told["alone"], _change)
    rows = told["profiles"]["household"]
    _table(telling, "reform.dimension.household", "group", rows, _group)


def _table(telling: Telling, title: str, first: str, rows: list[dict[str, Any]], name: Any) -> None:
    text = telling.words.text
    shown = [n for n in _TABLE if n in rows[0]]
    console.print_table(
        text(title),
        [text(f"reform.head.{n}") for n in (first, *shown)],
        [(name(telling, row), *(telling.figure(row[n]) for n in shown)) for row in rows],
    )


def _change(telling: Telling, row: dict[str, Any]) -> str:
    return telling.change(str(row["key"]))


def _group(telling: Telling, row: dict[str, Any]) -> str:
    return telling.group("household", str(row["value"]))
