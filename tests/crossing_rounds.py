"""
Random small rounds in which quotas really meet, one for every number.

Two quotas *cross* when, among the households of the round, their groups share somebody and
neither contains the other. A quota *binds* when removing it alone, all others kept, changes who is
served under rule `lex`; a seat more or less that would change it is not asked for. A round counts
as *binding crossing* when two of its quotas cross and both bind. Left to chance that is rare: seats
are drawn around what the quotas would find in the set served without them, members of floors are
rather ranked low, those of caps rather high, and more than half of the rounds are drawn again, a
few times, until they have such a pair.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocation.matching import Problem, Quota
from allocation.matching.shortage import RuleName
from tests.oracles.brute_force import InfeasibleError
from tests.oracles.every_subset import EverySubset, places_taken

SHORTAGE_RULES: tuple[RuleName, ...] = (
    *("weighted",) * 5,
    "precedence",
    "number_met",
    "leximin",
)
PAIRS_WANTED = 0.58
ATTEMPTS = 14  # draws made for a pair that binds and crosses before settling for less


@dataclass(frozen=True)
class Limit:
    """What a quota says before the ledger: its seats, a share, or the seats of the period."""

    seats: int | None = None
    share: Fraction | None = None
    period_seats: int | None = None


@dataclass(frozen=True)
class CrossingRound:
    """
    A round and how its quotas came to their seats.

    ``ledger``: allocations of the period before the meeting, each with the quota that counts it.
    """

    number: int
    problem: Problem
    limits: tuple[Limit, ...]
    ledger: tuple[int | None, ...]


def crossing_round(number: int) -> CrossingRound:
    """The round of that number, always the same."""
    rng = random.Random(number)
    is_pair_wanted = rng.random() < PAIRS_WANTED
    for _ in range(ATTEMPTS):
        n_quotas = rng.choice((2, 3, 3, 4) if is_pair_wanted else (0, 1, 1, 2, 3, 4))
        problem = _draw(rng, n_quotas)
        if not is_pair_wanted or binding_crossing(problem):
            break
    n_before = rng.choice((0, 0, 8, 25))
    ledger = tuple(rng.choice((None, *range(n_quotas))) for _ in range(n_before))
    base = n_before + problem.n_dwellings + len(problem.locked)
    limits = tuple(
        _limit(rng, quota, base, ledger.count(i)) for i, quota in enumerate(problem.quotas)
    )
    return CrossingRound(number, problem, limits, ledger)


def crossing(problem: Problem) -> list[tuple[int, int]]:
    """Pairs of quotas with members in common, neither containing the other."""
    taken = [places_taken(problem, mask) for mask in problem.members]
    members = [
        frozenset(h for h, places in enumerate(taken) if places[i])
        for i in range(len(problem.quotas))
    ]
    return [
        (i, j)
        for j, b in enumerate(members)
        for i, a in enumerate(members[:j])
        if a & b and a - b and b - a
    ]


def binding_crossing(problem: Problem) -> list[tuple[int, int]]:
    """Pairs of quotas that cross and each bind; none when the hard quotas cannot hold."""
    pairs = crossing(problem)
    if not pairs:
        return []
    every = EverySubset(problem)
    try:
        return [(i, j) for i, j in pairs if every.binds(i) and every.binds(j)]
    except InfeasibleError:
        return []


def _draw(rng: random.Random, n_quotas: int) -> Problem:
    types = _types(rng)
    n_types, n_households = len(types), rng.randint(4, 8)
    kinds = [rng.choice(("floor", "floor", "cap")) for _ in range(n_quotas)]
    members = _members(rng, n_households, kinds)
    density = rng.choice((0.4, 0.6, 0.8))
    accepts = [
        sum(1 << t for t in range(n_types) if rng.random() < density) for _ in range(n_households)
    ]
    if n_quotas and rng.random() < 0.2:  # dwellings named by an agreement: its members only
        named, partner = 1 << rng.randrange(n_types), rng.randrange(n_quotas)
        accepts = [
            a if m >> partner & 1 else a & ~named for a, m in zip(accepts, members, strict=True)
        ]
    locked = tuple(
        sum(1 << i for i in range(n_quotas) if rng.random() < 0.3)
        for _ in range(rng.choice((0, 0, 0, 1, 2)))
    )
    names = tuple(f"h{h}" for h in range(n_households))
    bare = Problem(names, tuple(accepts), members, types, (), locked)
    free = EverySubset(bare).solve()
    rule = rng.choice(SHORTAGE_RULES)
    quotas = tuple(_quota(rng, bare, free, i, kind) for i, kind in enumerate(kinds))
    return _with_places(rng, replace(bare, quotas=quotas, shortage_rule=rule))


def _types(rng: random.Random) -> tuple[tuple[str, ...], ...]:
    """Two to four types of one or two identical dwellings."""
    types, n = [], 0
    for _ in range(rng.choice((2, 3, 3, 4))):
        size = rng.choice((1, 1, 1, 2))
        types.append(tuple(f"d{n + i}" for i in range(size)))
        n += size
    return tuple(types)


def _members(rng: random.Random, n_households: int, kinds: Sequence[str]) -> tuple[int, ...]:
    """Floors rather count those ranked low, caps those ranked high."""
    chances = []
    for kind in kinds:
        usual, slope = rng.uniform(0.3, 0.6), rng.uniform(0, 0.35)
        chances.append((usual, slope if kind == "floor" else -slope))
    return tuple(
        sum(
            1 << i
            for i, (usual, slope) in enumerate(chances)
            if rng.random() < usual + slope * (2 * h / (n_households - 1) - 1)
        )
        for h in range(n_households)
    )


def _quota(rng: random.Random, bare: Problem, free: Sequence[int], i: int, kind: str) -> Quota:
    """A quota with seats around the members it would find if there were no quota."""
    before = sum(mask >> i & 1 for mask in bare.locked)
    found = before + sum(bare.members[h] >> i & 1 for h in free)
    step = rng.choice((0, 1, 1, 1, 2))
    if kind == "cap":
        return Quota(f"q{i}", "cap", max(before, found - step))
    if rng.random() < 0.08:
        return Quota(f"q{i}", "floor", found + step, is_hard=True)
    return Quota(
        f"q{i}",
        "floor",
        found + step,
        counting=rng.choice(("each", "once")),
        weight=rng.choice((1, 1, 2, 3)),
        precedence=rng.choice((0, 0, 1, 2)),
    )


def _with_places(rng: random.Random, problem: Problem) -> Problem:
    """One cap in three counts accompaniment places: some of its members take two or three."""
    n = len(problem.quotas)
    members, quotas, places = list(problem.members), list(problem.quotas), []
    for i, quota in enumerate(problem.quotas):
        if quota.kind == "floor" or rng.random() < 2 / 3:
            continue
        places.append((i, rng.choice((2, 3))))
        heavier = 1 << (n + len(places) - 1)
        members = [m | heavier if m >> i & 1 and rng.random() < 0.4 else m for m in members]
        quotas[i] = replace(quota, seats=quota.seats + rng.choice((0, 1, 2)))
    return replace(problem, members=tuple(members), quotas=tuple(quotas), places=tuple(places))


def _limit(rng: random.Random, quota: Quota, base: int, done: int) -> Limit:
    """A limit that the ledger turns into exactly these seats."""
    percents = []
    if (form := rng.choice(("seats", "share", "share", "period_seats"))) == "share":
        rounding = 99 if quota.kind == "floor" else 0
        percents = [
            percent for percent in range(1, 100)
            if max(0, (percent * base + rounding) // 100 - done) == quota.seats
        ]  # fmt: skip
    if percents:
        return Limit(share=Fraction(rng.choice(percents), 100))
    if form == "period_seats":
        return Limit(period_seats=quota.seats + done)
    return Limit(seats=quota.seats)
