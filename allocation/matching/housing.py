"""
Can these cell counts be housed? Seats if so, the strongest cut that forbids them if not.

One max-flow from cells through classes to types, with the committed households fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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

    def first(self, n: int) -> Classes:
        """The first ``n`` classes alone."""
        return Classes(
            self.cell[:n], self.masks[:n], self.size[:n], self.committed[:n], self.capacity,
            self.n_cells,
        )  # fmt: skip

    def _by_cell(self, numbers: Sequence[int]) -> list[int]:
        # Whole numbers far below 2**53: exact in the floats that bincount adds.
        total = np.bincount(self.cell, weights=numbers, minlength=self.n_cells)
        return [int(n) for n in total]


@dataclass
class Share:
    """
    What each class weighs in a cut: its right-hand side is ``dwellings`` plus the households in
    play of ``outside`` minus the committed ones of ``inside`` (positions of classes).
    """

    dwellings: int
    outside: npt.NDArray[np.intp]
    inside: npt.NDArray[np.intp]

    @staticmethod
    def of(cut: Cut, classes: Classes) -> Share:
        """Classes of the cut's cells that accept more than its types; others confined to them."""
        outside, inside = [], []
        for k, mask in enumerate(classes.masks):
            is_inside = not mask & ~cut.types
            if cut.cells >> classes.cell[k] & 1:
                if not is_inside:
                    outside.append(k)
            elif is_inside:
                inside.append(k)
        dwellings = sum(n for t, n in enumerate(classes.capacity) if cut.types >> t & 1)
        return Share(dwellings, np.array(outside, np.intp), np.array(inside, np.intp))


class Network:
    """
    Arcs source -> cells -> classes -> types -> sink, with the committed households apart.

    The arcs never change during a run, only their capacities do.
    """

    def __init__(self, classes: Classes) -> None:
        cell = np.array(classes.cell, np.int32)
        accepted = [bits(mask) for mask in classes.masks]
        self.per_class = np.array([len(a) for a in accepted], np.int64)
        n_cells, n_classes, n_types = classes.n_cells, len(cell), len(classes.capacity)
        first_class, first_type = 1 + n_cells, 1 + n_cells + n_classes
        self.sink = first_type + n_types
        every_class = np.arange(n_classes, dtype=np.int32)
        self.class_of = np.repeat(every_class, self.per_class)
        self.type_of = np.array([t for a in accepted for t in a], np.int32)
        source = np.zeros(n_cells + n_classes, np.int32)
        self.tails = np.concatenate([
            source, 1 + cell, first_class + self.class_of,
            np.arange(first_type, self.sink, dtype=np.int32),
        ])  # fmt: skip
        self.heads = np.concatenate([
            np.arange(1, first_class, dtype=np.int32),
            first_class + every_class,
            first_class + every_class,
            first_type + self.type_of,
            np.full(n_types, self.sink, np.int32),
        ])  # fmt: skip
        self.first_seat = n_cells + 2 * n_classes
        self.first_type = first_type
        self.capacity = np.array(classes.capacity, np.int64)

    def capacities(self, classes: Classes, cells: Sequence[int]) -> npt.NDArray[np.int64]:
        """Capacity of every arc, in the order of the arcs."""
        committed = np.array(classes.committed, np.int64)
        size = np.maximum(np.array(classes.size, np.int64), committed)
        free = np.array(cells, np.int64) - np.array(classes.base(), np.int64)
        seats = np.repeat(size, self.per_class)
        return np.concatenate([free, committed, size - committed, seats, self.capacity])


def seats_or_cut(
    classes: Classes, network: Network, cells: Sequence[int]
) -> dict[tuple[int, int], int] | Cut:
    """
    Seats for these cell counts around the committed households, or a cut that forbids them.

    The cut is the minimum one with the largest source side: the strongest of them.
    """
    from ortools.graph.python import max_flow

    flow = max_flow.SimpleMaxFlow()
    arcs = flow.add_arcs_with_capacity(
        network.tails, network.heads, network.capacities(classes, cells)
    )
    if flow.solve(0, network.sink) != flow.OPTIMAL:
        raise RuntimeError("the max-flow did not end")
    if flow.optimal_flow() == sum(cells):
        end = network.first_seat + len(network.type_of)
        flows = flow.flows(arcs[network.first_seat : end])
        used = np.flatnonzero(flows)
        seats = zip(
            network.class_of[used].tolist(),
            network.type_of[used].tolist(),
            flows[used].tolist(),
            strict=True,
        )
        return {(k, t): n for k, t, n in seats}
    far = set(flow.get_sink_side_min_cut())
    n_types = len(classes.capacity)
    return Cut(
        sum(1 << c for c in range(classes.n_cells) if 1 + c not in far),
        sum(1 << t for t in range(n_types) if network.first_type + t not in far),
    )
