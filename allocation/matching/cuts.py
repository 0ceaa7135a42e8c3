"""
The tiny integer programme on cells, and the flow that keeps it honest.

A vector of served households by cell is *matchable* when dwellings can be found for it. That set
is described exactly by cuts (A, D): households of the cells A who accept nothing outside the
types D cannot be more than the dwellings of D. Cuts are found by max-flow when needed and stay
valid for the whole run; only their right-hand side moves as households are committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.matching.balance import Balance
from allocation.matching.housing import Classes, Cut, Share
from allocation.matching.shortage import NOTHING, Limits, Term

_FEW_VECTORS = 20_000


@dataclass(frozen=True)
class Objective:
    """What the programme optimises: ``term`` (least), ``served`` (most) or nothing."""

    name: str = ""
    term: Term = NOTHING
    limits: Limits = ()
    least_served: int | None = None


@dataclass
class Programme:
    """
    Exact integer programme on cell counts, cut down to the matchable vectors on demand.

    ``cuts`` and ``shares`` may be handed from one programme to another over the same first
    classes: a cut once found holds for the whole round. ``crowded``: sets of floors counted once
    whose seats the people who may sit there are known to limit.
    """

    classes: Classes
    balance: Balance
    cuts: list[Cut] = field(default_factory=list)
    shares: dict[Cut, Share] = field(default_factory=dict)
    n_shared: int = -1
    n_solves: int = 0
    crowded: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.n_shared < 0:
            self.n_shared = len(self.classes.masks)
        self.crowded = self.crowded or [(i,) for i in self.balance.once]

    def solve(
        self, objective: Objective, rehouse: Callable[[Sequence[int]], Cut | None]
    ) -> int | None:
        """
        Best value over the matchable vectors that contain the committed households.

        ``rehouse`` houses the vector found, or gives a cut that forbids it. ``None`` when the
        quotas cannot be met around the committed households.
        """
        while True:
            relaxed = self.relaxed(objective, self.rooms())
            if relaxed is None:
                return None
            cells, value = relaxed
            cut = rehouse(cells)
            if cut is None:
                return value
            self.cuts.append(cut)

    def rooms(self) -> list[int]:
        """Right-hand side of every cut: most households of its cells that can be housed."""
        classes = self.classes
        size = np.array(classes.size, np.int64)
        committed = np.array(classes.committed, np.int64)
        rooms = []
        for cut in self.cuts:
            share = self.shares.get(cut)
            if share is None:
                share = self.shares[cut] = Share.of(cut, classes.first(self.n_shared))
            room = share.dwellings + size[share.outside].sum() - committed[share.inside].sum()
            rooms.append(int(room) + self._late(cut))
        return rooms

    def _late(self, cut: Cut) -> int:
        """Part of the classes that came after the shares were made."""
        classes, late = self.classes, 0
        for k in range(self.n_shared, len(classes.masks)):
            is_inside = not classes.masks[k] & ~cut.types
            if cut.cells >> classes.cell[k] & 1:
                late += 0 if is_inside else classes.size[k]
            elif is_inside:
                late -= classes.committed[k]
        return late

    def squeezed(self, objective: Objective, cell: int, mask: int) -> int:
        """
        Why no household of ``cell`` accepting ``mask`` can be added: the types it is squeezed by.

        Every class of the cell confined to the returned types is refused for the same reason;
        -1 (all types) when nobody of the cell can be added.
        """
        loose = self.rooms()
        relevant = [
            i
            for i, cut in enumerate(self.cuts)
            if not cut.cells >> cell & 1 and not mask & ~cut.types
        ]
        relevant.sort(key=lambda i: (-self.cuts[i].types.bit_count(), i))

        def is_refused(tightened: Sequence[int]) -> bool:
            rooms = [room - (i in tightened) for i, room in enumerate(loose)]
            return self.relaxed(objective, rooms, one_more=cell) is None

        if is_refused(()):
            return -1
        needed = list(relevant)
        for i in relevant:
            trial = [j for j in needed if j != i]
            if is_refused(trial):
                needed = trial
        types = -1
        for i in needed:
            types &= self.cuts[i].types
        return types

    def relaxed(
        self, objective: Objective, rooms: Sequence[int], *, one_more: int = -1
    ) -> tuple[list[int], int] | None:
        """
        The integer programme alone, with the given right-hand sides of the known cuts.

        Returns cell counts and the value of the objective.
        """
        self.n_solves += 1
        base, available = self.classes.base(), self.classes.available()
        if one_more >= 0:
            base[one_more] += 1
        if not self.balance.once and (vectors := few_vectors(base, available)) is not None:
            return self._best_of(vectors, objective, rooms)
        return self._by_solver(objective, rooms, base, available)

    def _best_of(
        self, x: npt.NDArray[np.int64], objective: Objective, rooms: Sequence[int]
    ) -> tuple[list[int], int] | None:
        """The same by looking at every vector of cell counts, when they are few."""
        balance = self.balance
        loads = np.zeros((x.shape[1], len(balance.quotas)), np.int64)
        for c, mine in enumerate(balance.loads):
            for i, places in mine:
                loads[c, i] = places
        counts = x @ loads + np.array(balance.locked_counts, np.int64)
        seats = np.array([quota.seats for quota in balance.quotas], np.int64)
        served = x.sum(axis=1)
        holds = served <= sum(self.classes.capacity)
        for cut, room in zip(self.cuts, rooms, strict=True):
            holds &= x @ [cut.cells >> c & 1 for c in range(x.shape[1])] <= room
        caps, hard = list(balance.caps), list(balance.hard)
        holds &= (counts[:, caps] <= seats[caps]).all(axis=1)
        holds &= (counts[:, hard] >= seats[hard]).all(axis=1)
        shorts = np.maximum(0, seats - counts)
        for term, most in objective.limits:
            holds &= _values(term, shorts) <= most
        if objective.least_served is not None:
            holds &= served >= objective.least_served
        found = np.flatnonzero(holds)
        if not len(found):
            return None
        value = np.zeros(len(x), np.int64)
        if objective.name == "term":
            value = _values(objective.term, shorts)
        elif objective.name == "served":
            value = -served
        best = found[np.argmin(value[found])]
        return x[best].tolist(), abs(int(value[best]))

    def _by_solver(
        self,
        objective: Objective,
        rooms: Sequence[int],
        base: Sequence[int],
        available: Sequence[int],
    ) -> tuple[list[int], int] | None:
        from ortools.sat.python import cp_model

        model = _bare_model()()
        x = [
            model.new_int_var(low, max(low, high), f"x{c}")
            for c, (low, high) in enumerate(zip(base, available, strict=True))
        ]
        model.add(sum(x) <= sum(self.classes.capacity))
        for cut, room in zip(self.cuts, rooms, strict=True):
            model.add(sum(x[c] for c in range(len(x)) if cut.cells >> c & 1) <= room)
        shorts, filled = self._quotas(model, x)
        for term, most in objective.limits:
            model.add(_value(model, term, shorts) <= most)
        if objective.least_served is not None:
            model.add(sum(x) >= objective.least_served)
        if objective.name == "term":
            model.minimize(_value(model, objective.term, shorts))
        elif objective.name == "served":
            model.maximize(sum(x))
        while True:
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = 1
            solver.parameters.catch_sigint_signal = False  # Ctrl-C belongs to the program
            status = solver.solve(model)
            if status == cp_model.INFEASIBLE:
                return None
            if status != cp_model.OPTIMAL:
                raise RuntimeError(f"the cell programme ended as {solver.status_name(status)}")
            cells = [int(solver.value(v)) for v in x]
            seats = {i: int(solver.value(v)) for i, v in filled.items()}
            floors = self.balance.oversold(cells, seats)
            if not floors:
                return cells, round(solver.objective_value)
            self.crowded.append(floors)
            self._seat_limit(model, x, filled, floors)

    def _quotas(self, model: Any, x: list[Any]) -> tuple[dict[int, Any], dict[int, Any]]:
        """Add the quotas; return the shortage of each soft floor, and seats filled once."""
        balance = self.balance
        shorts: dict[int, Any] = {}
        for i, quota in enumerate(balance.quotas):
            count = balance.locked_counts[i] + sum(
                places * x[c]
                for c, loads in enumerate(balance.loads)
                for j, places in loads
                if j == i
            )
            if i in balance.caps:
                model.add(count <= quota.seats)
            elif i in balance.hard:
                model.add(count >= quota.seats)
            elif i in balance.soft:
                shorts[i] = model.new_int_var(0, quota.seats, f"short{i}")
                model.add(shorts[i] >= quota.seats - count)
        filled = {
            i: model.new_int_var(0, balance.quotas[i].seats, f"filled{i}") for i in balance.once
        }
        for floors in self.crowded:
            self._seat_limit(model, x, filled, floors)
        return shorts | {i: balance.quotas[i].seats - v for i, v in filled.items()}, filled

    def _seat_limit(
        self, model: Any, x: list[Any], filled: Mapping[int, Any], floors: Sequence[int]
    ) -> None:
        """
        Seats of these floors counted once are no more than the people who may sit there.

        Seats can be filled together exactly when that holds for every set of floors (Hall); the
        sets that matter are found when they are broken, and stay known.
        """
        mask = sum(1 << i for i in floors)
        balance = self.balance
        people = zip(
            (*balance.signatures, *balance.locked), (*x, *balance.locked.values()), strict=True
        )
        model.add(sum(filled[i] for i in floors) <= sum(n for s, n in people if s & mask))


@cache
def _bare_model() -> type:
    """
    The model of CP-SAT without the camel-case names of former versions.

    They are added to every single model, which takes longer than solving one of these.
    """
    from ortools.sat.python import cp_model

    class BareModel(cp_model.CpModel):
        def _add_pre_pep8_methods(self) -> None:
            """No old names."""

    return BareModel


def few_vectors(low: Sequence[int], high: Sequence[int]) -> npt.NDArray[np.int64] | None:
    """Every vector between two bounds; ``None`` when there are many."""
    sizes = [max(a, b) - a + 1 for a, b in zip(low, high, strict=True)]
    if prod(sizes) > _FEW_VECTORS:
        return None
    grid = np.indices(sizes).reshape(len(sizes), -1).T
    found: npt.NDArray[np.int64] = grid + np.array(low, np.int64)
    return found


def _values(term: Term, shorts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A term of the shortage rule for many shortages, one row each."""
    found = np.zeros(len(shorts), np.int64)
    for i, number in term.floors:
        found += number * shorts[:, i] if term.kind == "sum" else shorts[:, i] > number
    return found


def _value(model: Any, term: Term, shorts: Mapping[int, Any]) -> Any:
    """A term of the shortage rule as a linear expression."""
    if term.kind == "sum":
        return sum(weight * shorts[i] for i, weight in term.floors)
    return sum(_lacks_more(model, shorts[i], allowed) for i, allowed in term.floors)


def _lacks_more(model: Any, short: Any, allowed: int) -> Any:
    """1 when a shortage is above what is allowed (it may be 1 otherwise too)."""
    is_above = model.new_bool_var("")
    model.add(short <= allowed).only_enforce_if(~is_above)
    return is_above
