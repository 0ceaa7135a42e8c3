"""
When did the door close? The household each unserved one would have had to outrank.

Whether a class can still join the first ``i`` commitments only turns from yes to no as ``i``
grows, so the last moment is found by halving. It is about rank, not points: points are for the
words to translate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from allocation.matching import mip
from allocation.matching.core import Walk, exchanges, is_good
from allocation.matching.cuts import Classes, Objective, Programme
from allocation.matching.problem import Problem
from allocation.matching.solve import Solution


class Closing:
    """Answers for one finished walk that kept its steps."""

    def __init__(self, run: Walk) -> None:
        self.run = run
        self._cell = {m: c for c, m in enumerate(dict.fromkeys(run.problem.members))}
        self._class = {
            (cell, mask): k
            for k, (cell, mask) in enumerate(zip(run.classes.cell, run.classes.masks, strict=True))
        }
        self._known: dict[tuple[int, int], int | None] = {}
        self._refused: dict[tuple[int, int], list[int]] = {}

    def must_outrank(self, position: int) -> int | None:
        """
        Position of the household whose rank would have been just enough.

        ``None``: no rank would have been enough, or nothing compatible was offered.
        """
        problem = self.run.problem
        mask = problem.accepts[position]
        if not mask:
            return None
        key = (self._cell[problem.members[position]], mask)
        if key not in self._known:
            self._known[key] = self._close(*key)
        return self._known[key]

    def _close(self, cell: int, mask: int) -> int | None:
        return _last_open(self.run.served, lambda i: self._can_join(i, cell, mask))

    def _can_join(self, step_idx: int, cell: int, mask: int) -> bool:
        """Could one more household of (cell, mask) join the first ``step_idx`` commitments?"""
        step = self.run.steps[step_idx]
        if any(not mask & ~types for types in self._refused.get((step_idx, cell), ())):
            return False
        classes, k = self._classes(step.committed, cell, mask)
        joined = replace(
            self.run,
            classes=classes,
            witness=[*step.witness, 0],
            cells=list(step.cells),
            seating=step.seating,
        )
        if joined.witness[k] > classes.committed[k]:
            return True
        search = step.seating.search(mask, stop_at_free=False)
        moves = exchanges(joined, k, search)
        if any(is_good(joined, cells) for _, _, cells in moves):
            return True
        if moves and self._exactly(classes, k):
            return True
        self._refused.setdefault((step_idx, cell), []).append(mask)
        return False

    def _classes(self, committed: Sequence[int], cell: int, mask: int) -> tuple[Classes, int]:
        """The classes of the kernel, with room for one more household of this one."""
        known = self.run.classes
        k = self._class.get((cell, mask), len(known.cell))
        classes = Classes(
            [*known.cell, cell],
            [*known.masks, mask],
            [*self.run.kernel, 0],
            [*committed, 0],
            known.capacity,
            known.n_cells,
        )
        classes.size[k] = max(classes.size[k], classes.committed[k] + 1)
        return classes, k

    def _exactly(self, classes: Classes, k: int) -> bool:
        classes.committed[k] += 1
        programme = Programme(classes, self.run.balance, self.run.programme.cuts)
        levels = Objective("", self.run.least_shortage, self.run.least_served or None)
        return programme.solve(levels) is not None


class ClosingByModel:
    """The same question put to the type-level model, for quotas limited to some dwellings."""

    def __init__(self, problem: Problem, solution: Solution, *, most_served_first: bool) -> None:
        self.problem = problem
        self.solution = solution
        self.least_served = len(solution.served) if most_served_first else 0
        self._known: dict[tuple[int, int], int | None] = {}

    def must_outrank(self, position: int) -> int | None:
        """As ``Closing.must_outrank``."""
        key = (self.problem.members[position], self.problem.accepts[position])
        if not key[1]:
            return None
        if key not in self._known:
            served = self.solution.served
            self._known[key] = _last_open(
                served,
                lambda i: mip.is_completable(
                    self.problem,
                    (*served[:i], position),
                    most_shortage=self.solution.shortage,
                    least_served=self.least_served,
                ),
            )
        return self._known[key]


def _last_open(served: Sequence[int], can_join: Callable[[int], bool]) -> int | None:
    """The commitment after which joining stopped being possible; ``None`` if it never was."""
    low, high = 0, len(served)
    while low < high:
        middle = (low + high) // 2
        if can_join(middle):
            low = middle + 1
        else:
            high = middle
    return served[low - 1] if low else None
