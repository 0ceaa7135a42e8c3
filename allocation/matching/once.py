"""Seats counted once, dealt out to people who may each take one seat of their own floors."""

from __future__ import annotations

from collections.abc import Sequence


class OnceSeats:
    """
    Seats of floors filled so far by people grouped into cells.

    ``signatures[c]``: floors (a bit mask) that count the people of cell ``c``; ``people[c]``: how
    many they are. ``filled``: seats filled, by floor.
    """

    def __init__(
        self, signatures: Sequence[int], people: Sequence[int], floors: Sequence[int]
    ) -> None:
        self.filled = dict.fromkeys(floors, 0)
        self._cells = {i: [c for c, s in enumerate(signatures) if s >> i & 1] for i in floors}
        self._spare = list(people)
        self._used = {i: [0] * len(signatures) for i in floors}

    def fill(self, floor: int, n: int) -> tuple[int, ...]:
        """
        Fill ``n`` more seats of a floor, moving people between seats.

        Returns nothing when that could be done; else floors, this one among them, whose seats
        filled already take everybody who may sit on one of them.
        """
        for c in self._cells[floor]:
            taken = min(n, self._spare[c])
            self._spare[c] -= taken
            self._used[floor][c] += taken
            self.filled[floor] += taken
            n -= taken
        for _ in range(n):
            stuck = self._move_one(floor)
            if stuck:
                return stuck
            self.filled[floor] += 1
        return ()

    def _move_one(self, floor: int) -> tuple[int, ...]:
        """One more seat by an augmenting path over cells; the floors reached when there is none."""
        taken_from: dict[int, tuple[int, int]] = {}
        queue = [floor]
        for i in queue:
            for c in self._cells[i]:
                if self._spare[c] > 0:
                    self._spare[c] -= 1
                    self._used[i][c] += 1
                    while i in taken_from:
                        taker, shared = taken_from[i]
                        self._used[i][shared] -= 1
                        self._used[taker][shared] += 1
                        i = taker
                    return ()
                for j, used in self._used.items():
                    if j != floor and j not in taken_from and used[c] > 0:
                        taken_from[j] = (i, c)
                        queue.append(j)
        return tuple(queue)
