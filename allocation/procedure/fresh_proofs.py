"""
Fresh proofs asked for before a meeting: who is asked, what of, and what a missing one does.

A proof that does not come changes no rank and strikes nobody off: it is shown to the committee
until it comes or a person says it is not needed.
"""

from __future__ import annotations

from datetime import date

from allocation.procedure.machine import IllegalActError, Machine, Step
from allocation.rules.trace import Assessment

FRESH_PROOF = Machine(
    "fresh_proof",
    "asked",
    (
        Step("record_receipt", ("asked", "missing"), "received", "slsp"),
        Step("note_missing", ("asked",), "missing", "slsp"),
        Step("do_without", ("asked", "missing"), "not_needed", "slsp"),
    ),
)


def facts_to_prove(assessment: Assessment) -> tuple[str, ...]:
    """Facts with a proof on which the lines that count rest, in the order they were read."""
    found: dict[str, None] = {}
    for line in assessment.lines:
        if line.is_best and line.condition is not None:
            found |= {r.fact: None for r in line.condition.readings() if r.accepted}
    return tuple(found)


def check_fresh_proof_act(act: str, on: date, *, due_on: date) -> None:
    """
    Nobody's proof is missing before its day.

    Raises
    ------
    IllegalActError
        ``procedure.too_early``.
    """
    if act == "note_missing" and on <= due_on:
        raise IllegalActError("procedure.too_early", "Still time.", due_on=due_on)
