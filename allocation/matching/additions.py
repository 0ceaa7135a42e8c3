"""
Additions that cannot come out: why no solution is left around some households served.

Counts of households by cell lie between bounds, cuts say how many of some cells can be housed,
quotas say how many must or may be served; some of these lines, each taken a whole number of
times, contradict one another. When no single addition does, the count of one cell is split in two
and each half is argued apart.

The linear programme that finds the numbers of times works in floating point; every addition is
then verified in whole numbers, and one that does not come out wrong is not stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from allocation.matching.housing import Classes, Cut, Network, seats_or_cut
from allocation.matching.problem import Problem, bits
from allocation.matching.seating import greedy

MOST_NODES = 300  # linear programmes for one refusal, after which it is left unproved
MOST_TIMES = 1_000  # a line is taken at most so many times
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Addition:
    """
    Lines that contradict one another, each with the number of times it is taken.

    ``cuts`` and ``quotas``: (position, times); ``shortage``: times the shortage allowed;
    ``served``: times the number of households that must be served.
    """

    cuts: tuple[tuple[int, int], ...] = ()
    quotas: tuple[tuple[int, int], ...] = ()
    shortage: int = 0
    served: int = 0


@dataclass(frozen=True)
class Split:
    """Either at most ``at_most`` households of the cell are served, or more: both are refuted."""

    cell: int
    at_most: int
    below: Proof
    above: Proof


Proof = Addition | Split
Seats = dict[tuple[int, int], int]  # (class, type) -> households


@dataclass(frozen=True)
class Target:
    """What a solution must reach: seats of the quotas that count, shortage, households."""

    seats: Mapping[int, int]
    most_shortage: int
    least_served: int = 0


@dataclass(frozen=True)
class Box:
    """Least and most households served of each cell."""

    low: tuple[int, ...]
    high: tuple[int, ...]

    def split(self, cell: int, at_most: int) -> tuple[Box, Box]:
        """At most so many of a cell, or more."""
        low, high = list(self.low), list(self.high)
        low[cell], high[cell] = at_most + 1, at_most
        return Box(self.low, tuple(high)), Box(tuple(low), self.high)


class Refuter:
    """
    Additions about one round.

    Of the quotas limited to some dwellings, caps are left out and floors taken to count their
    members wherever they live: what is impossible even so is impossible with them. ``cuts``
    grows while proofs are looked for; a cut holds for the whole round.
    """

    def __init__(self, problem: Problem, *, cuts: Sequence[Cut] = ()) -> None:
        self.problem = problem
        offered = sum(1 << t for t, n in enumerate(problem.capacity) if n)
        self.masks = [mask & offered for mask in problem.accepts]
        self.cells = tuple(dict.fromkeys(problem.members))
        self.cuts = list(dict.fromkeys(cuts))
        self.classes, self.of = self._kernel()
        self.floors = [i for i, q in enumerate(problem.quotas) if q.kind == "floor"]
        soft = [i for i in self.floors if not problem.quotas[i].is_hard]
        self.once = {i for i in soft if problem.quotas[i].counting == "once"}
        self.weight = {i: problem.quotas[i].weight for i in soft}
        self.caps = [i for i, q in enumerate(problem.quotas) if q.kind == "cap" and q.types is None]
        self._network: Network | None = None
        self._sides: dict[Cut, tuple[list[int], list[int]]] = {}

    def _kernel(self) -> tuple[Classes, list[int]]:
        """Households served by a cell alone, by class; the others are shut out by their own."""
        members = self.problem.members
        number = {mask: c for c, mask in enumerate(self.cells)}
        by_cell: list[list[int]] = [[] for _ in self.cells]
        for p, mask in enumerate(self.masks):
            if mask:
                by_cell[number[members[p]]].append(p)
        classes = Classes([], [], [], [], self.problem.capacity, len(self.cells))
        of, known = [-1] * len(members), dict[tuple[int, int], int]()
        for cell, positions in enumerate(by_cell):
            kept, _, _ = greedy([self.masks[p] for p in positions], self.problem.capacity)
            for p in (positions[i] for i in kept):
                k = known.setdefault((cell, self.masks[p]), len(known))
                if k == len(classes.cell):
                    classes.cell.append(cell)
                    classes.masks.append(self.masks[p])
                    classes.size.append(0)
                    classes.committed.append(0)
                classes.size[k] += 1
                of[p] = k
        return classes, of

    def target(self, *, most_shortage: int, least_served: int = 0) -> Target:
        """All quotas as they are."""
        seats = {i: self.problem.quotas[i].seats for i in (*self.floors, *self.caps)}
        return Target(seats, most_shortage, least_served)

    def prove(self, target: Target, *, newcomer: int = -1) -> tuple[Proof, int] | Seats | None:
        """
        Why no solution contains the committed households and one more of class ``newcomer``.

        Returns the proof and the types it is about: whoever of the same cell is confined to them
        is refused alike (-1: everybody). Or the seats of such a solution; or ``None`` when
        neither was found within the limit.
        """
        cell = self.classes.cell[newcomer] if newcomer >= 0 else -1
        base, available = self.classes.base(), self.classes.available()
        if cell >= 0:
            base[cell] += 1
        box = Box(tuple(base), tuple(map(max, base, available)))
        while True:
            found = self._refute(box, target, newcomer)
            if not isinstance(found, list):
                break
            answer = self._house(found, newcomer)
            if not isinstance(answer, Cut):
                return answer
            if answer in self.cuts:
                return None
            self.cuts.append(answer)
        if found is None:
            return None
        types = -1
        for j in used_cuts(found) if cell >= 0 else ():
            if self._tightens(self.cuts[j], newcomer):
                types &= self.cuts[j].types
        return found, types

    def _house(self, cells: list[int], newcomer: int) -> Cut | Seats:
        """Seats for these cell counts, or what forbids them."""
        if self._network is None:
            self._network = Network(self.classes)
        if newcomer >= 0:
            self.classes.committed[newcomer] += 1
        found = seats_or_cut(self.classes, self._network, cells)
        if newcomer >= 0:
            self.classes.committed[newcomer] -= 1
        return found

    def _refute(self, box: Box, target: Target, newcomer: int) -> Proof | list[int] | None:
        """A proof, or whole counts that no known line forbids, or neither within the limit."""
        rooms = [self.room(cut) - self._tightens(cut, newcomer) for cut in self.cuts]
        nodes = [0]

        def half(box: Box) -> Proof | list[int] | None:
            nodes[0] += 1
            if nodes[0] > MOST_NODES:
                return None
            violation, times, point = self._programme(box, target, rooms)
            found = self._whole(times, box, target, rooms) if violation > TOLERANCE else None
            if found is not None:
                return found
            cell = next((c for c, x in enumerate(point) if abs(x - round(x)) > TOLERANCE), -1)
            if cell < 0:
                return [round(x) for x in point] if violation <= TOLERANCE else None
            at_most = int(point[cell])
            lower, upper = box.split(cell, at_most)
            below = half(lower)
            if below is None or isinstance(below, list):
                return below
            above = half(upper)
            if above is None or isinstance(above, list):
                return above
            return Split(cell, at_most, below, above)

        return half(box)

    def _tightens(self, cut: Cut, newcomer: int) -> bool:
        """Does the newcomer take one of the dwellings of the cut from outside its cells?"""
        if newcomer < 0 or cut.cells >> self.classes.cell[newcomer] & 1:
            return False
        return not self.classes.masks[newcomer] & ~cut.types

    def room(self, cut: Cut) -> int:
        """Most households of the cells of a cut that can be housed around the committed ones."""
        if cut not in self._sides:
            outside, inside = [], []
            for k, (cell, mask) in enumerate(
                zip(self.classes.cell, self.classes.masks, strict=True)
            ):
                is_inside = not mask & ~cut.types
                if cut.cells >> cell & 1 and not is_inside:
                    outside.append(k)
                elif is_inside and not cut.cells >> cell & 1:
                    inside.append(k)
            self._sides[cut] = outside, inside
        outside, inside = self._sides[cut]
        dwellings = sum(n for t, n in enumerate(self.problem.capacity) if cut.types >> t & 1)
        size, committed = self.classes.size, self.classes.committed
        return dwellings + sum(size[k] for k in outside) - sum(committed[k] for k in inside)

    # The addition in whole numbers ----------------------------------------------------------

    def comes_out_wrong(
        self, addition: Addition, box: Box, target: Target, rooms: Sequence[int]
    ) -> bool:
        """Do the lines contradict one another, taken so many times, in whole numbers?"""
        times = dict(addition.quotas)
        load = [-addition.served] * len(self.cells)
        most = -addition.served * target.least_served + addition.shortage * target.most_shortage
        for j, n in addition.cuts:
            most += n * rooms[j]
            for c in bits(self.cuts[j].cells):
                load[c] += n
        for i in self.caps:
            n = times.get(i, 0)
            most += n * (target.seats[i] - self._locked(i) if n else 0)
            for c, mask in enumerate(self.cells):
                load[c] += n * (mask >> i & 1)
        for i in self.floors:
            most -= times.get(i, 0) * target.seats.get(i, 0)
            if i in self.weight and times.get(i, 0) > addition.shortage * self.weight[i]:
                return False
        load = [n - self._worth(mask, times) for n, mask in zip(load, self.cells, strict=True)]
        most += sum(self._worth(mask, times) for mask in self.problem.locked)
        ends = zip(load, box.low, box.high, strict=True)
        return sum(n * (low if n > 0 else high) for n, low, high in ends) > most

    def _worth(self, mask: int, times: Mapping[int, int]) -> int:
        """What one household of this membership brings to the floors, each so many times."""
        mine = [i for i in self.floors if mask >> i & 1]
        shared = max((times.get(i, 0) for i in mine if i in self.once), default=0)
        return shared + sum(times.get(i, 0) for i in mine if i not in self.once)

    def _locked(self, i: int) -> int:
        return sum(mask >> i & 1 for mask in self.problem.locked)

    def _whole(
        self, times: Sequence[float], box: Box, target: Target, rooms: Sequence[int]
    ) -> Addition | None:
        """The numbers of times of a programme made whole, if the addition then comes out wrong."""
        for unit in sorted({round(n, 9) for n in times if n > TOLERANCE}):
            exact = [Fraction(n / unit).limit_denominator(24) for n in times]
            scale = lcm(*(n.denominator for n in exact))
            whole = [int(n * scale) for n in exact]
            if max(whole) > MOST_TIMES:
                continue
            addition = self._addition(whole)
            if self.comes_out_wrong(addition, box, target, rooms):
                return self._without_spare_lines(addition, whole, box, target, rooms)
        return None

    def _without_spare_lines(
        self, addition: Addition, whole: list[int], box: Box, target: Target, rooms: Sequence[int]
    ) -> Addition:
        """The same with every line left out that the contradiction does not need."""
        for n in [n for n, times in enumerate(whole) if times]:
            times, whole[n] = whole[n], 0
            shorter = self._addition(whole)
            if self.comes_out_wrong(shorter, box, target, rooms):
                addition = shorter
            else:
                whole[n] = times
        return addition

    def _addition(self, whole: Sequence[int]) -> Addition:
        n, lines = len(self.cuts), (*self.caps, *self.floors)
        quotas = {i: times for i, times in zip(lines, whole[n:-2], strict=True) if times}
        needed = [-(-quotas.get(i, 0) // weight) for i, weight in self.weight.items() if weight]
        return Addition(
            tuple((j, times) for j, times in enumerate(whole[:n]) if times),
            tuple(sorted(quotas.items())),
            max(needed, default=0),
            whole[-1],
        )

    # The linear programme -------------------------------------------------------------------

    def _programme(
        self, box: Box, target: Target, rooms: Sequence[int]
    ) -> tuple[float, list[float], list[float]]:
        """
        Least violation of the lines within a box.

        Returns it, how much each line weighs in it (cuts, caps, floors, shortage, served) and
        the count of each cell.
        """
        from ortools.linear_solver import pywraplp

        solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        endless = solver.infinity()
        x = [solver.NumVar(a, b, "") for a, b in zip(box.low, box.high, strict=True)]
        violation = solver.NumVar(0, endless, "")
        solver.Minimize(violation)

        def line(terms: Sequence[tuple[Any, int]], most: float, *, is_soft: bool = True) -> Any:
            row = solver.Constraint(-endless, most)
            for variable, n in terms:
                row.SetCoefficient(variable, n)
            if is_soft:
                row.SetCoefficient(violation, -1)
            return row

        rows = [
            line([(x[c], 1) for c in bits(cut.cells)], room)
            for cut, room in zip(self.cuts, rooms, strict=True)
        ]
        for i in self.caps:
            most = target.seats[i] - self._locked(i) if i in target.seats else endless
            rows.append(line([(x[c], 1) for c, m in enumerate(self.cells) if m >> i & 1], most))
        seated = self._seats(solver, x, line)
        short = []
        for i in self.floors:
            seats, terms = target.seats.get(i, 0), [(v, -1) for v in seated[i]]
            if i in self.weight:
                missing = solver.NumVar(0, endless, "")
                short.append((missing, self.weight[i]))
                terms.append((missing, -1))
            least = seats if i in self.once else seats - self._locked(i)
            rows.append(line(terms, -least, is_soft=i not in self.weight))
        rows.append(line(short, target.most_shortage))
        rows.append(line([(v, -1) for v in x], -target.least_served))
        if solver.Solve() != solver.OPTIMAL:
            raise RuntimeError("the linear programme of a refusal did not end")
        times = [-row.dual_value() for row in rows]
        return violation.solution_value(), times, [v.solution_value() for v in x]

    def _seats(self, solver: Any, x: Sequence[Any], line: Any) -> dict[int, list[Any]]:
        """Households that count in each floor; those counted once share themselves out."""
        seated = {
            i: [x[c] for c, mask in enumerate(self.cells) if mask >> i & 1]
            for i in self.floors
            if i not in self.once
        }
        seated |= {i: [] for i in self.once}
        people = [*((mask, v, 0) for mask, v in zip(self.cells, x, strict=True))]
        people += [(mask, None, 1) for mask in self.problem.locked]
        for mask, variable, n in people:
            parts = {i: solver.NumVar(0, solver.infinity(), "") for i in self.once if mask >> i & 1}
            for i, part in parts.items():
                seated[i].append(part)
            if parts:
                mine = [] if variable is None else [(variable, -1)]
                line([*((part, 1) for part in parts.values()), *mine], n, is_soft=False)
        return seated


def used_cuts(proof: Proof) -> set[int]:
    """Positions of the cuts a proof rests on."""
    if isinstance(proof, Addition):
        return {j for j, _ in proof.cuts}
    return used_cuts(proof.below) | used_cuts(proof.above)
