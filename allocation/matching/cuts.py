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
from allocation.matching.housing import Classes, Cut, Network, seats_or_cut


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
    network: Network | None = None

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
            if self.network is None:
                self.network = Network(self.classes)
            found = seats_or_cut(self.classes, self.network, cells)
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
