"""
Quotas that ask for nothing at this meeting are left out of the exact core, and it is proved.

A best set under some of the quotas is the best under all of them as soon as it also respects the
caps left out, and every floor left out is met or as full as its members alone could make it:
nobody else can then be less short, and whoever is best among more sets is best among fewer. With
caps alone the walk down the list needs no look ahead, because a set within caps stays within
them when somebody leaves. So the walk is made with the caps; the floors that it leaves short are
given to the core, and only those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allocation.matching.balance import Balance
from allocation.matching.core import Walk, walk
from allocation.matching.problem import Problem
from allocation.matching.seating import Seating, greedy, try_to_seat

Served = tuple[Sequence[int], Mapping[int, int], Mapping[tuple[int, int], int]]


def serve(problem: Problem) -> Served | None:
    """
    Positions served, class of each and seats of the classes; ``None`` when the core must decide.

    Quotas limited to some dwellings are not looked at, as in the core.
    """
    balance = Balance(problem)
    if balance.hard or not balance.is_legal(balance.locked_counts):
        return None
    found = _within_caps(problem, balance)
    short = _short(problem, balance, found[0])
    kept: set[int] = set()
    while short:
        if problem.shortage_rule != "weighted" or len(kept | short) == len(_floors(balance)):
            return None
        kept |= short
        found = _of_walk(walk(_with_floors(problem, kept)))
        short = _short(problem, balance, found[0]) - kept
    return found


def _floors(balance: Balance) -> tuple[int, ...]:
    return (*balance.soft, *balance.once)


def _with_floors(problem: Problem, floors: set[int]) -> Problem:
    return problem.with_quotas(
        [q.types is None and (q.kind == "cap" or i in floors) for i, q in enumerate(problem.quotas)]
    )


def _of_walk(run: Walk) -> Served:
    classes = {p: run.of[p] for p in run.served}
    return run.served, classes, {(k, t): n for k, t, n in run.seating.seats()}


def _within_caps(problem: Problem, balance: Balance) -> Served:
    """Down the list, everybody who finds a dwelling and a place under every cap."""
    caps = set(balance.caps)
    counts = list(balance.locked_counts)
    taken = {
        mask: tuple((i, n) for i, n in problem.loads(mask) if i in caps)
        for mask in dict.fromkeys(problem.members)
    }
    number: dict[int, int] = {}
    masks: list[int] = []
    seating = Seating(masks, problem.capacity)
    served: dict[int, int] = {}
    for position, mask in enumerate(problem.accepts):
        if len(served) == problem.n_dwellings:
            break
        if not mask & ~seating.tight:
            continue
        mine = taken[problem.members[position]]
        if any(counts[i] + n > problem.quotas[i].seats for i, n in mine):
            continue
        k = number.get(mask)
        if k is None:
            k = number[mask] = len(masks)
            masks.append(mask)
        if try_to_seat(seating, k):
            served[position] = k
            for i, n in mine:
                counts[i] += n
    return list(served), served, {(k, t): n for k, t, n in seating.seats()}


def _short(problem: Problem, balance: Balance, served: Sequence[int]) -> set[int]:
    """Floors that are not met, although their members could make them fuller."""
    cell = {signature: c for c, signature in enumerate(balance.signatures)}
    cells = [0] * len(balance.signatures)
    for p in served:
        cells[cell[problem.members[p]]] += 1
    counts = balance.counts(cells)
    shorts = balance.shorts(cells, counts)
    short = {
        i
        for i in balance.soft
        if shorts[i] and problem.quotas[i].weight and counts[i] < _alone(problem, balance, i)
    }
    if any(shorts[i] for i in balance.once):
        short |= set(balance.once)
    return short


def _alone(problem: Problem, balance: Balance, i: int) -> int:
    """Places of a floor that its members could take if nobody else were housed."""
    places = [problem.taken(mask, i) for mask in problem.members]
    wanted = [a for a, n in zip(problem.accepts, places, strict=True) if n and a]
    housed, _, _ = greedy(wanted, problem.capacity)
    return balance.locked_counts[i] + len(housed) * max(places, default=0)
