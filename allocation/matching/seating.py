"""
Households seated on dwelling types, by class, with alternating-path exchanges.

The one data structure of the matching room: it knows how many households of each class sit on
each type, finds whom a newcomer could move or replace, and applies the move. Types that can never
serve a newcomer again (tight sets in the sense of Hall) are closed once and for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allocation.matching.problem import bits


@dataclass
class Search:
    """One alternating search: types reached, in order, and how each was reached."""

    reached: int
    order: list[int]
    parent: dict[int, int]
    free: int | None


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
        self._leaving = [0] * len(self.free)  # at least what ``fresh`` looks for
        self._stale = 0  # types where it may be more

    def copy(self) -> Seating:
        """An independent copy sharing only the masks."""
        other = Seating(self.masks, self.free)
        other.open = self.open
        other.on = [dict(seats) for seats in self.on]
        other.tight = self.tight
        other._leaving = list(self._leaving)
        other._stale = self._stale
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
            self._stale |= 1 << t
        else:
            seats[k] -= 1

    def fresh(self, t: int, seen: int) -> int:
        """Types outside ``seen`` to which somebody sitting on ``t`` could move."""
        found = self._leaving[t] & ~seen
        if found and self._stale >> t & 1:
            self._stale &= ~(1 << t)
            self._leaving[t] = 0
            for k in self.on[t]:
                self._leaving[t] |= self.masks[k]
            found = self._leaving[t] & ~seen
        return found

    def mover(self, before: int, t: int) -> int:
        """Class of somebody sitting on ``before`` who could move to ``t``."""
        return next(k for k in self.on[before] if self.masks[k] >> t & 1)

    def search(self, start: int, *, stop_at_free: bool = True) -> Search:
        """
        Types a newcomer accepting ``start`` can free by moving others, breadth first.

        Stops at the first type with a free dwelling unless ``stop_at_free`` is false.
        """
        start &= ~self.tight
        parent: dict[int, int] = {}
        hit = start & self.open
        if hit and stop_at_free:
            t = (hit & -hit).bit_length() - 1
            return Search(start, [t], parent, t)
        seen = start
        order = bits(start)
        first_free = (hit & -hit).bit_length() - 1 if hit else None
        position = 0
        while position < len(order):
            t = order[position]
            position += 1
            fresh = self.fresh(t, seen | self.tight)
            if not fresh:
                continue
            seen |= fresh
            for t2 in bits(fresh):
                parent[t2] = t
                order.append(t2)
            hit = fresh & self.open
            if hit and first_free is None:
                first_free = (hit & -hit).bit_length() - 1
                if stop_at_free:
                    break
        return Search(seen, order, parent, first_free)

    def shift(self, search: Search, end: int) -> int:
        """
        Move one household along each step of the path to ``end`` (which has room by now).

        Returns the first type of the path, where the newcomer then finds room.
        """
        t = end
        while t in search.parent:
            before = search.parent[t]
            k = self.mover(before, t)
            self.unseat(k, before)
            self.seat(k, t)
            t = before
        return t

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
