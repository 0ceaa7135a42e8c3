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


def serve(problem: Problem, balance: Balance) -> Served | None:
    """
    Positions served, class of each and seats of the classes; ``None`` when the core must decide.

    ``balance`` is that of the problem. Quotas limited to some dwellings are not looked at, as in
    the core.
    """
    if balance.hard or not balance.is_legal(balance.locked_counts):
        return None
    found = _within_caps(problem, balance)
    lacking = _lacking(problem, balance, found[0])
    n_floors = len(balance.soft) + len(balance.once)
    if lacking and (problem.shortage_rule != "weighted" or 2 * len(lacking) >= n_floors):
        return None  # too few would be left out for a walk of their own to pay
    kept: set[int] = set()
    while short := _could_be_fuller(problem, balance, lacking) - kept:
        kept |= short
        if len(kept) == n_floors:
            return None
        found = _of_walk(walk(_with_floors(problem, kept)))
        lacking = _lacking(problem, balance, found[0])
    return found


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


def _lacking(problem: Problem, balance: Balance, served: Sequence[int]) -> dict[int, int]:
    """Floors the rule looks at that are not met, with what is counted there."""
    cell = {signature: c for c, signature in enumerate(balance.signatures)}
    cells = [0] * len(balance.signatures)
    for p in served:
        cells[cell[problem.members[p]]] += 1
    counts = balance.counts(cells)
    shorts = balance.shorts(cells, counts)
    lacking = [i for i in balance.soft if shorts[i] and i in balance.rule.floors]
    if any(shorts[i] for i in balance.once):
        lacking += balance.once
    return {i: counts[i] for i in lacking}


def _could_be_fuller(problem: Problem, balance: Balance, lacking: Mapping[int, int]) -> set[int]:
    """Those of them that their members alone could make fuller, and all that count once."""
    once = set(balance.once)
    return {i for i, n in lacking.items() if i in once or n < _alone(problem, balance, i)}


def _alone(problem: Problem, balance: Balance, i: int) -> int:
    """Places of a floor that its members could take if nobody else were housed."""
    places = {mask: problem.taken(mask, i) for mask in set(problem.members)}
    wanted = [a for a, m in zip(problem.accepts, problem.members, strict=True) if a and places[m]]
    housed, _, _ = greedy(wanted, problem.capacity)
    return balance.locked_counts[i] + len(housed) * max(places.values(), default=0)
