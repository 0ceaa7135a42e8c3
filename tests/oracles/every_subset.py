"""
Every set of households at once: exhaustive search as arithmetic on all 2^n of them.

The same question as ``brute_force``, asked fast enough for a million instances. A set is a whole
number in which the best-ranked household is the highest bit, so that of two sets the
lexicographically better one is simply the larger number. Which sets can be housed is Hall's
condition; which seats counted `once` a set can fill together is Hall's again, every filling being
tried; what a floor lacks has a price, and each shortage rule is a table of prices. Quotas limited
to some dwellings depend on who gets which and are left to ``naive_round``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations, product

import numpy as np

from allocation.matching import Problem
from tests.oracles.brute_force import LEX, InfeasibleError

Sets = np.ndarray  # one value for every set of households, by number
NOTHING: frozenset[int] = frozenset()
FLOORS, CAPS = ("floor",), ("cap",)
OUT_OF_REACH = 2**62


@cache
def membership(n: int) -> np.ndarray:
    """Who is in each set: 0 or 1, one row a set, one column a household."""
    numbers = np.arange(2**n)[:, None]
    table: np.ndarray = numbers >> np.arange(n - 1, -1, -1)[None, :] & 1
    table.flags.writeable = False
    return table


def places_taken(problem: Problem, mask: int) -> list[int]:
    """Places of each quota that a household with this membership takes."""
    n = len(problem.quotas)
    taken = [mask >> i & 1 for i in range(n)]
    for j, (i, number) in enumerate(problem.places):
        if mask >> (n + j) & 1:
            taken[i] = number
    return taken


class EverySubset:
    """All sets of households of one round, with what each quota counts in them."""

    def __init__(self, problem: Problem) -> None:
        if problem.has_scopes:
            raise ValueError("a quota limited to some dwellings is not a matter of sets")
        self.problem = problem
        self.n = len(problem.households)
        self.sets = membership(self.n)
        self.size: Sets = self.sets.sum(axis=1)
        self._known: dict[tuple[tuple[str, ...], frozenset[int]], np.ndarray] = {}

    @cached_property
    def can_be_housed(self) -> Sets:
        """Hall: no group of types is the only hope of more households than its dwellings."""
        accepts = self.problem.accepts
        unions = {0}
        for mask in set(accepts):
            unions |= {union | mask for union in unions}
        confined = np.array([[not a & ~union for union in unions] for a in accepts], dtype=np.int64)
        room = np.array(
            [sum(len(d) for t, d in enumerate(self.problem.types) if u >> t & 1) for u in unions]
        )
        housed: Sets = (self.sets @ confined <= room).all(axis=1)
        return housed

    @cached_property
    def counts(self) -> np.ndarray:
        """Places taken of each quota in each set, by those served before too: (sets, quotas)."""
        problem = self.problem
        everybody = (*problem.members, *problem.locked)
        taken = np.array([places_taken(problem, m) for m in everybody], dtype=np.int64)
        taken = taken.reshape(len(everybody), len(problem.quotas))
        counts: np.ndarray = self.sets @ taken[: self.n] + taken[self.n :].sum(axis=0)
        return counts

    def of_kind(self, kinds: Iterable[str]) -> frozenset[int]:
        """Positions of the quotas of these kinds."""
        return frozenset(i for i, q in enumerate(self.problem.quotas) if q.kind in kinds)

    def allowed(self, lifted: frozenset[int]) -> Sets:
        """Sets that can be housed within every cap and hard floor but the lifted ones."""
        allowed = self.can_be_housed
        for i, quota in enumerate(self.problem.quotas):
            if i in lifted:
                continue
            if quota.kind == "cap":
                allowed = allowed & (self.counts[:, i] <= quota.seats)
            elif quota.is_hard:
                allowed = allowed & (self.counts[:, i] >= quota.seats)
        return allowed

    # --- what the floors lack ---------------------------------------------------------------

    def price(self, floors: Sequence[int]) -> dict[int, np.ndarray]:
        """Price of lacking 0, 1, 2... seats of each floor; the rule wants the least sum."""
        quotas = [self.problem.quotas[i] for i in floors]
        lacks = [np.arange(q.seats + 1) for q in quotas]
        rule = self.problem.shortage_rule
        if rule == "leximin":
            # So dear that one floor lacking a larger share outweighs all floors lacking less.
            shares = sorted({Fraction(k, q.seats) for q in quotas for k in range(1, q.seats + 1)})
            dear = [0, *((len(quotas) + 1) ** n for n in range(len(shares)))]
            table = [
                [dear[shares.index(Fraction(k, q.seats)) + 1 if k else 0] for k in range(len(lack))]
                for q, lack in zip(quotas, lacks, strict=True)
            ]
            return dict(zip(floors, map(np.array, table), strict=True))
        weighted = [q.weight * lack for q, lack in zip(quotas, lacks, strict=True)]
        beyond = 1 + sum(int(w[-1]) for w in weighted)
        if rule == "number_met":
            weighted = [w + beyond * (lack > 0) for w, lack in zip(weighted, lacks, strict=True)]
        if rule == "precedence":
            after = [
                len({p.precedence for p in quotas if p.precedence > q.precedence}) for q in quotas
            ]
            weighted = [w * beyond**n for w, n in zip(weighted, after, strict=True)]
        return dict(zip(floors, weighted, strict=True))

    def cost(self, lifted: frozenset[int]) -> Sets:
        """Least sum of the prices of what the soft floors lack in each set."""
        quotas = self.problem.quotas
        floors = [i for i in sorted(self.of_kind(FLOORS) - lifted) if not quotas[i].is_hard]
        price = self.price(floors)
        once = [i for i in floors if quotas[i].counting == "once"]
        total = self._cost_once(once, price)
        for i in set(floors) - set(once):
            total = total + price[i][np.maximum(0, quotas[i].seats - self.counts[:, i])]
        return total

    def _cost_once(self, floors: Sequence[int], price: dict[int, np.ndarray]) -> Sets:
        """The best of all fillings in which each person sits on one seat at most."""
        if not floors:
            return np.zeros(2**self.n, dtype=np.int64)
        seats = [self.problem.quotas[i].seats for i in floors]
        fillings = np.array(list(product(*(range(n + 1) for n in seats))))
        costs = sum(
            price[i][n - fillings[:, k]] for k, (i, n) in enumerate(zip(floors, seats, strict=True))
        )
        possible = np.ones((2**self.n, len(fillings)), dtype=bool)
        for size in range(1, len(floors) + 1):
            for some in combinations(range(len(floors)), size):
                members = self._in_any([floors[k] for k in some])
                possible &= fillings[:, some].sum(axis=1) <= members[:, None]
        least: Sets = np.where(possible, costs, OUT_OF_REACH).min(axis=1)
        return least

    def _in_any(self, floors: Sequence[int]) -> Sets:
        wanted = sum(1 << i for i in floors)
        member = np.array([bool(m & wanted) for m in self.problem.members], dtype=np.int64)
        found: Sets = self.sets @ member + sum(bool(m & wanted) for m in self.problem.locked)
        return found

    # --- who is served ----------------------------------------------------------------------

    def best(self, levels: Sequence[str] = LEX, lifted: frozenset[int] = NOTHING) -> np.ndarray:
        """
        Numbers of the sets that are best before priority decides, ascending.

        Raises
        ------
        InfeasibleError
            No set is within every cap and hard floor.
        """
        key = tuple(levels), lifted
        if key not in self._known:
            found = np.flatnonzero(self.allowed(lifted))
            if not len(found):
                raise InfeasibleError
            cost = self.cost(lifted)[found]
            found = found[cost == cost.min()]
            if "units" in levels:
                size = self.size[found]
                found = found[size == size.max()]
            self._known[key] = found
        return self._known[key]

    def solve(
        self, levels: Sequence[str] = LEX, lifted: frozenset[int] = NOTHING
    ) -> tuple[int, ...]:
        """The best served set: positions, in order."""
        return tuple(np.flatnonzero(self.sets[self.best(levels, lifted)[-1]]).tolist())

    def shortage(self, levels: Sequence[str] = LEX) -> int:
        """Weighted shortage of the best served set, when that is the rule."""
        return int(self.cost(NOTHING)[self.best(levels)[-1]])

    # --- grounds ----------------------------------------------------------------------------

    def reasons(self, levels: Sequence[str] = LEX) -> dict[int, str]:
        """Why each unserved household is not served, tested in the order of the law."""
        served = self.solve(levels)
        free = self.solve(levels, self.of_kind(FLOORS + CAPS))
        no_floors = self.solve(levels, self.of_kind(FLOORS))
        no_caps = self.solve(levels, self.of_kind(CAPS))
        found = {}
        for h, types in enumerate(self.problem.accepts):
            if h in served:
                continue
            if not types:
                found[h] = "no_compatible_unit"
            elif h not in free:
                found[h] = "outranked"
            elif h in no_floors:
                found[h] = "reserve"
            else:
                found[h] = "cap" if h in no_caps else "joint"
        return found

    def must_outrank(self, h: int, levels: Sequence[str] = LEX) -> int | None:
        """The household ``h`` would have had to stand just above; ``None``: no rank is enough."""
        left = self.sets[self.best(levels)]
        found = None
        for place in range(h):
            if left[:, h].any():
                found = place  # standing here, just after those settled so far, it is served
            if left[:, place].any():
                left = left[left[:, place] == 1]
        return found

    def hall(self, h: int) -> tuple[int, ...]:
        """The households that block ``h`` without quotas."""
        free = self.solve(LEX, self.of_kind(FLOORS + CAPS))
        number = sum(1 << self.n - 1 - k for k in (*free, h))
        return tuple(b for b in free if self.can_be_housed[number - (1 << self.n - 1 - b)])

    def binds(self, quota: int, levels: Sequence[str] = LEX) -> bool:
        """Would somebody else be served without this quota, all others kept?"""
        return self.solve(levels, frozenset([quota])) != self.solve(levels)
