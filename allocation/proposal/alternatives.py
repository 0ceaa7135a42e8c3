"""The same meeting run another way, so that people can compare and choose."""

from __future__ import annotations

from collections.abc import Mapping

from allocation.matching.solve import shortage
from allocation.model.proposal import Alternative, LowerChoice
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.rounds import Outcome, whole_problem


def alternative(
    session: FrozenMeeting, name: str, assignment: Mapping[int, str], shortage: int
) -> Alternative:
    """Who would get what under ``name``: dwelling -> application."""
    pairs = sorted((d, session.identifiers[p]) for p, d in assignment.items())
    return Alternative(name, dict(pairs), shortage)


def shortage_of(session: FrozenMeeting, outcome: Outcome, assignment: Mapping[int, str]) -> int:
    """Weighted shortage of the floors under an assignment, a person filling one seat at most."""
    return shortage(
        whole_problem(session, outcome.resolved),
        {p: session.type_of[d] for p, d in assignment.items()},
    )


def lower_choices(
    session: FrozenMeeting, joint: Mapping[int, str], serial: Mapping[int, str]
) -> tuple[LowerChoice, ...]:
    """Households that joint places in a lower choice than serial, or leaves out (0)."""

    def choice(assignment: Mapping[int, str], p: int) -> int:
        dwelling = assignment.get(p)
        return session.costs[p][session.type_of[dwelling]][1] if dwelling else 0

    found = [
        LowerChoice(session.identifiers[p], choice(joint, p), choice(serial, p))
        for p in serial
        if choice(joint, p) == 0 or choice(joint, p) > choice(serial, p)
    ]
    return tuple(sorted(found, key=lambda c: c.application_id))
