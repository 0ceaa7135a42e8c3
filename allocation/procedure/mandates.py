"""
A mandate: what a household lets a partner do in its name, for how long, and its end.

A mandate is dated, says what it covers, and ends at once by a word of the household. A proof
handed in changes nothing by itself: the company accepts it into the file or declines it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from allocation.procedure.machine import IllegalActError, Machine, Step

MANDATE = Machine(
    "mandate",
    "in_force",
    (
        Step("revoke", ("in_force",), "revoked", "household"),
        Step("give_back", ("in_force",), "given_back", "partner"),
    ),
)
HANDED_IN = Machine(
    "handed_in_proof",
    "received",
    (
        Step("accept_proof", ("received",), "taken_in", "slsp"),
        Step("decline_proof", ("received",), "declined", "slsp"),
    ),
)

CONFIRM, SUPPLY_PROOFS, ANSWER_OFFERS = "confirm", "supply_proofs", "answer_offers"
COVERS = (ANSWER_OFFERS, CONFIRM, SUPPLY_PROOFS)


def check_mandate(
    cover: str, *, covers: Collection[str], state: str, given_on: date, until_on: date, on: date
) -> None:
    """
    Refuse an act that no mandate in force covers.

    Raises
    ------
    IllegalActError
        ``mandate.ended``: revoked or given back; ``mandate.not_in_force``: before its first day
        or after its last; ``mandate.not_covered``.
    """
    if state != MANDATE.initial:
        raise IllegalActError("mandate.ended", "The mandate has ended.", state=state)
    if not given_on <= on <= until_on:
        raise IllegalActError(
            "mandate.not_in_force",
            "The mandate is not in force on that day.",
            from_on=given_on,
            until_on=until_on,
        )
    if cover not in covers:
        covered = ", ".join(sorted(covers))
        raise IllegalActError(
            "mandate.not_covered", "The mandate does not cover this.", cover=cover, covered=covered
        )
