"""
Can these cell counts be housed? Seats if so, the strongest cut that forbids them if not.

One max-flow from cells through classes to types, with the committed households fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


class _Network:
    """Arcs source -> cells -> classes -> types -> sink, with the committed households apart."""

    def __init__(self, classes: Classes, cells: Sequence[int]) -> None:
        self.classes = classes
        self.played = [k for k, n in enumerate(classes.size) if n > 0 or classes.committed[k] > 0]
        self.first_class = 1 + classes.n_cells
        self.first_type = self.first_class + len(self.played)
        self.sink = self.first_type + len(classes.capacity)
        self.tails: list[int] = []
        self.heads: list[int] = []
        self.capacities: list[int] = []
        base = classes.base()
        for c, n in enumerate(cells):
            self._arc(0, 1 + c, n - base[c])
        for position, k in enumerate(self.played):
            node = self.first_class + position
            self._arc(0, node, classes.committed[k])
            spare = max(0, classes.size[k] - classes.committed[k])
            self._arc(1 + classes.cell[k], node, spare)
        self.first_seat = len(self.tails)
        for position, k in enumerate(self.played):
            most = max(classes.size[k], classes.committed[k])
            for t in bits(classes.masks[k]):
                self._arc(self.first_class + position, self.first_type + t, most)
        self.end_of_seats = len(self.tails)
        for t, n in enumerate(classes.capacity):
            self._arc(self.first_type + t, self.sink, n)

    def _arc(self, tail: int, head: int, capacity: int) -> None:
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)

    def seat(self, i: int) -> tuple[int, int]:
        """(class, type) of the ``i``-th seat arc."""
        arc = self.first_seat + i
        return self.played[self.tails[arc] - self.first_class], self.heads[arc] - self.first_type


def seats_or_cut(classes: Classes, cells: Sequence[int]) -> dict[tuple[int, int], int] | Cut:
    """
    Seats for these cell counts around the committed households, or a cut that forbids them.

    The cut is the minimum one with the largest source side: the strongest of them.
    """
    import numpy as np
    from ortools.graph.python import max_flow

    network = _Network(classes, cells)
    flow = max_flow.SimpleMaxFlow()
    arcs = flow.add_arcs_with_capacity(
        np.array(network.tails, np.int32),
        np.array(network.heads, np.int32),
        np.array(network.capacities, np.int64),
    )
    if flow.solve(0, network.sink) != flow.OPTIMAL:
        raise RuntimeError("the max-flow did not end")
    if flow.optimal_flow() == sum(cells):
        flows = flow.flows(arcs[network.first_seat : network.end_of_seats]).tolist()
        return {network.seat(i): n for i, n in enumerate(flows) if n}
    far = set(flow.get_sink_side_min_cut())
    n_types = len(classes.capacity)
    return Cut(
        sum(1 << c for c in range(classes.n_cells) if 1 + c not in far),
        sum(1 << t for t in range(n_types) if network.first_type + t not in far),
    )
