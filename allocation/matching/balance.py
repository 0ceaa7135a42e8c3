"""Quota arithmetic on cell counts: caps, hard floors, shortage, one seat per person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from allocation.matching.problem import Quota, bits


class Balance:
    """
    Is a vector of served households by cell within the quotas, and how short are its floors?

    ``signatures``: one bit mask over ``quotas`` per cell; ``locked``: those of households served
    in earlier rounds. Quotas limited to some dwellings are not seen here: cells do not say who
    lives where. ``once`` floors whose groups share no
    cell count exactly as ``each`` ones and are treated so; overlapping ones need a matching of
    households to seats.
    """

    def __init__(
        self, signatures: Sequence[int], quotas: Sequence[Quota], locked: Sequence[int] = ()
    ) -> None:
        self.signatures = tuple(signatures)
        self.groups = tuple(tuple(bits(s)) for s in self.signatures)
        self.quotas = tuple(quotas)
        self.locked = Counter(locked)
        self.locked_counts = tuple(
            sum(n for mask, n in self.locked.items() if mask >> i & 1) for i in range(len(quotas))
        )
        whole = [i for i, q in enumerate(quotas) if q.types is None]
        once = [i for i in whole if quotas[i].kind == "floor" and quotas[i].counting == "once"]
        shared = any(
            len([i for i in once if signature >> i & 1]) > 1
            for signature in (*self.signatures, *self.locked)
        )
        self.once = tuple(i for i in once if not quotas[i].is_hard) if shared else ()
        self.caps = tuple(i for i in whole if quotas[i].kind == "cap")
        floors = [i for i in whole if quotas[i].kind == "floor"]
        self.hard = tuple(i for i in floors if quotas[i].is_hard)
        self.soft = tuple(i for i in floors if not quotas[i].is_hard and i not in self.once)
        self.families = self._families()
        self.caps_of = tuple(tuple(i for i in g if i in self.caps) for g in self.groups)
        self.floors_of = tuple(tuple(i for i in g if i in self.soft) for g in self.groups)

    def _families(self) -> tuple[tuple[int, ...], ...]:
        """Floors shared out into families in which no household is in two."""
        families: list[list[int]] = []
        for i in (*self.soft, *self.hard):
            for family in families:
                if not any(s >> i & 1 and s >> j & 1 for j in family for s in self.signatures):
                    family.append(i)
                    break
            else:
                families.append([i])
        return tuple(tuple(f) for f in families)

    def least_more(self, counts: Sequence[int]) -> int:
        """Households still needed at the very least to meet every floor, given these counts."""
        return max(
            (sum(max(0, self.quotas[i].seats - counts[i]) for i in f) for f in self.families),
            default=0,
        )

    def counts(self, cells: Sequence[int]) -> list[int]:
        """Members of each quota served so far, locked ones included."""
        found = list(self.locked_counts)
        for groups, n in zip(self.groups, cells, strict=True):
            if n:
                for i in groups:
                    found[i] += n
        return found

    def is_legal(self, counts: Sequence[int]) -> bool:
        """Caps and hard floors hold."""
        return all(counts[i] <= self.quotas[i].seats for i in self.caps) and all(
            counts[i] >= self.quotas[i].seats for i in self.hard
        )

    def shortage(self, cells: Sequence[int], counts: Sequence[int]) -> int:
        """Weighted shortage of the soft floors."""
        short = sum(
            self.quotas[i].weight * max(0, self.quotas[i].seats - counts[i]) for i in self.soft
        )
        if self.once:
            filled = self.filled_once(cells)
            short += sum(
                self.quotas[i].weight * (self.quotas[i].seats - filled[i]) for i in self.once
            )
        return short

    def filled_once(self, cells: Sequence[int]) -> dict[int, int]:
        """
        Seats of the overlapping ``once`` floors that these households can fill.

        Heaviest seats first, each new seat by an augmenting path over cells: exact, because the
        sets of seats that can be filled together form a matroid.
        """
        everybody = (*self.signatures, *self.locked)
        spare = [*cells, *self.locked.values()]
        used = {i: [0] * len(everybody) for i in self.once}
        filled = dict.fromkeys(self.once, 0)
        for i in sorted(self.once, key=lambda i: (-self.quotas[i].weight, i)):
            while filled[i] < self.quotas[i].seats and self._fill(i, used, spare, everybody):
                filled[i] += 1
        return filled

    def _fill(
        self,
        quota: int,
        used: dict[int, list[int]],
        spare: list[int],
        signatures: Sequence[int],
    ) -> bool:
        """One more seat of ``quota``, moving people between seats; false when impossible."""
        taken_from: dict[int, tuple[int, int]] = {}
        queue = [quota]
        for i in queue:
            for c, signature in enumerate(signatures):
                if not signature >> i & 1:
                    continue
                if spare[c] > 0:
                    spare[c] -= 1
                    used[i][c] += 1
                    while i in taken_from:
                        taker, shared = taken_from[i]
                        used[i][shared] -= 1
                        used[taker][shared] += 1
                        i = taker
                    return True
                for j in self.once:
                    if j != quota and j not in taken_from and used[j][c] > 0:
                        taken_from[j] = (i, c)
                        queue.append(j)
        return False
