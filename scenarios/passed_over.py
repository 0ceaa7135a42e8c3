"""
Who is passed over at a committee, and on what ground: pairs of households, one dwelling each time.

A pair is an unserved household and a served one ranked below it that has a dwelling the first
could have had (E0 of the method). Its ground is the first that holds of: the preferential group
of the dwelling, a full cap that counts the first alone, a floor just met that counts the second
alone. A pair with no ground could be exchanged without breaking anything: the joint order leaves
none; the serial reading may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from allocation.proposal.frozen import ADAPTED, APPEAL, OVER_65, ROUNDS
from allocation.proposal.rounds import run_rounds

if TYPE_CHECKING:
    from allocation.ranking import DwellingType
    from scenarios.committee import Sitting
    from scenarios.line import Line

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PassedOver:
    """
    Pairs of a committee by ground, and what its floors cost.

    ``offers``: made by the committee. ``households``: passed over at least once. ``priced``: 1
    when what follows was worked out. ``displaced``: would be served without the floors and are
    not. ``points``: sum of their points less those of the households served instead. ``rank``: the
    same of their places in line, from 0 (last) to 1 (first).
    """

    offers: int = 0
    preference: int = 0
    cap: int = 0
    floor: int = 0
    without_ground: int = 0
    households: int = 0
    priced: int = 0
    displaced: int = 0
    points: int = 0
    rank: float = 0.0


def passed_over(sitting: Sitting, points: Int, *, is_priced: bool = True) -> PassedOver:
    """
    Look at a committee that has just sat.

    Shapes
    ------
    points : (n,), points of everybody in line, best first

    ``is_priced``: also sit again without the floors, which takes as long as the committee itself.
    """
    line, meeting = sitting.line, sitting.meeting
    served = {line.place(a): d for d, a in sitting.standing.offers.items()}
    first, classes = line.classes
    waits = np.ones(len(line.households), dtype=np.bool_)
    waits[list(served)] = False
    own_masks = [line.masks[line.members[k]] for k in served]
    full, tight = _full(sitting), _tight(sitting, own_masks)
    masks = np.array(line.masks, dtype=np.int64)[line.members[first]]
    counts = np.zeros(4)
    known: dict[int, Int] = {}
    ahead = np.zeros(len(first), dtype=np.int64)
    last = np.zeros(len(first), dtype=np.int64)
    begins = 0
    for k, dwelling in sorted(served.items()):
        part = classes[begins:k][waits[begins:k]]
        ahead += np.bincount(part, minlength=len(first))
        begins, t = k, meeting.type_of[dwelling]
        behind = np.where(line.accepts(t), ahead, 0)
        last[behind > 0] = k
        rounds = known.get(t)
        if rounds is None:
            rounds = known[t] = _rounds(line, first, meeting.types[t])
        own = masks[classes[k]]
        is_preference = rounds > rounds[classes[k]]
        is_cap = (masks & ~own & full) != 0
        is_floor = np.zeros(len(masks), dtype=np.bool_)
        for floors in tight:
            if own & floors:
                is_floor |= (masks & floors) == 0
        ground = np.where(is_preference, 0, np.where(is_cap, 1, np.where(is_floor, 2, 3)))
        counts += np.bincount(ground, weights=behind, minlength=4)
    n_households = int((waits & (np.arange(len(waits)) < last[classes])).sum())
    preference, cap, floor, without = map(int, counts.tolist())
    found = PassedOver(len(served), preference, cap, floor, without, n_households)
    if not is_priced or meeting.meeting.mode != "joint":
        return found
    found = replace(found, priced=1)
    return _price(sitting, found, points) if floor else found


def _full(sitting: Sitting) -> int:
    """Caps that are full, as bits."""
    standing = zip(sitting.outcome.resolved, sitting.outcome.used, strict=True)
    return sum(
        1 << i
        for i, (resolved, used) in enumerate(standing)
        if resolved.rule.kind == "cap" and used >= resolved.seats
    )


def _tight(sitting: Sitting, masks: Sequence[int]) -> list[int]:
    """
    Sets of floors, as bits, that would be shorter with one member less.

    ``masks``: the quotas that count each household served. A floor that counts each person stands
    alone. Where a person takes one seat, floors are looked at together: a set is tight when it
    lacks as many members as the set that lacks most (Hall).
    """
    floors = [
        (1 << i, resolved)
        for i, resolved in enumerate(sitting.outcome.resolved)
        if resolved.rule.kind == "floor"
    ]
    each = [(bit, r.seats) for bit, r in floors if r.rule.counting == "each"]
    once = [(bit, r.seats) for bit, r in floors if r.rule.counting == "once"]
    together = [
        (sum(bit for bit, _ in chosen), sum(seats for _, seats in chosen))
        for n in range(1, len(once) + 1)
        for chosen in combinations(once, n)
    ]

    def lacking(bits: int, seats: int) -> int:
        return seats - sum(mask & bits != 0 for mask in masks)

    alone = [bits for bits, seats in each if lacking(bits, seats) >= 0]
    most = max((lacking(*floor) for floor in together), default=0)
    return alone + [bits for bits, seats in together if lacking(bits, seats) >= max(0, most)]


def _rounds(line: Line, first: Int, offered: DwellingType) -> Int:
    """For each class, the first round in which it may have a dwelling of this type."""
    last = len(ROUNDS) - 1
    open_to = [
        name
        for name, holds in (
            (APPEAL, True),
            (ADAPTED, offered.accessibility == "adapted"),
            (OVER_65, offered.designed_for_over_65),
        )
        if holds
    ]
    table = [
        min((ROUNDS.index(name) for name in open_to if name in names), default=last)
        for names in line.preferences
    ]
    found: Int = np.array(table, dtype=np.int64)[line.rounds[first]]
    return found


def _price(sitting: Sitting, found: PassedOver, points: Int) -> PassedOver:
    """What the floors change: the same committee without them."""
    meeting, line = sitting.meeting, sitting.line
    free = tuple(
        replace(q, share=Fraction(0), whole=None, opening=0) if q.rule.kind == "floor" else q
        for q in meeting.quotas
    )
    levels = [level for level in meeting.meeting.levels if level != "fit"]
    without = run_rounds(replace(meeting, quotas=free), levels)
    before = {line.place(meeting.identifiers[p]) for p in without.assignment}
    after = {line.place(a) for a in sitting.standing.offers.values()}
    lost, won = sorted(before - after), sorted(after - before)
    gap = int(points[lost].sum() - points[won].sum()) if len(lost) == len(won) else 0
    n = len(line.households)
    rank = (sum(won) - sum(lost)) / n + (len(lost) - len(won))
    return replace(found, displaced=len(lost), points=gap, rank=rank)
