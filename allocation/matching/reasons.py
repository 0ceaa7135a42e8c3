"""
Why: the ground of every household left out, the seat of every household served.

All of it follows from the same round solved under other quotas: none, no floors, no caps, or one
quota less. Each ground can be checked by counting; see ``allocation.proof``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from allocation.matching.balance import Balance
from allocation.matching.closing import Closing, ClosingByModel
from allocation.matching.core import walk
from allocation.matching.problem import Problem, with_full_scopes_barred
from allocation.matching.seating import Seating, greedy
from allocation.matching.solve import LEX, Levels, Solution, counts, solve


@dataclass(frozen=True)
class HallWitness:
    """Households (positions) that fill these dwellings and accept nothing else."""

    households: tuple[int, ...]
    types: int


class Reasons:
    """Grounds of one solved round; every part is worked out when first asked."""

    def __init__(self, problem: Problem, solution: Solution, *, levels: Levels = LEX) -> None:
        self.problem = problem
        self.solution = solution
        self.levels = levels
        self.served = frozenset(solution.served)
        self._halls: dict[int, HallWitness] = {}
        self._once: dict[int, list[int]] = {}

    @cached_property
    def without_quotas(self) -> Solution:
        """The round with no quota at all."""
        return solve(self.problem.with_quotas([False] * len(self.problem.quotas)))

    @cached_property
    def without_floors(self) -> Solution:
        """The round with its caps only."""
        return solve(self.problem.without_kind("floor"), levels=self.levels)

    @cached_property
    def without_caps(self) -> Solution:
        """The round with its floors only."""
        return solve(self.problem.without_kind("cap"), levels=self.levels)

    def without_quota(self, i: int) -> Solution:
        """The round without quota ``i``."""
        keep = [j != i for j in range(len(self.problem.quotas))]
        return solve(self.problem.with_quotas(keep), levels=self.levels)

    @cached_property
    def _sets(self) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        return (
            frozenset(self.without_quotas.served),
            frozenset(self.without_floors.served),
            frozenset(self.without_caps.served),
        )

    def why_unserved(self, position: int) -> str:
        """``no_compatible_unit``, ``outranked``, ``reserve``, ``cap`` or ``joint``."""
        free, no_floors, no_caps = self._sets
        if not self.problem.accepts[position]:
            return "no_compatible_unit"
        if position not in free:
            return "outranked"
        if position in no_floors:
            return "reserve"
        return "cap" if position in no_caps else "joint"

    def seat(self, position: int) -> str:
        """``open``: served also without the floors; ``reserve``: holds a reserved seat."""
        return "open" if position in self._sets[1] else "reserve"

    @cached_property
    def critical(self) -> Mapping[int, tuple[int, ...]]:
        """
        Floors that each served household keeps filled: shorter without it.

        Of overlapping ``once`` floors, when it is needed to fill so many seats: every floor on a
        seat of which it sits in some best filling.
        """
        balance = self._balance
        counted = counts(self.problem, self.solution.seats)
        scoped = [
            i
            for i, q in enumerate(self.problem.quotas)
            if q.kind == "floor" and q.types is not None
        ]
        floors = (*balance.soft, *balance.hard, *scoped)
        found = {}
        for p in self.solution.served:
            taken = {i: self._taken(p, i) for i in floors}
            mine = [
                i for i, n in taken.items() if n and counted[i] - n < self.problem.quotas[i].seats
            ]
            found[p] = tuple(sorted(mine + self._critical_once(p)))
        return found

    def _taken(self, position: int, i: int) -> int:
        """Places of a quota that a served household takes where it lives."""
        scope = self.problem.quotas[i].types
        if scope is not None and not scope >> self.solution.seats[position] & 1:
            return 0
        return self.problem.taken(self.problem.members[position], i)

    def _critical_once(self, position: int) -> list[int]:
        """Its own overlapping ``once`` floors that it keeps filled."""
        balance, mine = self._balance, self.problem.members[position]
        if mine not in self._once:
            cells = self._cells(p for p in self.solution.served if p != position)
            best, alone = balance.best_filling(cells, mine), mine
            for i in balance.once:
                alone &= ~(1 << i)
            is_needed = balance.best_filling(cells) != best
            self._once[mine] = [
                i
                for i in balance.once
                if is_needed and mine >> i & 1
                if balance.best_filling(cells, alone | 1 << i) == best
            ]
        return self._once[mine]

    def filled_once(self, served: Sequence[int]) -> dict[int, int]:
        """Seats filled of each ``once`` floor that shares households with another one."""
        return self._balance.filled_once(self._cells(served)) if self._balance.once else {}

    @cached_property
    def _balance(self) -> Balance:
        return Balance(self.problem)

    def _cells(self, served: Iterable[int]) -> list[int]:
        """How many of these households there are by cell."""
        count = Counter(self.problem.members[p] for p in served)
        return [count[s] for s in self._balance.signatures]

    def hall(self, position: int) -> HallWitness:
        """Canonical witness of ``outranked``: who fills everything this household accepts."""
        mask = self.problem.accepts[position]
        if mask not in self._halls:
            types = self._free_seating.search(mask, stop_at_free=False).reached
            seats = self.without_quotas.seats
            inside = tuple(sorted(p for p, t in seats.items() if types >> t & 1))
            self._halls[mask] = HallWitness(inside, types)
        return self._halls[mask]

    @cached_property
    def _free_seating(self) -> Seating:
        """The seating behind ``without_quotas``, with no type closed."""
        seating = greedy(self.problem.accepts, self.problem.capacity)[1]
        seating.tight = 0
        return seating

    @cached_property
    def _closing(self) -> Closing | ClosingByModel:
        """
        Who closed the door on whom.

        When quotas are limited to some dwellings the core sees all but them: its answer stands
        if a completion it finds respects them, else the type-level model is asked.
        """
        most_served_first = "units" in self.levels
        problem = with_full_scopes_barred(self.problem)
        run = walk(problem, most_served_first=most_served_first, keep_steps=True)
        if not problem.has_scopes:
            return Closing(run)
        by_model = ClosingByModel(self.problem, self.solution, most_served_first=most_served_first)
        only_caps = all(q.kind == "cap" for q in self.problem.quotas if q.types is not None)
        if only_caps and tuple(run.served) == self.solution.served:
            return Closing(run, otherwise=by_model)
        return by_model

    def must_outrank(self, position: int) -> int | None:
        """Household whose rank would have been just enough; ``None`` when no rank would."""
        return self._closing.must_outrank(position)
