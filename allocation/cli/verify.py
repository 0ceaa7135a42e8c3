"""``passerelle verify``: check a certificate again, without the solver that made it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import ProblemsError
from allocation.file_faults import file_problem

if TYPE_CHECKING:
    from allocation.proof.checker import FalseStatementError

CERTIFICATE, ANNEX, PROPOSAL = "certificate.json", "annex.json", "proposal.json"
RULEBOOK = "wallonia"


@dataclass(frozen=True)
class Files:
    """What is checked: a certificate, its annex and its proposal when they are there."""

    certificate: Path
    annex: Path | None
    proposal: Path | None

    @staticmethod
    def of(path: Path, annex: Path | None) -> Files:
        """A folder of results, or a certificate alone (with what lies beside it left aside)."""
        if not path.is_dir():
            return Files(path, annex, None)
        beside = path / ANNEX
        proposal = path / PROPOSAL
        found = annex or (beside if beside.is_file() else None)
        return Files(path / CERTIFICATE, found, proposal if proposal.is_file() else None)


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("verify", help=text("commands.verify.help"))
    def verify_command(
        path: Path = typer.Argument(..., help=text("certificate.argument.path")),
        annex: Path | None = typer.Option(None, "--annex", help=text("certificate.option.annex")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(Files.of(path, annex), as_json=as_json)


def run(files: Files, *, as_json: bool) -> int:
    """Check the files; the exit code says whether every statement holds."""
    from allocation.proof.agreement import check_agreement
    from allocation.proof.checker import BAD_FILE, FalseStatementError, check, read
    from allocation.proof.rulebook_agreement import check_rulebook
    from allocation.rules import load_rulebook

    reading = files.certificate
    try:
        certificate = read(reading.read_bytes(), "certificate/1")
        annex = None
        if files.annex is not None:
            reading = files.annex
            annex = read(reading.read_bytes(), "certificate-annex/1")
        reading = files.certificate
        counted = check(certificate, annex)
        is_known = check_rulebook(certificate, load_rulebook(RULEBOOK))
        if files.proposal is not None:
            reading = files.proposal
            check_agreement(certificate, annex, reading.read_bytes())
    except FalseStatementError as error:
        _refuse(error, as_json=as_json)
        return console.CHECK_FAILED
    except BAD_FILE as error:
        problem = file_problem(reading, _first_cause(error), otherwise="certificate.unreadable")
        raise ProblemsError([problem]) from error
    _accept(counted, files, is_rulebook_known=is_known, as_json=as_json)
    return console.DONE


def _accept(
    counted: dict[str, int], files: Files, *, is_rulebook_known: bool, as_json: bool
) -> None:
    if as_json:
        agrees = files.proposal is not None and files.annex is not None
        agreed = {"agrees_with_proposal": agrees, "agrees_with_rulebook": is_rulebook_known}
        console.print_json({"holds": True, **counted, **agreed})
        return
    words = console.words()
    console.print_line(words.text("certificate.accepted", **counted), style="green")
    console.print_line(words.text("certificate.proved"))
    rules = "certificate.rules_agree" if is_rulebook_known else "certificate.rules_unknown"
    console.print_line(words.text(rules))
    if counted["unproved"]:
        console.print_line(words.text("certificate.unproved", **counted), style="yellow")
    if files.annex is None:
        console.print_line(words.text("certificate.not_opened"))
    else:
        console.print_line(words.text("certificate.opened", **counted))
        if files.proposal is not None:
            console.print_line(words.text("certificate.agrees"))


def _refuse(error: FalseStatementError, *, as_json: bool) -> None:
    words = console.words()
    facts = {name: _shown(value) for name, value in error.facts.items()}
    if as_json:
        console.print_json(
            {
                "holds": False,
                "code": error.code,
                "path": error.path,
                **console.said(lambda text: text.text(error.code, **facts)),
                "facts": facts,
            }
        )
        return
    out = console.error_console()
    heading = words.text("certificate.refused", path=error.path)
    out.print(f"{heading} [{error.code}]", style="bold red", markup=False, soft_wrap=True)
    out.print(f"  {words.text(error.code, **facts)}", markup=False, soft_wrap=True)
    if "stated" in facts and "found" in facts:
        compared = words.text("certificate.compared", **facts)
        out.print(f"  {compared}", markup=False, soft_wrap=True)


def _first_cause(error: Exception) -> Exception:
    """The fault below those it was raised again as."""
    while isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error


def _shown(value: Any) -> str:
    """A fact in one line, however long the list."""
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]} …"
