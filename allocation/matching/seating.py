"""
Households seated on dwelling types, by class, with alternating-path exchanges.

The one data structure of the matching room: it knows how many households of each class sit on
each type, finds whom a newcomer could move or replace, and applies the move. Types that can never
serve a newcomer again (tight sets in the sense of Hall) are closed once and for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from allocation.matching.problem import bits


@dataclass
class Search:
    """
    One alternating search: types reached, and from where.

    ``layers``: sets of types, nearest first, each with the type its newcomers sat on (-1 for
    those the newcomer accepts). ``free``: the first type found with a free dwelling.
    """

    reached: int
    layers: list[tuple[int, int]]
    free: int | None = None

    @property
    def order(self) -> list[int]:
        """Types reached, nearest first."""
        return [t for types, _ in self.layers for t in bits(types)]

    def path(self, end: int) -> list[int]:
        """Types from the one reached back to one that the newcomer accepts."""
        found = [end]
        while True:
            before = next(t for types, t in self.layers if types >> found[-1] & 1)
            if before < 0:
                return found
            found.append(before)


class Seating:
    """
    Seats of classes on types.

    ``masks[k]``: types class ``k`` accepts. ``on[t]``: class -> households of it on type ``t``.
    ``open``: mask of types with a free dwelling. ``tight``: mask of closed types.
    """

    def __init__(self, masks: Sequence[int], capacity: Sequence[int]) -> None:
        self.masks = masks
        self.free = list(capacity)
        self.on: list[dict[int, int]] = [{} for _ in capacity]
        self.open = sum(1 << t for t, n in enumerate(capacity) if n > 0)
        self.tight = 0
        # Types accepted by those on each type; those of them in doubt since a class went.
        self._leaving = [0] * len(self.free)
        self._stale = [0] * len(self.free)
        self._movers: dict[tuple[int, int], int] = {}  # the last ``mover`` found

    def copy(self) -> Seating:
        """An independent copy sharing only the masks."""
        other = Seating(self.masks, self.free)
        other.open = self.open
        other.on = [dict(seats) for seats in self.on]
        other.tight = self.tight
        other._leaving = list(self._leaving)
        other._stale = list(self._stale)
        return other

    def seat(self, k: int, t: int) -> None:
        """Put one household of class ``k`` on type ``t``, which has a free dwelling."""
        self.free[t] -= 1
        if self.free[t] == 0:
            self.open &= ~(1 << t)
        seats = self.on[t]
        seats[k] = seats.get(k, 0) + 1
        self._leaving[t] |= self.masks[k]

    def unseat(self, k: int, t: int) -> None:
        """Take one household of class ``k`` off type ``t``."""
        self.free[t] += 1
        self.open |= 1 << t
        seats = self.on[t]
        if seats[k] == 1:
            del seats[k]
            self._stale[t] |= self.masks[k]
        else:
            seats[k] -= 1

    def fresh(self, t: int, seen: int) -> int:
        """Types outside ``seen`` to which somebody sitting on ``t`` could move."""
        found = self._leaving[t] & ~seen
        doubt = found & self._stale[t]
        if doubt:
            self._stale[t] &= ~doubt
            for k in self.on[t]:
                doubt &= ~self.masks[k]
                if not doubt:
                    return found
            self._leaving[t] &= ~doubt
            found &= ~doubt
        return found

    def mover(self, before: int, t: int) -> int:
        """Class of somebody sitting on ``before`` who could move to ``t``."""
        k = self._movers.get((before, t), -1)
        if k not in self.on[before]:
            k = next(k for k in self.on[before] if self.masks[k] >> t & 1)
            self._movers[before, t] = k
        return k

    def search(self, start: int, *, stop_at_free: bool = True) -> Search:
        """
        Types a newcomer accepting ``start`` can free by moving others, breadth first.

        Stops at the first type with a free dwelling unless ``stop_at_free`` is false.
        """
        start &= ~self.tight
        search = Search(start, [(start, -1)])
        if self._has_found(search, start) and stop_at_free:
            return search
        for types, _ in search.layers:  # grows while it is walked
            while types:
                t = (types & -types).bit_length() - 1
                types &= types - 1
                fresh = self.fresh(t, search.reached | self.tight)
                if fresh:
                    search.reached |= fresh
                    search.layers.append((fresh, t))
                    if self._has_found(search, fresh) and stop_at_free:
                        return search
        return search

    def _has_found(self, search: Search, types: int) -> bool:
        hit = types & self.open
        if hit and search.free is None:
            search.free = (hit & -hit).bit_length() - 1
        return bool(hit)

    def shift(self, search: Search, end: int) -> int:
        """
        Move one household along each step of the path to ``end`` (which has room by now).

        Returns the first type of the path, where the newcomer then finds room.
        """
        path = search.path(end)
        for t, before in pairwise(path):
            k = self.mover(before, t)
            self.unseat(k, before)
            self.seat(k, t)
        return path[-1]

    def close(self, reached: int) -> None:
        """Mark a set that no search can leave any more as tight."""
        self.tight |= reached

    def seats(self) -> Iterator[tuple[int, int, int]]:
        """Every (class, type, count), by type then class."""
        for t, seats in enumerate(self.on):
            for k in sorted(seats):
                yield k, t, seats[k]


def greedy(accepts: Sequence[int], capacity: Sequence[int]) -> tuple[list[int], Seating, list[int]]:
    """
    Serve households in the given order whenever they can be served together with those before.

    Exact without quotas (matroid greedy over augmenting paths). ``accepts``: one mask per
    household. Returns the positions served, the seating (its class of a household is the
    position of its mask in the returned list of masks), and that list of masks.

    Notes
    -----
    A failing search reaches types that are all full of better-ranked households accepting
    nothing outside: they stay closed for the rest of the run.
    """
    number: dict[int, int] = {}
    masks: list[int] = []
    seating = Seating(masks, capacity)
    served = []
    remaining = sum(capacity)
    for position, mask in enumerate(accepts):
        if not remaining:
            break
        if not mask & ~seating.tight:
            continue
        k = number.get(mask)
        if k is None:
            k = number[mask] = len(masks)
            masks.append(mask)
        if try_to_seat(seating, k):
            served.append(position)
            remaining -= 1
    return served, seating, masks


def try_to_seat(seating: Seating, k: int) -> bool:
    """Seat one more household of class ``k``, moving others; closes the types when impossible."""
    search = seating.search(seating.masks[k])
    if search.free is None:
        seating.close(search.reached)
        return False
    seating.seat(k, seating.shift(search, search.free))
    return True
