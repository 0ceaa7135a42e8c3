"""
When did the door close? The household each unserved one would have had to outrank.

Whether a class can still join the first ``i`` commitments only turns from yes to no as ``i``
grows, so the last moment is found by halving. It is about rank, not points: points are for the
words to translate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from allocation.matching import mip
from allocation.matching.core import Walk, chain_for, levels
from allocation.matching.cuts import Programme
from allocation.matching.housing import Classes
from allocation.matching.problem import Problem
from allocation.matching.solve import Solution
from allocation.matching.witness import Chain, Witness


class Closing:
    """
    Answers for one finished walk that kept its steps.

    ``otherwise`` answers in its place when a quota limited to some dwellings, which the walk
    does not see, may have closed the door earlier.
    """

    def __init__(self, run: Walk, *, otherwise: ClosingByModel | None = None) -> None:
        self.run = run
        self.otherwise = otherwise
        self._cell = {m: c for c, m in enumerate(dict.fromkeys(run.problem.members))}
        self._signatures = tuple(self._cell)
        keys = zip(run.classes.cell, run.classes.masks, strict=True)
        self._class = {key: k for k, key in enumerate(keys)}
        self._known: dict[tuple[int, int], int | None] = {}
        self._refused: dict[tuple[int, int], list[int]] = {}
        self._closed: dict[int, list[tuple[int, int]]] = {}
        known, self._at = run.classes, len(run.steps)
        classes = Classes(
            known.cell, known.masks, [*run.kernel], [*known.committed], known.capacity,
            known.n_cells,
        )  # fmt: skip
        self._now = Witness.of(classes, run.balance, run.witness.seated, run.seating)

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
            self._known[key] = self._close(position, *key)
        return self._known[key]

    def _close(self, position: int, cell: int, mask: int) -> int | None:
        served = self.run.served
        last = self._last_open(cell, mask)
        if self.otherwise and last and not self._is_within_scopes(last - 1, cell, mask):
            return self.otherwise.must_outrank(position)
        return served[last - 1] if last else None

    def _last_open(self, cell: int, mask: int) -> int:
        """
        Commitments after which (cell, mask) cannot join any more, searched between neighbours.

        Whoever accepts more types of the same cell is shut out no earlier.
        """
        low, high = 0, len(self.run.served)
        for other, last in self._closed.setdefault(cell, []):
            if not other & ~mask:
                low = max(low, last)
            if not mask & ~other:
                high = min(high, last)
        found = _last_open(low, high, lambda i: self._can_join(i, cell, mask))
        self._closed[cell].append((mask, found))
        return found

    def _can_join(self, step_idx: int, cell: int, mask: int) -> bool:
        """Could one more household of (cell, mask) join the first ``step_idx`` commitments?"""
        refused = self._refused.setdefault((step_idx, cell), [])
        if any(not mask & ~types for types in refused):
            return False
        if next(self._completions(step_idx, cell, mask), None) is not None:
            return True
        refused.append(mask)
        return False

    def _is_within_scopes(self, step_idx: int, cell: int, mask: int) -> bool:
        """Can a completion found here be seated within the caps limited to some dwellings?"""
        cells = [*self.run.classes.cell, cell]
        masks = [*self.run.classes.masks, mask]
        for seats in self._completions(step_idx, cell, mask):
            living = [(self._signatures[cells[k]], masks[k], t, n) for (k, t), n in seats().items()]
            if can_be_seated(self.run.problem, living):
                return True
        return False

    def _completions(
        self, step_idx: int, cell: int, mask: int
    ) -> Iterator[Callable[[], Mapping[tuple[int, int], int]]]:
        """Full solutions around the commitments and the newcomer; seats are made when asked."""
        run = self.run
        witness = self.at(step_idx)
        k = self._class.get((cell, mask))
        if k is not None and witness.seated[k] > witness.classes.committed[k]:
            yield lambda: _seats(witness)
            return
        chain = chain_for(run, witness, cell, mask)
        if chain.end >= 0:
            yield lambda: self._after(step_idx, cell, mask, chain)
        elif run.tree or not (chain.leaver or witness.out in chain.before):
            return
        joined, k = self._joined(step_idx, cell, mask)
        if self._exactly(step_idx, joined, k):
            yield lambda: _seats(joined)

    def at(self, step_idx: int) -> Witness:
        """The solution the walk had at hand after so many commitments."""
        now, steps = self._now, self.run.steps
        while self._at > step_idx:
            self._at -= 1
            now.release(steps[self._at].joins)
            for moves in reversed(steps[self._at].moves):
                now.undo(moves)
        while self._at < step_idx:
            for moves in steps[self._at].moves:
                now.transfer(moves)
            now.commit(steps[self._at].joins)
            self._at += 1
        last = self.run.seating if step_idx == len(steps) else steps[step_idx]
        now.seating.tight = last.tight
        return now

    def _joined(self, step_idx: int, cell: int, mask: int) -> tuple[Witness, int]:
        """The same with room for one more household of a class, perhaps one not in the walk."""
        now = self.at(step_idx)
        known = now.classes
        k = self._class.get((cell, mask), len(known.cell))
        classes = Classes(
            [*known.cell, cell],
            [*known.masks, mask],
            [*known.size, 0],
            [*known.committed, 0],
            known.capacity,
            known.n_cells,
        )
        classes.size[k] = max(classes.size[k], classes.committed[k] + 1)
        return Witness.of(classes, self.run.balance, (*now.seated, 0), now.seating), k

    def _after(
        self, step_idx: int, cell: int, mask: int, chain: Chain
    ) -> Mapping[tuple[int, int], int]:
        """Seats once the newcomer has moved in."""
        transfers = self.at(step_idx).transfers(chain, -1)
        joined, k = self._joined(step_idx, cell, mask)
        joined.transfer([(k if j < 0 else j, before, t) for j, before, t in transfers])
        return _seats(joined)

    def _exactly(self, step_idx: int, joined: Witness, k: int) -> bool:
        """Ask the integer programme; a refusal is kept for every class it also covers."""
        known, classes = self.run.programme, joined.classes
        programme = Programme(
            classes, self.run.balance, known.cuts, known.shares, len(self.run.classes.masks)
        )
        objective = levels(self.run)
        classes.committed[k] += 1
        found = programme.solve(objective, partial(joined.rehouse, k=k))
        classes.committed[k] -= 1
        if found is not None:
            return True
        cell, mask = classes.cell[k], classes.masks[k]
        types = programme.squeezed(objective, cell, mask)
        self._refused.setdefault((step_idx, cell), []).append(types)
        return False


def _seats(witness: Witness) -> Mapping[tuple[int, int], int]:
    return {(k, t): n for k, t, n in witness.seating.seats()}


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
            last = _last_open(
                0,
                len(served),
                lambda i: mip.is_completable(
                    self.problem,
                    (*served[:i], position),
                    most_shortage=self.solution.measure,
                    least_served=self.least_served,
                ),
            )
            self._known[key] = served[last - 1] if last else None
        return self._known[key]


def can_be_seated(problem: Problem, living: Sequence[tuple[int, int, int, int]]) -> bool:
    """
    Do caps limited to some dwellings hold, perhaps once these households are seated otherwise?

    ``living``: membership mask, accepted types, type, households.
    """
    is_within = all(
        sum(n * problem.taken(members, i) for members, _, t, n in living if quota.types >> t & 1)
        + sum(problem.taken(mask, i) for mask in problem.locked)
        <= quota.seats
        for i, quota in enumerate(problem.quotas)
        if quota.kind == "cap" and quota.types is not None
    )
    if is_within:
        return True
    everybody = [(members, mask) for members, mask, _, n in living for _ in range(n)]
    alone = replace(
        problem,
        households=tuple(str(i) for i in range(len(everybody))),
        members=tuple(members for members, _ in everybody),
        accepts=tuple(mask for _, mask in everybody),
    )
    return mip.arrange(alone, range(len(everybody))) is not None


def _last_open(low: int, high: int, can_join: Callable[[int], bool]) -> int:
    """Smallest number of commitments, between two bounds, after which joining is impossible."""
    while low < high:
        middle = (low + high) // 2
        if can_join(middle):
            low = middle + 1
        else:
            high = middle
    return low
