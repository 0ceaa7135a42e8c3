"""Quota arithmetic on cell counts: caps, hard floors, shortages, one seat per person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import combinations

from allocation.matching.once import OnceSeats
from allocation.matching.problem import Problem
from allocation.matching.shortage import Measure, ShortageRule

Turn = tuple[bool, tuple[int | Fraction, ...], int]  # when a floor gets its next seat, and itself


class Balance:
    """
    Is a vector of served households by cell within the quotas, and how short are its floors?

    ``signatures``: the membership masks of the households, one per cell, in the order they
    first appear. Quotas limited to some dwellings are not seen here: cells do not say who lives
    where. ``once`` floors whose groups share no cell count exactly as ``each`` ones and are
    treated so; overlapping ones need a matching of households to seats.
    """

    def __init__(self, problem: Problem) -> None:
        self.signatures = tuple(dict.fromkeys(problem.members))
        self.loads = tuple(problem.loads(s) for s in self.signatures)
        self.quotas = problem.quotas
        self.locked = Counter(problem.locked)
        locked = [0] * len(self.quotas)
        for mask, n in self.locked.items():
            for i, places in problem.loads(mask):
                locked[i] += places * n
        self.locked_counts = tuple(locked)
        whole = [i for i, q in enumerate(self.quotas) if q.types is None]
        floors = [i for i in whole if self.quotas[i].kind == "floor"]
        once = [i for i in floors if self.quotas[i].counting == "once"]
        is_shared = any(
            len([i for i in once if signature >> i & 1]) > 1
            for signature in (*self.signatures, *self.locked)
        )
        self.once = tuple(i for i in once if not self.quotas[i].is_hard) if is_shared else ()
        self.caps = tuple(i for i in whole if self.quotas[i].kind == "cap")
        self.hard = tuple(i for i in floors if self.quotas[i].is_hard)
        self.soft = tuple(i for i in floors if not self.quotas[i].is_hard and i not in self.once)
        self.rule = ShortageRule(problem.shortage_rule, self.quotas, (*self.soft, *self.once))
        self.families = self._families()
        self.caps_of = tuple(tuple((i, n) for i, n in g if i in self.caps) for g in self.loads)
        self.floors_of = tuple(tuple(i for i, _ in g if i in self.soft) for g in self.loads)

    def _families(self) -> tuple[tuple[int, ...], ...]:
        """Floors that matter, shared out into families in which no household is in two."""
        families: list[list[int]] = []
        for i in (*(i for i in self.soft if i in self.rule.floors), *self.hard):
            for family in families:
                if not any(s >> i & 1 and s >> j & 1 for j in family for s in self.signatures):
                    family.append(i)
                    break
            else:
                families.append([i])
        return tuple(tuple(f) for f in families)

    def least_more(self, counts: Sequence[int]) -> int:
        """Households still needed at the very least to meet every floor, given these counts."""
        most = [1] * len(self.quotas)
        for i, places in (load for loads in self.loads for load in loads):
            most[i] = max(most[i], places)
        return max(
            (
                sum(-(-max(0, self.quotas[i].seats - counts[i]) // most[i]) for i in family)
                for family in self.families
            ),
            default=0,
        )

    def counts(self, cells: Sequence[int]) -> list[int]:
        """Places taken in each quota so far, by locked households too."""
        found = list(self.locked_counts)
        for loads, n in zip(self.loads, cells, strict=True):
            if n:
                for i, places in loads:
                    found[i] += places * n
        return found

    def is_legal(self, counts: Sequence[int]) -> bool:
        """Caps and hard floors hold."""
        return all(counts[i] <= self.quotas[i].seats for i in self.caps) and all(
            counts[i] >= self.quotas[i].seats for i in self.hard
        )

    def measure(self, cells: Sequence[int], counts: Sequence[int]) -> Measure:
        """How short the soft floors are under the rule of the problem: smaller is better."""
        return self.rule.measure(self.shorts(cells, counts))

    def shorts(self, cells: Sequence[int], counts: Sequence[int]) -> dict[int, int]:
        """Shortage of each soft floor."""
        short = {i: max(0, self.quotas[i].seats - counts[i]) for i in self.soft}
        if self.once:
            filled = self.filled_once(cells)
            short |= {i: self.quotas[i].seats - filled[i] for i in self.once}
        return short

    def best_filling(self, cells: Sequence[int], guest: int = 0) -> tuple[Measure, int]:
        """How well the overlapping ``once`` floors can be filled, to compare; a guest may help."""
        filled = self.filled_once(cells, guest)
        short = {i: self.quotas[i].seats - n for i, n in filled.items()}
        return self.rule.measure({**dict.fromkeys(self.soft, 0), **short}), sum(filled.values())

    def filled_once(self, cells: Sequence[int], guest: int = 0) -> dict[int, int]:
        """
        Seats of the overlapping ``once`` floors that these households fill, best for the rule.

        ``guest``: membership of one person more.

        In the order of the rule, each new seat by an augmenting path over cells: exact, because
        the sets of seats that can be filled together form a matroid. When floors fully met are
        what counts, the ones to meet are tried by number, largest first.
        """
        if self.rule.name != "number_met":
            return self._filled(cells, guest, frozenset())
        for n in range(len(self.once), -1, -1):
            found = [self._filled(cells, guest, frozenset(k)) for k in combinations(self.once, n)]
            found = [f for f in found if sum(map(self._is_met, f, f.values())) >= n]
            if found:
                return min(found, key=self._weighted)
        raise RuntimeError("no floor at all can always be met")

    def _is_met(self, i: int, filled: int) -> bool:
        return filled >= self.quotas[i].seats

    def _weighted(self, filled: dict[int, int]) -> int:
        return sum(self.quotas[i].weight * (self.quotas[i].seats - n) for i, n in filled.items())

    def _filled(self, cells: Sequence[int], guest: int, first: frozenset[int]) -> dict[int, int]:
        seats = self._nobody_seated(cells, guest)
        order = [self._turn(i, 0, first) for i in self.once if self.quotas[i].seats]
        heapify(order)
        while order:
            _, _, i = heappop(order)
            left = self.quotas[i].seats - seats.filled[i]
            # Under leximin the turn changes with every seat; elsewhere a floor takes all it can.
            n = 1 if self.rule.name == "leximin" else left
            if not seats.fill(i, n) and n < left:
                heappush(order, self._turn(i, seats.filled[i], first))
        return seats.filled

    def _turn(self, i: int, filled: int, first: frozenset[int]) -> Turn:
        return i not in first, self.rule.next_seat(i, filled), i

    def _nobody_seated(self, cells: Sequence[int], guest: int = 0) -> OnceSeats:
        everybody = (*self.signatures, *self.locked, guest)
        return OnceSeats(everybody, (*cells, *self.locked.values(), 1), self.once)

    def oversold(self, cells: Sequence[int], filled: Mapping[int, int]) -> tuple[int, ...]:
        """Floors counted once of which these people cannot fill so many seats; () if they can."""
        seats = self._nobody_seated(cells)
        for i, n in filled.items():
            stuck = seats.fill(i, n)
            if stuck:
                return stuck
        return ()
