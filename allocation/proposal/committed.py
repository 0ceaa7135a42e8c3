"""
Going on from what is decided: every offer made is locked, what is free goes to who remains.

The dwellings free on one day are let together, by the rounds of the meeting and under its seats:
the best-ranked household that can be housed at all is served first, whichever of them it takes.
A serial meeting lets them one by one, in its own order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from allocation.matching import InfeasibleError
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.rounds import Outcome, solve_rounds
from allocation.proposal.serial_session import serial_order
from allocation.quotas import Resolved
from allocation.ranking import Cost, DwellingType

Resolveds = tuple[Resolved, ...]


def remaining(
    meeting: FrozenMeeting,
    *,
    refused: Collection[tuple[str, str]] = (),
    withdrawn: Collection[str] = (),
    withdrawn_dwellings: Collection[str] = (),
) -> FrozenMeeting:
    """
    The meeting less what is no longer possible.

    ``refused``: (household, dwelling) it may not have any more; such a dwelling is a type of its
    own. ``withdrawn``: households that accept nothing any more; they keep their place.
    """
    apart = {d for _, d in refused}
    pieces: list[tuple[DwellingType, int]] = []
    for old, offered in enumerate(meeting.types):
        kept = [d for d in offered.dwellings if d not in withdrawn_dwellings]
        alike = tuple(d for d in kept if d not in apart)
        groups = [*((d,) for d in kept if d in apart), *((alike,) if alike else ())]
        pieces += [(replace(offered, dwellings=group), old) for group in groups]
    pieces.sort(key=lambda piece: piece[0].dwellings)
    types = tuple(piece for piece, _ in pieces)
    known: dict[int, Mapping[int, Cost]] = {}
    closed: dict[str, set[str]] = {}
    for household, dwelling in refused:
        closed.setdefault(household, set()).add(dwelling)

    def costs(p: int) -> Mapping[int, Cost]:
        before, household = meeting.costs[p], meeting.identifiers[p]
        if household in withdrawn:
            return {}
        if id(before) not in known:
            known[id(before)] = {
                t: before[old] for t, (_, old) in enumerate(pieces) if old in before
            }
        mine = known[id(before)]
        if household not in closed:
            return mine
        return {t: c for t, c in mine.items() if types[t].dwellings[0] not in closed[household]}

    return replace(
        meeting,
        types=types,
        costs=tuple(costs(p) for p in range(len(meeting.identifiers))),
        left_out={**meeting.left_out, **dict.fromkeys(withdrawn_dwellings, "withdrawn")},
    )


def let_again(
    meeting: FrozenMeeting, resolved: Resolveds, committed: Mapping[int, str]
) -> tuple[Outcome, ...]:
    """
    Let what is free, ``committed`` (household position -> dwelling) locked.

    One outcome, or one a dwelling for a serial meeting; the last holds everything.
    """
    taken = set(committed.values())
    free = [d for d in serial_order(meeting) if d not in taken]
    if meeting.meeting.mode == "joint" or not free:
        return (_go_on(meeting, resolved, committed, free),)
    found: list[Outcome] = []
    for dwelling in free:
        before = found[-1].assignment if found else committed
        found.append(_go_on(meeting, resolved, before, (dwelling,)))
    return tuple(found)


def _go_on(
    meeting: FrozenMeeting,
    resolved: Resolveds,
    committed: Mapping[int, str],
    only: Collection[str],
) -> Outcome:
    """A hard floor that those who remain cannot fill any more is filled as far as they can."""
    levels = meeting.meeting.levels
    try:
        return solve_rounds(meeting, resolved, levels, committed=committed, only=only)
    except InfeasibleError:
        soft = tuple(replace(r, rule=replace(r.rule, is_hard=False)) for r in resolved)
        return solve_rounds(meeting, soft, levels, committed=committed, only=only)
