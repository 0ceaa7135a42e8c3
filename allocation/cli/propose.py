"""``passerelle propose``: the committee's proposal, with its documents and its certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError

if TYPE_CHECKING:
    from allocation.model import Register
    from allocation.model.proposal import Proposal

RESULT_FILES = ("proposal.json", "certificate.json")


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
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(register, out, on=on.date() if on else None, mode=mode, as_json=as_json)


def run(path: Path, out: Path, *, on: date | None, mode: str, as_json: bool) -> int:
    """Read, check, propose, write everything or nothing."""
    from allocation.exchange import read_register
    from allocation.proposal import problems_before_proposing, propose
    from allocation.rules import evaluate_register, load_rulebook

    _refuse_foreign_folder(out)
    words = console.words()
    with console.progress(words.text("proposal.step.read")):
        register = _held_as_asked(read_register(path), on=on, mode=mode)
    meeting = register.meeting
    if meeting is None:
        raise ProblemsError([Problem.at("meeting.yaml", 0, "", "meeting.missing")])
    rulebook = load_rulebook(meeting.rulebook)
    problems = problems_before_proposing(register, rulebook)
    if problems:
        raise ProblemsError(problems)
    with console.progress(words.text("proposal.step.propose")):
        assessments = evaluate_register(
            rulebook, register, meeting.meeting_on, settings=meeting.settings
        )
        proposal = propose(register, rulebook, assessments)
    with console.progress(words.text("proposal.step.write")):
        files = _write(proposal, register, assessments, rulebook, out)
    if as_json:
        console.print_json(_summary(proposal, out, files))
    else:
        _show(proposal, out, files)
    return console.DONE


def _held_as_asked(register: Register, *, on: date | None, mode: str) -> Register:
    """
    The meeting on another date or in another mode, for study on a demo register only.

    On a real one date and mode are fixed before the freeze, never on the command line.
    """
    meeting = register.meeting
    if meeting is None or (on in (None, meeting.meeting_on) and mode in ("", meeting.mode)):
        return register
    problems = []
    if mode not in ("", "joint", "serial"):
        problems.append(Problem.at("--mode", 0, "", "meeting.unknown_mode", value=mode))
    elif register.kind == "real":
        problems.append(
            Problem.at("meeting.yaml", 0, "", "meeting.fixed_before_freeze", on=meeting.meeting_on)
        )
    if problems:
        raise ProblemsError(problems)
    changed = replace(meeting, meeting_on=on or meeting.meeting_on)
    if mode:
        changed = replace(changed, mode="serial" if mode == "serial" else "joint")
    return replace(register, meeting=changed)


def _refuse_foreign_folder(out: Path) -> None:
    """Only a folder of earlier results (or nothing) may be replaced."""
    if out.is_file() or (
        out.is_dir()
        and any(out.iterdir())
        and not all((out / name).is_file() for name in RESULT_FILES)
    ):
        raise ProblemsError([Problem.at(str(out), 0, "", "proposal.output_in_the_way")])


def _write(
    proposal: Proposal, register: Register, assessments: Any, rulebook: Any, out: Path
) -> tuple[str, ...]:
    from allocation.documents import write_all
    from allocation.exchange import whole_folder
    from allocation.proof.certificate import build_certificate, canonical

    with whole_folder(out) as folder:
        files = write_all(
            proposal,
            register,
            assessments=assessments,
            rulebook=rulebook,
            out_dir=folder,
            lang=console.words().language,
        )
        certificate, annex = build_certificate(
            proposal,
            register,
            assessments,
            rulebook,
            proposal_bytes=(folder / "proposal.json").read_bytes(),
        )
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


def _show(proposal: Proposal, out: Path, files: tuple[str, ...]) -> None:
    from allocation.wording.reasons import Reasons

    words = console.words()
    said = Reasons(proposal, words)
    rank = {h.application_id: h for h in proposal.households}
    rows = []
    for line in proposal.dwellings:
        household = rank.get(line.application_id or "")
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
        words.text("proposal.table.dwellings"),
        [words.text(f"proposal.column.{c}") for c in columns],
        rows,
    )
    console.print_table(
        words.text("proposal.table.quotas"),
        [
            words.text(f"proposal.column.{c}")
            for c in ("quota", "opening", "seats", "used", "state")
        ],
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
    console.print_line(words.text("proposal.done", **{k: str(v) for k, v in summary.items()}))
    for name in files:
        console.print_line(f"  {out / name}")
