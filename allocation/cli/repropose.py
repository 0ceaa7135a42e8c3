"""``passerelle repropose``: after refusals, silences and withdrawals, who is offered what now."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.cli.explain import opened
from allocation.cli.propose import refuse_foreign_folder
from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem

if TYPE_CHECKING:
    from allocation.exchange.answers import AnswersFile
    from allocation.model.continuation import Continuation
    from allocation.model.proposal import Proposal

PAGE, PROPOSAL = "continuation.html", "proposal.json"
RESULT_FILES = frozenset({PAGE, PROPOSAL})


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("repropose", help=text("commands.repropose.help"))
    def repropose_command(
        proposal: Path = typer.Option(..., "--proposal", help=text("continuation.option.proposal")),
        answers: Path = typer.Option(..., "--answers", help=text("continuation.option.answers")),
        out: Path = typer.Option(..., "--out", help=text("continuation.option.out")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(proposal, answers, out, as_json=as_json)


def run(path: Path, answers: Path, out: Path, *, as_json: bool) -> int:
    """Read both, continue, write everything or nothing."""
    from allocation.documents import proposal_json, read_proposal
    from allocation.documents.continuation_page import continuation_html
    from allocation.exchange import whole_folder
    from allocation.exchange.answers import read_answers

    folder, content = opened(path)
    if folder.resolve() == out.resolve():
        raise ProblemsError([Problem.at(str(out), 0, "", "continuation.same_folder")])
    refuse_foreign_folder(out, RESULT_FILES)
    before = read_proposal(content)
    try:
        answers.open("rb").close()
    except OSError as fault:
        raise ProblemsError([file_problem(answers, fault)]) from fault
    given = read_answers(answers)
    after, continuation = _continued(before, given, of=hashlib.sha256(content).hexdigest())
    with whole_folder(out) as fresh:
        (fresh / PROPOSAL).write_bytes(proposal_json(after))
        page = continuation_html(after, continuation, console.words().language)
        (fresh / PAGE).write_text(page, encoding="utf-8", newline="\n")
    if as_json:
        console.print_json(_summary(before, after, continuation, out))
    else:
        _show(before, after, continuation, out)
    return console.DONE


def _continued(before: Proposal, given: AnswersFile, *, of: str) -> tuple[Proposal, Continuation]:
    """The continuation; what is wrong with an answer is told by the name of its file."""
    from allocation.proposal import continue_meeting

    try:
        after = continue_meeting(before, given.answers, of=of, rows=given.rows)
    except ProblemsError as refused:
        raise ProblemsError(replace(p, where=given.where) for p in refused.problems) from refused
    if after.continuation is None:
        raise RuntimeError("a continuation without its steps")
    return after, after.continuation


def _n_before(before: Proposal) -> int:
    """Steps that were there before."""
    return len(before.continuation.steps) if before.continuation else 0


def _summary(
    before: Proposal, after: Proposal, continuation: Continuation, out: Path
) -> dict[str, Any]:
    steps = continuation.steps[_n_before(before) :]
    return {
        "out": str(out),
        "files": sorted(RESULT_FILES),
        "of": continuation.of,
        "steps": [
            {
                "on": step.on.isoformat(),
                "answers": [{**asdict(a), "answered_on": str(a.answered_on)} for a in step.answers],
                "locked": len(step.locked),
                "offers": [asdict(offer) for offer in step.offers],
            }
            for step in steps
        ],
        "differences": [asdict(d) for d in continuation.differences],
        "proposed": sum(d.application_id is not None for d in after.dwellings),
        "quotas": {q.quota_id: q.ground for q in after.quotas},
    }


def _show(before: Proposal, after: Proposal, continuation: Continuation, out: Path) -> None:
    """What is new since the proposal continued, what would be otherwise, where the files are."""
    from allocation.documents.continuation_page import continuation_reasons

    words = console.words()
    told = continuation_reasons(after, continuation, words)
    for step in continuation.steps[_n_before(before) :]:
        console.print_line(words.text("continuation.day", on=step.on), style="bold")
        for sentence in told.step(step):
            console.print_line(f"  {sentence}")
    console.print_line(words.text("continuation.anew"), style="bold")
    for sentence in told.differences():
        console.print_line(f"  {sentence}")
    for name in sorted(RESULT_FILES):
        console.print_line(f"  {out / name}")
