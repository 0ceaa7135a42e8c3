"""
The same meeting read literally: dwelling by dwelling, in the order they become available.

For each dwelling the preferential groups of the text come first, then the floors that are behind
at that very dwelling (largest shortage first), then everybody in order; caps hold throughout.
"""

from __future__ import annotations

from collections.abc import Sequence

from allocation.matching import Label, serial
from allocation.proposal.frozen import ADAPTED, APPEAL, OVER_65, FrozenMeeting
from allocation.proposal.rounds import whole_problem
from allocation.quotas import Resolved


def serial_order(session: FrozenMeeting) -> list[str]:
    """Dwellings on offer, by date of availability then identifier."""
    return sorted(session.type_of, key=lambda d: (session.vacancies[d].available_on, d))


def run_serial(session: FrozenMeeting, resolved: Sequence[Resolved]) -> dict[int, str]:
    """Household position -> dwelling under the literal reading."""
    problem = whole_problem(session, resolved)
    order = serial_order(session)
    place = {d: i for i, d in enumerate(order)}
    groups = {
        name: frozenset(p for p, mine in enumerate(session.preferences) if name in mine)
        for name in (APPEAL, ADAPTED, OVER_65)
    }
    members = [
        frozenset(p for p, m in enumerate(session.members) if m >> i & 1)
        for i in range(len(resolved))
    ]

    def looked_at_first(dwelling: str, counts: Sequence[int]) -> list[Label]:
        offered = session.types[session.type_of[dwelling]]
        labels = [Label(groups[APPEAL])]
        if offered.accessibility == "adapted":
            labels.append(Label(groups[ADAPTED]))
        if offered.designed_for_over_65:
            labels.append(Label(groups[OVER_65]))
        behind = floors_behind(resolved, counts, place[dwelling] + 1, len(order))
        return labels + [Label(members[i]) for i in behind]

    return serial(problem, order, looked_at_first, exempt=groups[APPEAL])


def floors_behind(
    resolved: Sequence[Resolved], counts: Sequence[int], n_done: int, n_offered: int
) -> list[int]:
    """Floors with fewer members than due once ``n_done`` dwellings are let, the furthest first."""
    behind = [
        (counts[i] - due, r.rule.quota_id, i)
        for i, r in enumerate(resolved)
        if r.rule.kind == "floor" and (due := _due(r, n_done, n_offered)) > counts[i]
    ]
    return [i for _, _, i in sorted(behind)]


def _due(resolved: Resolved, n_done: int, n_offered: int) -> int:
    """
    Seats a floor should have after ``n_done`` of ``n_offered`` dwellings, from below.

    The seats of the whole meeting, spread evenly and rounded down, so that the last dwelling
    asks for all of them.
    """
    return resolved.seats * n_done // n_offered
