"""``passerelle propose``: the committee's proposal, with its documents and its certificate."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError
from allocation.interruption import hear_again

if TYPE_CHECKING:
    from allocation.model import Meeting, Register
    from allocation.model.proposal import Proposal
    from allocation.rules import Rulebook
    from allocation.wording.reasons import Reasons

OTHER_YEAR = "proposal.other_year"
RESULT_FILES = frozenset(
    {
        "proposal.json",
        "proposal.xlsx",
        "report.html",
        "minutes.pdf",
        "support.json",
        "certificate.json",
        "annex.json",
    }
)


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("propose", help=text("commands.propose.help"))
    def propose_command(
        register: Path = typer.Option(..., "--register", help=text("proposal.option.register")),
        out: Path = typer.Option(..., "--out", help=text("proposal.option.out")),
        on: datetime | None = typer.Option(
            None, "--on", formats=["%Y-%m-%d"], help=text("proposal.option.on")
        ),
        mode: str = typer.Option("", "--mode", help=text("proposal.option.mode")),
        show_all: bool = typer.Option(False, "--all", help=text("register.option.all")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        del show_all  # read where faults are shown (`api.cli`)
        return run(register, out, on=on.date() if on else None, mode=mode, as_json=as_json)


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """
    Leave alone the millions of small objects of a register while they are made.

    They hold no cycles: looking for some, again and again, takes a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@no_search_for_cycles()
def run(path: Path, out: Path, *, on: date | None, mode: str, as_json: bool) -> int:
    """Read, check, propose, write everything or nothing."""
    from allocation.proposal import propose
    from allocation.rules import evaluate_register

    refuse_foreign_folder(out, RESULT_FILES)
    words = console.words()
    with console.progress(words.text("proposal.step.read")):
        register, rulebook, meeting, planned_on = _ready(path, on=on, mode=mode)
    with console.progress(words.text("proposal.step.propose")):
        assessments = evaluate_register(
            rulebook, register, meeting.meeting_on, settings=meeting.settings
        )
        proposal = propose(register, rulebook, assessments)
    hear_again()  # the solver may have taken Ctrl-C over
    with console.progress(words.text("proposal.step.write")):
        files = _write(proposal, register, assessments, rulebook, out)
    is_other_year = planned_on.year != meeting.meeting_on.year
    if as_json:
        caveats = [OTHER_YEAR] if is_other_year else []
        console.print_json(_summary(proposal, out, files) | {"caveats": caveats})
    else:
        _show(proposal, register, out, files)
        if is_other_year:
            sentence = words.text(
                OTHER_YEAR, asked=str(meeting.meeting_on.year), year=str(planned_on.year)
            )
            console.print_line(f"! {sentence}", style="yellow")
    return console.DONE


def _ready(path: Path, *, on: date | None, mode: str) -> tuple[Register, Rulebook, Meeting, date]:
    """
    The register, its rules, its meeting and the day it was planned for, if nothing is in the way.

    Raises
    ------
    ProblemsError
        Faults of the register and everything missing before proposing, all at once.
    """
    from allocation.exchange import examine
    from allocation.proposal import problems_before_proposing
    from allocation.rules import load_rulebook

    examination = examine(path)
    if examination.draft.problems:  # cells that cannot be read: the rest would be guesswork
        raise ProblemsError(examination.problems)
    register = examination.draft.accepted()
    meeting = register.meeting
    if meeting is None:
        missing = Problem.at("meeting.yaml", 0, "", "meeting.missing")
        raise ProblemsError([*examination.problems, missing])
    rulebook = load_rulebook(meeting.rulebook)
    problems = [
        *examination.problems,
        *problems_before_proposing(register, rulebook),
        *_asked_otherwise(register, meeting, on=on, mode=mode),
    ]
    if problems:
        raise ProblemsError(problems)
    planned_on = meeting.meeting_on
    meeting = replace(meeting, meeting_on=on or planned_on)
    if mode:
        meeting = replace(meeting, mode="serial" if mode == "serial" else "joint")
    return replace(register, meeting=meeting), rulebook, meeting, planned_on


def _asked_otherwise(
    register: Register, meeting: Meeting, *, on: date | None, mode: str
) -> list[Problem]:
    """
    Another date or mode than the meeting's is for study, on a demo register only.

    On a real one both are fixed before the freeze, never on the command line.
    """
    if mode not in ("", "joint", "serial"):
        return [Problem.at("--mode", 0, "", "meeting.unknown_mode", value=mode)]
    is_other = on not in (None, meeting.meeting_on) or mode not in ("", meeting.mode)
    if is_other and register.kind == "real":
        code = "meeting.fixed_before_freeze"
        return [Problem.at("meeting.yaml", 0, "", code, on=meeting.meeting_on)]
    return []


def refuse_foreign_folder(out: Path, results: frozenset[str]) -> None:
    """
    Only a folder of earlier results, files of these names, (or nothing) may be replaced.

    Replacing removes all that is in it, so one file of somebody else is enough to refuse.
    """
    if out.is_dir():
        foreign = [p.name for p in sorted(out.iterdir()) if not _is_a_result(p, results)]
    else:
        foreign = [out.name] if out.exists() or out.is_symlink() else []
    if foreign:
        code = "proposal.output_in_the_way"
        raise ProblemsError([Problem.at(str(out), 0, "", code, file=name) for name in foreign])


def _is_a_result(path: Path, results: frozenset[str]) -> bool:
    return path.name in results and path.is_file() and not path.is_symlink()


def _write(
    proposal: Proposal, register: Register, assessments: Any, rulebook: Any, out: Path
) -> tuple[str, ...]:
    from allocation.documents import write_all
    from allocation.exchange import whole_folder
    from allocation.proof.certificate import build_certificate, canonical
    from allocation.proof.checker import check

    # Again: the work took time, somebody may have put a file there.
    refuse_foreign_folder(out, RESULT_FILES)
    with whole_folder(out) as folder:
        files = write_all(
            proposal,
            register,
            assessments=assessments,
            rulebook=rulebook,
            out_dir=folder,
            lang=console.words().language,
        )
        hear_again()  # so may what draws the documents
        certificate, annex = build_certificate(
            proposal,
            register,
            assessments,
            rulebook,
            proposal_bytes=(folder / "proposal.json").read_bytes(),
        )
        check(certificate, annex)  # nothing is written that its own checker would refuse
        (folder / "certificate.json").write_bytes(canonical(certificate))
        (folder / "annex.json").write_bytes(canonical(annex))
    return (*files, "certificate.json", "annex.json")


def _summary(proposal: Proposal, out: Path, files: tuple[str, ...]) -> dict[str, Any]:
    let = [d for d in proposal.dwellings if d.application_id]
    return {
        "out": str(out),
        "files": list(files),
        "applications": len(proposal.households) + len(proposal.not_ranked),
        "ranked": len(proposal.households),
        "not_ranked": len(proposal.not_ranked),
        "dwellings": len(proposal.dwellings),
        "proposed": len(let),
        "left_empty": len(proposal.dwellings) - len(let),
        "quotas": {q.quota_id: q.ground for q in proposal.quotas},
        "alternatives": {a.name: len(a.assignment) for a in proposal.alternatives},
    }


def _show(proposal: Proposal, register: Register, out: Path, files: tuple[str, ...]) -> None:
    """The proposal as two tables, and where its files are."""
    from allocation.territory import communes
    from allocation.wording.reasons import Reasons

    words = console.words()
    partners = {str(p["partner_id"]): str(p["name"]) for p in register["partners"].rows()}
    said = Reasons(
        proposal,
        words,
        register.quotas,
        {
            str(a["agreement_id"]): partners.get(str(a["partner_id"]), str(a["agreement_id"]))
            for a in register["agreements"].rows()
        },
        {nis5: commune.name(words.language) for nis5, commune in communes().items()},
    )
    _show_dwellings(proposal, said)
    columns = ("quota", "opening", "seats", "used", "state")
    console.print_table(
        words.text("proposal.table.quotas"),
        [words.text(f"proposal.column.{c}") for c in columns],
        [
            (
                said.quota_label(q.quota_id),
                str(q.opening),
                str(q.seats),
                str(q.used),
                said.quota_state(q),
            )
            for q in proposal.quotas
        ],
    )
    summary = _summary(proposal, out, files)
    console.print_line(words.text("proposal.done", **summary))
    for name in files:
        console.print_line(f"  {out / name}")


def _show_dwellings(proposal: Proposal, said: Reasons) -> None:
    text = said.words.text
    rows = []
    for line in proposal.dwellings:
        household = said.households.get(line.application_id or "")
        rows.append(
            (
                line.dwelling_id,
                line.application_id or "—",
                said.channel_name(line.channel) if household else said.empty(line),
                str(household.points) if household and household.tier else "",
                str(household.rank) if household else "",
                str(line.choice_rank or ""),
            )
        )
    columns = ("dwelling", "application", "channel", "points", "rank", "choice")
    console.print_table(
        text("proposal.table.dwellings"), [text(f"proposal.column.{c}") for c in columns], rows
    )
