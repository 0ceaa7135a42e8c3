"""
The full solution at hand, and the chains of moves that change it.

A newcomer takes a dwelling; whoever sat there moves on, or leaves and lets another household of
the same cell in elsewhere, and so on until a dwelling is free or somebody has left for good. The
search looks at types and cells only, breadth first: shortest chains never use a class twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from allocation.matching.balance import Balance
from allocation.matching.housing import Classes, Cut
from allocation.matching.nesting import Nesting
from allocation.matching.problem import bits
from allocation.matching.seating import Seating

Transfer = tuple[int, int, int]  # class, type left (-1: comes in), type taken (-1: goes out)


@dataclass(frozen=True)
class Wanted:
    """
    What a search looks for.

    ``is_end(node)``: the chain may end there. ``tree``: quotas through which households of
    other cells may come and go. ``may_shrink``: a dwelling may be left empty for the newcomer.
    """

    is_end: Callable[[int], bool]
    tree: Nesting | None = None
    may_shrink: bool = False


@dataclass
class Chain:
    """
    What one search reached: nodes in order, the node before each, who leaves for each cell.

    Nodes: types, then ``out`` (an empty dwelling), then the nodes of the quotas: cells first.
    ``end``: the last node of the chain, -1 when there is none.
    """

    types: int
    order: list[int]
    before: dict[int, int] = field(default_factory=dict)
    leaver: dict[int, int] = field(default_factory=dict)
    end: int = -1


class Waiting:
    """
    What the classes of one cell with a household still outside accept, and who accepts a type.

    A tree of unions of masks over the classes in order.
    """

    def __init__(self, masks: Sequence[int]) -> None:
        self._n = 1 << (len(masks) - 1).bit_length() if masks else 1
        self._union = [0] * self._n + [*masks] + [0] * (self._n - len(masks))
        for i in range(self._n - 1, 0, -1):
            self._union[i] = self._union[2 * i] | self._union[2 * i + 1]

    @property
    def types(self) -> int:
        """Every type accepted."""
        return self._union[1]

    def put(self, position: int, mask: int) -> None:
        """Types that the class at this position accepts from now on."""
        i = self._n + position
        self._union[i] = mask
        while i > 1:
            i >>= 1
            union = self._union[2 * i] | self._union[2 * i + 1]
            if union == self._union[i]:
                return
            self._union[i] = union

    def first(self, t: int) -> int:
        """Position of the first class that accepts the type."""
        i = 1
        while i < self._n:
            i *= 2
            i += not self._union[i] >> t & 1
        return i - self._n


class Witness:
    """
    A full solution: where its households sit, and what it counts by class, cell and quota.

    ``seated[k]``: households of class ``k`` in it, never fewer than the committed ones. ``log``:
    the transfers made, if somebody wants to know.
    """

    def __init__(self, classes: Classes, balance: Balance) -> None:
        self.classes = classes
        self.balance = balance
        self.seating = Seating(classes.masks, classes.capacity)
        self.seated = [0] * len(classes.masks)
        self.cells = [0] * classes.n_cells
        self.counts = list(balance.locked_counts)
        self.out = len(classes.capacity)
        self._every_type = (1 << self.out) - 1
        # Types where a class sits; on each type, classes with a household not committed, by cell.
        self._homes: dict[int, dict[int, None]] = {}  # dicts keep an order, sets do not
        self._loose: list[dict[int, dict[int, None]]] = [{} for _ in classes.capacity]
        self._waiting: dict[int, Waiting] = {}
        self.log: list[Sequence[Transfer]] | None = None
        self._position: list[int] = []
        self._of_cell: list[list[int]] = []

    @staticmethod
    def of(classes: Classes, balance: Balance, seated: Sequence[int], seating: Seating) -> Witness:
        """A solution like this seating of the same classes (the last of which may be new)."""
        self = Witness(classes, balance)
        self.seating = seating.copy()
        self.seating.masks = classes.masks
        self.seated = list(seated)
        for k, n in enumerate(seated):
            self.cells[classes.cell[k]] += n
        self.counts = balance.counts(self.cells)
        for t, seats in enumerate(seating.on):
            for k in seats:
                self._homes.setdefault(k, {})[t] = None
                if seated[k] > classes.committed[k]:
                    self._loosen(k, t)
        return self

    def cell_node(self, cell: int) -> int:
        """Node of a cell in the searches."""
        return self.out + 1 + cell

    def grow(self, k: int) -> int:
        """Seat one more household of class ``k``, nobody leaving: the types reached if it fails."""
        search = self.seating.search(self.classes.masks[k])
        if search.free is None:
            return search.reached
        path = search.path(search.free)
        moves = [(self.seating.mover(before, t), before, t) for t, before in pairwise(path)]
        self.transfer([*moves, (k, -1, path[-1])])
        return 0

    def transfer(self, transfers: Sequence[Transfer]) -> None:
        """Apply moves at once."""
        if self.log is not None:
            self.log.append(transfers)
        seating, committed = self.seating, self.classes.committed
        for k, before, _ in transfers:
            if before >= 0:
                seating.unseat(k, before)
                if k not in seating.on[before]:
                    del self._homes[k][before]
                    if self.seated[k] > committed[k]:
                        self._tighten(k, before)
        for k, before, t in transfers:
            if t >= 0:
                seating.seat(k, t)
                self._homes.setdefault(k, {})[t] = None
                if self.seated[k] > committed[k]:
                    self._loosen(k, t)
            if before < 0:
                self._count(k, 1)
            elif t < 0:
                self._count(k, -1)

    def undo(self, transfers: Sequence[Transfer]) -> None:
        """Take moves back, the last ones first."""
        self.transfer([(k, t, before) for k, before, t in transfers])

    def commit(self, k: int) -> None:
        """One more household of class ``k`` is accepted for good."""
        self.classes.committed[k] += 1
        if self.seated[k] == self.classes.committed[k]:
            self._on_its_types(k, self._tighten)

    def release(self, k: int) -> None:
        """Take the last ``commit`` of class ``k`` back."""
        self.classes.committed[k] -= 1
        if self.seated[k] == self.classes.committed[k] + 1:
            self._on_its_types(k, self._loosen)

    def _count(self, k: int, step: int) -> None:
        cell = self.classes.cell[k]
        self.seated[k] += step
        self.cells[cell] += step
        for i, places in self.balance.loads[cell]:
            self.counts[i] += step * places
        self.refresh(k)
        n_loose = self.seated[k] - self.classes.committed[k]
        if n_loose == (step > 0):  # the first one more, or the last one fewer
            self._on_its_types(k, self._loosen if step > 0 else self._tighten)

    def _on_its_types(self, k: int, change: Callable[[int, int], None]) -> None:
        for t in self._homes.get(k, ()):
            change(k, t)

    def _loosen(self, k: int, t: int) -> None:
        self._loose[t].setdefault(self.classes.cell[k], {})[k] = None

    def _tighten(self, k: int, t: int) -> None:
        cell = self.classes.cell[k]
        seats = self._loose[t][cell]
        del seats[k]
        if not seats:
            del self._loose[t][cell]

    def refresh(self, k: int) -> None:
        """Take note of how many households of class ``k`` still wait outside."""
        waiting = self._waiting.get(self.classes.cell[k])
        if waiting:
            is_waiting = self.seated[k] < self.classes.size[k]
            waiting.put(self._position[k], self.classes.masks[k] if is_waiting else 0)

    def _who_waits(self, cell: int) -> Waiting:
        if cell not in self._waiting:
            if not self._position:
                self._of_cell = [[] for _ in self.cells]
                for k, c in enumerate(self.classes.cell):
                    self._position.append(len(self._of_cell[c]))
                    self._of_cell[c].append(k)
            self._waiting[cell] = Waiting([
                self.classes.masks[k] if self.seated[k] < self.classes.size[k] else 0
                for k in self._of_cell[cell]
            ])  # fmt: skip
        return self._waiting[cell]

    def from_types(self, mask: int) -> Chain:
        """The start of a search for a newcomer accepting these types."""
        start = mask & ~self.seating.tight
        return Chain(start, bits(start))

    def search(self, chain: Chain, wanted: Wanted) -> Chain:
        """
        Go on from the start of a chain to the first node wanted, by the fewest moves.

        Anybody not committed may leave a dwelling, anybody waiting in the same cell may come in.
        """
        for node in chain.order:
            if node < self.out:
                self._look_round(chain, node, wanted)
            elif node == self.out:
                self._extend(chain, node, ~chain.types)
            elif node <= self.out + len(self.cells):
                waiting = self._who_waits(node - self.out - 1)
                self._extend(chain, node, waiting.types & ~chain.types)
            if chain.end >= 0:
                break
        return chain

    def _extend(self, chain: Chain, node: int, types: int) -> None:
        types &= self._every_type & ~self.seating.tight
        if types:
            chain.types |= types
            found = bits(types)
            chain.before.update(dict.fromkeys(found, node))
            chain.order += found

    def _look_round(self, chain: Chain, t: int, wanted: Wanted) -> None:
        """From a type: an empty dwelling, cells that can give a seat back, other types."""
        if self.seating.open >> t & 1 and self.out not in chain.before:
            self._reach(chain, self.out, t, wanted)
            if chain.end >= 0:
                return
        for cell, classes in self._loose[t].items():
            node = self.out + 1 + cell
            if node not in chain.before:
                chain.leaver[cell] = next(reversed(classes))
                self._reach(chain, node, t, wanted)
                if chain.end >= 0:
                    return
        self._extend(chain, t, self.seating.fresh(t, chain.types))

    def _reach(self, chain: Chain, node: int, before: int, wanted: Wanted) -> None:
        """A new node, and at once those that follow from it through the quotas."""
        chain.before[node] = before
        chain.order.append(node)
        if wanted.is_end(node):
            chain.end = node
        elif wanted.tree:
            for after in self._through_quotas(node, wanted.tree, may_shrink=wanted.may_shrink):
                if chain.end < 0 and after not in chain.before:
                    self._reach(chain, after, node, wanted)

    def _through_quotas(self, node: int, tree: Nesting, *, may_shrink: bool) -> Iterator[int]:
        first = self.out + 1
        if node == self.out:
            yield first + tree.everybody
            return
        yield from (after + first for after in tree.links(node - first, self.counts))
        if may_shrink and node == first + tree.everybody:
            yield self.out

    def transfers(self, chain: Chain, k: int) -> list[Transfer]:
        """Moves of a chain that was found, for a newcomer of class ``k`` if it began with types."""
        found = []
        node = chain.end
        before = chain.before[node]
        while before >= 0:
            if before < self.out:
                if node < self.out:
                    found.append((self.seating.mover(before, node), before, node))
                elif node > self.out:
                    found.append((chain.leaver[node - self.out - 1], before, -1))
            elif node < self.out < before:
                cell = before - self.out - 1
                joiner = self._of_cell[cell][self._waiting[cell].first(node)]
                found.append((joiner, -1, node))
            node, before = before, chain.before.get(before, -1)
        return [*found, (k, -1, node)] if node < self.out else found

    def rehouse(self, cells: Sequence[int], k: int) -> Cut | None:
        """
        Reach other cell counts, one more household of class ``k`` among them (-1: nobody).

        Returns ``None`` when done; otherwise nothing is changed and the cut forbids them.
        """
        wanted = list(cells)
        starts = []
        if k >= 0:
            wanted[self.classes.cell[k]] -= 1
            starts.append(self.from_types(self.classes.masks[k]))
        done: list[list[Transfer]] = []
        for cell, n in enumerate(wanted):
            for _ in range(self.cells[cell] - n):
                self._do(done, [self._last_in(cell)])
            node = self.out + 1 + cell
            starts += [Chain(0, [node], {node: -1}) for _ in range(n - self.cells[cell])]
        for start in starts:
            if self.search(start, Wanted(lambda node: node == self.out)).end < 0:
                cut = self._cut()
                for transfers in reversed(done):
                    self.undo(transfers)
                return cut
            self._do(done, self.transfers(start, k))
        return None

    def _do(self, done: list[list[Transfer]], transfers: list[Transfer]) -> None:
        self.transfer(transfers)
        done.append(transfers)

    def _last_in(self, cell: int) -> Transfer:
        """The last class of the cell with a household not committed, leaving its first type."""
        self._who_waits(cell)
        k = next(
            k for k in reversed(self._of_cell[cell]) if self.seated[k] > self.classes.committed[k]
        )
        return k, next(iter(self._homes[k])), -1

    def _cut(self) -> Cut:
        """All cells and types from which no chain reaches an empty dwelling."""
        types, cells = self.seating.open & ~self.seating.tight, 0
        is_growing = True
        while is_growing:
            before = types, cells
            for cell in range(len(self.cells)):
                if self._who_waits(cell).types & types:
                    cells |= 1 << cell
            for t in bits(self._every_type & ~types & ~self.seating.tight):
                if self.seating.fresh(t, self._every_type & ~types) or any(
                    cells >> cell & 1 for cell in self._loose[t]
                ):
                    types |= 1 << t
            is_growing = (types, cells) != before
        return Cut(((1 << len(self.cells)) - 1) & ~cells, self._every_type & ~types)
