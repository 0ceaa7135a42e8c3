"""
Which hard quotas cannot hold together: the fewest that clash, with the counts that show it.

A conflict is a set of caps and hard floors that no served set respects. The fewest are found by
trying sets by size. A set holds when its floors, taken as soft ones, are not short at the best.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from allocation.matching.problem import Problem, bits
from allocation.matching.seating import greedy
from allocation.matching.solve import counts, solve

MOST_TRIED = 12  # quotas of which every set is tried; beyond, the conflict is only irreducible


@dataclass(frozen=True)
class Conflict:
    """
    Hard quotas (positions) that cannot hold together, though any one less they can.

    ``is_smallest``: no conflict has fewer quotas. ``most``: for each floor among them, the
    places it can reach at most while the others hold. ``confined`` and ``types``: when one floor
    alone cannot be met, its members (positions) who accept nothing outside these types (a mask):
    more members than dwellings.
    """

    quotas: tuple[int, ...]
    is_smallest: bool
    most: Mapping[int, int]
    confined: tuple[int, ...] = ()
    types: int = 0


def conflict(problem: Problem) -> Conflict | None:
    """The conflict of a problem, or ``None`` when its hard quotas can hold together."""
    hard = [i for i, q in enumerate(problem.quotas) if q.kind == "cap" or q.is_hard]
    before = counts(problem, {})
    for i in hard:
        if problem.quotas[i].kind == "cap" and before[i] > problem.quotas[i].seats:
            return Conflict((i,), True, {})
    trial = _Trial(problem)
    if trial.holds(hard):
        return None
    is_smallest = len(hard) <= MOST_TRIED
    found = _fewest(trial, hard) if is_smallest else _irreducible(trial, hard)
    most = {
        i: trial.most(i, [j for j in found if j != i])
        for i in found
        if problem.quotas[i].kind == "floor"
    }
    if len(found) > 1 or problem.quotas[found[0]].types is not None:
        return Conflict(found, is_smallest, most)
    return Conflict(found, is_smallest, most, *_confined(problem, found[0]))


class _Trial:
    """Sets of hard quotas tried, and the counts of the solutions they led to."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.reached: list[list[int]] = []

    def holds(self, quotas: Collection[int]) -> bool:
        """Is there a served set that respects all these quotas?"""
        if any(all(self._is_kept(i, reached[i]) for i in quotas) for reached in self.reached):
            return True
        reached = self._counts(quotas, [])
        self.reached.append(reached)
        return all(self._is_kept(i, reached[i]) for i in quotas)

    def most(self, floor: int, others: Sequence[int]) -> int:
        """Places a floor can reach while the others hold."""
        return self._counts([floor, *others], others)[floor]

    def _is_kept(self, i: int, reached: int) -> bool:
        quota = self.problem.quotas[i]
        return reached <= quota.seats if quota.kind == "cap" else reached >= quota.seats

    def _counts(self, quotas: Collection[int], hard: Collection[int]) -> list[int]:
        """Counts of every quota in the solution least short of these, floors ``hard`` or soft."""
        problem = self.problem
        trial = replace(
            problem,
            quotas=tuple(
                replace(q, is_hard=i in hard and q.kind == "floor", counting="each", weight=1)
                for i, q in enumerate(problem.quotas)
            ),
            shortage_rule="weighted",
        ).with_quotas([i in quotas for i in range(len(problem.quotas))])
        return counts(problem, solve(trial).seats)


def _fewest(trial: _Trial, hard: Sequence[int]) -> tuple[int, ...]:
    for n in range(1, len(hard)):
        for quotas in combinations(hard, n):
            if not trial.holds(quotas):
                return quotas
    return tuple(hard)


def _irreducible(trial: _Trial, hard: Sequence[int]) -> tuple[int, ...]:
    kept = list(hard)
    for i in hard:
        if not trial.holds(left := [j for j in kept if j != i]):
            kept = left
    return tuple(kept)


def _confined(problem: Problem, floor: int) -> tuple[tuple[int, ...], int]:
    """Members of a floor who fill some types and accept nothing else, and those types."""
    members = [p for p, mask in enumerate(problem.members) if mask >> floor & 1]
    _, seating, _ = greedy([problem.accepts[p] for p in members], problem.capacity)
    types = seating.tight
    return tuple(p for p in members if not problem.accepts[p] & ~types), types


def types_named(problem: Problem, types: int) -> list[str]:
    """Dwellings of these types, in order."""
    return sorted(d for t in bits(types) for d in problem.types[t])
