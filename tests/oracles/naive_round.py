"""
A round the textbook way: for each household in turn, every choice there is, the best one kept.

Nothing is shared with the engine but the description of the round, and nothing with the other
oracles: no sets, no theorem, one recursion over who comes next, what is still free and what the
quotas have counted so far. Takes quotas limited to some dwellings, and sizes exhaustive search
does not reach as long as few states differ (some thirty households on a few types).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from allocation.matching import Problem, Quota

Tally = tuple[int, ...]  # places taken of each quota so far, or seats of a floor counted once
Value = tuple[tuple[Any, ...], int, int]  # shortages by rule, served (negative), who is left out


def solve(problem: Problem, *, most_served_first: bool = False) -> tuple[int, ...] | None:
    """The best served set (positions, in order); ``None`` when the hard quotas cannot hold."""
    n = len(problem.households)

    @cache
    def best(h: int, free: Tally, tally: Tally) -> Value | None:
        """Best end of the list from household ``h`` on; leaving out the first costs most."""
        if h == n:
            return _ending(problem, tally)
        found = []
        if rest := best(h + 1, free, tally):
            found.append((rest[0], rest[1], rest[2] + 2 ** (n - 1 - h)))
        for t, left in enumerate(free):
            if left and problem.accepts[h] >> t & 1:
                fewer = (*free[:t], left - 1, *free[t + 1 :])
                for after in _counted(problem, problem.members[h], t, tally):
                    if rest := best(h + 1, fewer, after):
                        found.append((rest[0], rest[1] - most_served_first, rest[2]))
        return min(found, default=None)

    starts = {(0,) * len(problem.quotas)}
    for mask in problem.locked:
        starts = {after for tally in starts for after in _counted(problem, mask, None, tally)}
    found = [value for tally in starts if (value := best(0, problem.capacity, tally))]
    if not found:
        return None
    left_out = min(found)[2]
    return tuple(h for h in range(n) if not left_out >> (n - 1 - h) & 1)


def _counted(problem: Problem, mask: int, t: int | None, tally: Tally) -> Iterator[Tally]:
    """
    Every way the quotas may count one more household, served on type ``t``.

    ``None``: served in an earlier round, where the mask already says what counts it.
    """
    after, seats = list(tally), []
    for i, quota in enumerate(problem.quotas):
        places = _places(problem, mask, i)
        if not places or not (t is None or quota.types is None or quota.types >> t & 1):
            continue
        if _is_once(quota):
            if tally[i] < quota.seats:
                seats.append(i)
        elif quota.kind == "cap":
            after[i] += places
            if after[i] > quota.seats:
                return
        else:
            after[i] = min(after[i] + places, quota.seats)  # more than enough is enough
    yield tuple(after)
    for i in seats:
        yield (*after[:i], after[i] + 1, *after[i + 1 :])


def _places(problem: Problem, mask: int, i: int) -> int:
    """Places of a quota that a household of this membership takes."""
    for j, (other, number) in enumerate(problem.places, len(problem.quotas)):
        if other == i and mask >> j & 1:
            return number
    return mask >> i & 1


def _is_once(quota: Quota) -> bool:
    return quota.kind == "floor" and quota.counting == "once" and not quota.is_hard


def _ending(problem: Problem, tally: Tally) -> Value | None:
    """How short the floors stay when nobody is left, ``None`` when a hard one is not met."""
    lacking = []
    for quota, n in zip(problem.quotas, tally, strict=True):
        if quota.kind == "floor":
            if quota.is_hard and n < quota.seats:
                return None
            if not quota.is_hard and quota.seats:
                lacking.append((quota, quota.seats - n))
    return _measure(problem.shortage_rule, lacking), 0, 0


def _measure(rule: str, lacking: Sequence[tuple[Quota, int]]) -> tuple[Any, ...]:
    """What the shortage rule compares, the smaller the better."""
    weighted = sum(quota.weight * n for quota, n in lacking)
    if rule == "leximin":
        return tuple(sorted((Fraction(n, q.seats) for q, n in lacking), reverse=True))
    if rule == "number_met":
        return sum(n > 0 for _, n in lacking), weighted
    if rule == "precedence":
        ranks = sorted({q.precedence for q, _ in lacking})
        return tuple(sum(q.weight * n for q, n in lacking if q.precedence == r) for r in ranks)
    return (weighted,)
