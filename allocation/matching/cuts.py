"""
The tiny integer programme on cells, and the flow that keeps it honest.

A vector of served households by cell is *matchable* when dwellings can be found for it. That set
is described exactly by cuts (A, D): households of the cells A who accept nothing outside the
types D cannot be more than the dwellings of D. Cuts are found by max-flow when needed and stay
valid for the whole run; only their right-hand side moves as households are committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from allocation.matching.balance import Balance
from allocation.matching.problem import bits


@dataclass(frozen=True)
class Cut:
    """Cells ``cells`` (bit mask) squeezed into types ``types`` (bit mask)."""

    cells: int
    types: int


@dataclass
class Classes:
    """
    Households grouped by cell and accepted types.

    ``cell[k]``, ``masks[k]``, ``size[k]`` (households of the class still in play),
    ``committed[k]`` (households accepted for good).
    """

    cell: list[int]
    masks: list[int]
    size: list[int]
    committed: list[int]
    capacity: tuple[int, ...]
    n_cells: int

    def base(self) -> list[int]:
        """Committed households by cell."""
        return self._by_cell(self.committed)

    def available(self) -> list[int]:
        """Households in play by cell, committed ones included."""
        return self._by_cell(self.size)

    def _by_cell(self, numbers: Sequence[int]) -> list[int]:
        total = [0] * self.n_cells
        for k, n in enumerate(numbers):
            total[self.cell[k]] += n
        return total

    def room(self, cut: Cut) -> int:
        """Right-hand side of a cut: most households of its cells that can be housed at all."""
        room = sum(n for t, n in enumerate(self.capacity) if cut.types >> t & 1)
        for k, mask in enumerate(self.masks):
            is_inside = not mask & ~cut.types
            if cut.cells >> self.cell[k] & 1:
                room += self.committed[k] if is_inside else self.size[k]
            if is_inside:
                room -= self.committed[k]
        return room


@dataclass
class Objective:
    """What the programme optimises: ``shortage`` (least), ``served`` (most) or nothing."""

    name: str = ""
    most_shortage: int | None = None
    least_served: int | None = None


@dataclass
class Programme:
    """Exact integer programme on cell counts, cut down to the matchable vectors on demand."""

    classes: Classes
    balance: Balance
    cuts: list[Cut] = field(default_factory=list)
    n_solves: int = 0

    def solve(self, objective: Objective) -> tuple[list[int], dict[tuple[int, int], int]] | None:
        """
        Best matchable vector that contains the committed households.

        Returns the cell counts and the seats ``(class, type) -> households`` that realise them,
        or ``None`` when the quotas cannot be met around the committed households.
        """
        while True:
            cells = self.relaxed(objective, [self.classes.room(c) for c in self.cuts])
            if cells is None:
                return None
            found = seats_or_cut(self.classes, cells)
            if isinstance(found, Cut):
                self.cuts.append(found)
            else:
                return cells, found

    def relaxed(
        self, objective: Objective, rooms: Sequence[int], *, one_more: int = -1
    ) -> list[int] | None:
        """The integer programme alone, with the given right-hand sides of the known cuts."""
        from ortools.sat.python import cp_model

        self.n_solves += 1
        model = cp_model.CpModel()
        base, available = self.classes.base(), self.classes.available()
        if one_more >= 0:
            base[one_more] += 1
        x = [
            model.new_int_var(low, max(low, high), f"x{c}")
            for c, (low, high) in enumerate(zip(base, available, strict=True))
        ]
        model.add(sum(x) <= sum(self.classes.capacity))
        for cut, room in zip(self.cuts, rooms, strict=True):
            model.add(sum(x[c] for c in range(len(x)) if cut.cells >> c & 1) <= room)
        short = self._quotas(model, x)
        if objective.most_shortage is not None:
            model.add(short <= objective.most_shortage)
        if objective.least_served is not None:
            model.add(sum(x) >= objective.least_served)
        if objective.name == "shortage":
            model.minimize(short)
        elif objective.name == "served":
            model.maximize(sum(x))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            raise RuntimeError(f"the cell programme ended as {solver.status_name(status)}")
        return [int(solver.value(v)) for v in x]

    def _quotas(self, model: Any, x: list[Any]) -> Any:
        """Add the quotas; return the linear expression of the weighted shortage."""
        balance = self.balance
        total: list[Any] = []
        for i, quota in enumerate(balance.quotas):
            count = balance.locked_counts[i] + sum(
                x[c] for c, s in enumerate(balance.signatures) if s >> i & 1
            )
            if i in balance.caps:
                model.add(count <= quota.seats)
            elif i in balance.hard:
                model.add(count >= quota.seats)
            elif i in balance.soft:
                short = model.new_int_var(0, quota.seats, f"short{i}")
                model.add(short >= quota.seats - count)
                total.append(quota.weight * short)
        return sum(total) + self._once(model, x)

    def _once(self, model: Any, x: list[Any]) -> Any:
        """Shortage of overlapping floors where a person uses one seat."""
        balance = self.balance
        seated = {
            (i, c): model.new_int_var(0, balance.quotas[i].seats, f"seat{i},{c}")
            for i in balance.once
            for c, signature in enumerate((*balance.signatures, *balance.locked))
            if signature >> i & 1
        }
        people = [*x, *balance.locked.values()]
        for c in {c for _, c in seated}:
            model.add(sum(v for (_, cell), v in seated.items() if cell == c) <= people[c])
        total: list[Any] = []
        for i in balance.once:
            filled = sum(v for (quota, _), v in seated.items() if quota == i)
            model.add(filled <= balance.quotas[i].seats)
            total.append(balance.quotas[i].weight * (balance.quotas[i].seats - filled))
        return sum(total)


def seats_or_cut(classes: Classes, cells: Sequence[int]) -> dict[tuple[int, int], int] | Cut:
    """
    Seats for these cell counts around the committed households, or a cut that forbids them.

    The cut is the minimum one with the largest source side: the strongest of them.
    """
    import numpy as np
    from ortools.graph.python import max_flow

    base = classes.base()
    played = [k for k, n in enumerate(classes.size) if n > 0 or classes.committed[k] > 0]
    n_cells, n_types = classes.n_cells, len(classes.capacity)
    cell_node, class_node = 1, 1 + n_cells
    type_node, sink = class_node + len(played), class_node + len(played) + n_types
    tails, heads, caps = [], [], []

    def arc(tail: int, head: int, capacity: int) -> None:
        tails.append(tail)
        heads.append(head)
        caps.append(capacity)

    for c, n in enumerate(cells):
        arc(0, cell_node + c, n - base[c])
    for position, k in enumerate(played):
        arc(0, class_node + position, classes.committed[k])
        spare = classes.size[k] - classes.committed[k]
        arc(cell_node + classes.cell[k], class_node + position, max(0, spare))
    first_seat = len(tails)
    for position, k in enumerate(played):
        most = max(classes.size[k], classes.committed[k])
        for t in bits(classes.masks[k]):
            arc(class_node + position, type_node + t, most)
    last_seat = len(tails)
    for t, n in enumerate(classes.capacity):
        arc(type_node + t, sink, n)
    flow = max_flow.SimpleMaxFlow()
    arcs = flow.add_arcs_with_capacity(
        np.array(tails, np.int32), np.array(heads, np.int32), np.array(caps, np.int64)
    )
    if flow.solve(0, sink) != flow.OPTIMAL:
        raise RuntimeError("the max-flow did not end")
    if flow.optimal_flow() == sum(cells):
        flows = flow.flows(arcs[first_seat:last_seat])
        return {
            (played[tails[first_seat + i] - class_node], heads[first_seat + i] - type_node): int(n)
            for i, n in enumerate(flows)
            if n
        }
    far = set(flow.get_sink_side_min_cut())
    return Cut(
        sum(1 << c for c in range(n_cells) if cell_node + c not in far),
        sum(1 << t for t in range(n_types) if type_node + t not in far),
    )
