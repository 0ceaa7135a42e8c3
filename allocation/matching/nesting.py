"""
Quotas that never cross, as a tree: cells inside quotas, quotas inside wider ones.

With such quotas the cell counts within given bounds form a flow, so that a search for moves which
finds nothing is a proof: no integer programme is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allocation.matching.balance import Balance

UNBOUNDED = 1 << 62


@dataclass(frozen=True)
class Nesting:
    """
    The tree and its bounds.

    Nodes: cells, then quotas (``n_cells`` + position), then everybody (the last). ``lowest`` and
    ``highest``: bounds on what each quota counts, locked households included.
    """

    n_cells: int
    parent: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    lowest: tuple[int, ...]
    highest: tuple[int, ...]

    @property
    def everybody(self) -> int:
        """The root."""
        return len(self.parent)

    def links(self, node: int, counts: Sequence[int]) -> Iterator[int]:
        """
        Nodes to which one household may pass, given what the quotas count.

        From a node to the one around it: one fewer inside. To one within it: one more there.
        """
        quota = node - self.n_cells
        if node != self.everybody and (quota < 0 or counts[quota] > self.lowest[quota]):
            yield self.parent[node]
        for child in self.children[node]:
            inner = child - self.n_cells
            if inner < 0 or counts[inner] < self.highest[inner]:
                yield child


def nesting(balance: Balance, lowest: Sequence[int]) -> Nesting | None:
    """
    The tree of the quotas, or ``None`` when two of them cross or a household is not one place.

    ``lowest``: what each floor must keep counting.
    """
    if balance.once or any(places != 1 for loads in balance.loads for _, places in loads):
        return None
    inside = {
        i: frozenset(c for c, loads in enumerate(balance.loads) if (i, 1) in loads)
        for i in (*balance.soft, *balance.hard, *balance.caps)
    }
    outwards = sorted((i for i in inside if inside[i]), key=lambda i: (len(inside[i]), i))
    n_cells, n_quotas = len(balance.loads), len(balance.quotas)
    everybody = n_cells + n_quotas
    parent = [everybody] * everybody
    for rank, i in enumerate(outwards):
        wider = [j for j in outwards[rank + 1 :] if inside[i] & inside[j]]
        if any(not inside[i] <= inside[j] for j in wider):
            return None
        if wider:
            parent[n_cells + i] = n_cells + wider[0]
    for c in range(n_cells):
        around = [i for i in outwards if c in inside[i]]
        if around:
            parent[c] = n_cells + around[0]
    children: list[list[int]] = [[] for _ in range(everybody + 1)]
    for node, wider_node in enumerate(parent):
        if node < n_cells or inside.get(node - n_cells):
            children[wider_node].append(node)
    caps = set(balance.caps)
    return Nesting(
        n_cells,
        tuple(parent),
        tuple(map(tuple, children)),
        tuple(-1 if i in caps else n for i, n in enumerate(lowest)),
        tuple(q.seats if i in caps else UNBOUNDED for i, q in enumerate(balance.quotas)),
    )
