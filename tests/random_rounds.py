"""Random small rounds for the laws of matching, reproducible from a seed."""

from __future__ import annotations

import random
from dataclasses import replace

from allocation.matching import Problem, Quota, bits
from tests.oracles import brute_force


def a_round(rng: random.Random, *, most_households: int = 8, with_scopes: bool = False) -> Problem:
    """A few households, a few types, up to four crossing floors and caps, both countings."""
    n_types = rng.randint(1, 4)
    capacity = [rng.choice((1, 1, 1, 2)) for _ in range(n_types)]
    types, n = [], 0
    for size in capacity:
        types.append(tuple(f"d{n + i}" for i in range(size)))
        n += size
    n_households = rng.randint(2, most_households)
    density = rng.choice((0.3, 0.5, 0.7))
    accepts = tuple(
        sum(1 << t for t in range(n_types) if rng.random() < density) for _ in range(n_households)
    )
    n_quotas = rng.choice((0, 1, 2, 3, 3, 4))
    quotas = tuple(_quota(rng, i, n_types, with_scopes=with_scopes) for i in range(n_quotas))
    members = tuple(
        sum(1 << i for i in range(n_quotas) if rng.random() < 0.45) for _ in range(n_households)
    )
    locked = tuple(
        sum(1 << i for i in range(n_quotas) if rng.random() < 0.3)
        for _ in range(rng.choice((0, 0, 0, 1, 2)))
    )
    quotas = tuple(_open(q, i, locked) for i, q in enumerate(quotas))
    names = tuple(f"h{i}" for i in range(n_households))
    return Problem(names, accepts, members, tuple(types), quotas, locked)


def _quota(rng: random.Random, i: int, n_types: int, *, with_scopes: bool) -> Quota:
    is_floor = rng.random() < 0.65
    types = None
    if with_scopes and rng.random() < 0.5:
        types = rng.randint(1, 2**n_types - 1)
    return Quota(
        f"q{i}",
        "floor" if is_floor else "cap",
        rng.randint(0, 3),
        counting=rng.choice(("each", "once")) if is_floor and types is None else "each",
        weight=rng.choice((1, 1, 2, 3)) if is_floor else 1,
        types=types,
    )


def some_weigh_nothing(rng: random.Random, problem: Problem) -> Problem:
    """The same round, a quota in five with a weight of nil."""
    quotas = tuple(replace(q, weight=q.weight * (rng.random() > 0.2)) for q in problem.quotas)
    return replace(problem, quotas=quotas)


def with_places(rng: random.Random, problem: Problem) -> Problem:
    """The same round, some members taking two or three places of a quota; precedences drawn."""
    n = len(problem.quotas)
    several = [i for i, q in enumerate(problem.quotas) if q.counting == "each"]
    places = tuple((i, rng.choice((2, 3))) for i in several)
    quotas = tuple(replace(q, precedence=rng.choice((0, 0, 1))) for q in problem.quotas)

    def taken(mask: int) -> int:
        heavy = [j for j, (i, _) in enumerate(places) if mask >> i & 1 and rng.random() < 0.3]
        return mask | sum(1 << (n + j) for j in heavy)

    return replace(
        problem, members=tuple(map(taken, problem.members)), quotas=quotas, places=places
    )


def _open(quota: Quota, i: int, locked: tuple[int, ...]) -> Quota:
    """A cap never below what earlier rounds already used."""
    used = sum(mask >> i & 1 for mask in locked)
    if quota.kind == "floor" or quota.seats >= used:
        return quota
    return Quota(quota.quota_id, "cap", used, types=quota.types)


def as_instance(problem: Problem) -> brute_force.Instance:
    """The same round for the exhaustive search, dwelling by dwelling."""
    first = [sum(problem.capacity[:t]) for t in range(len(problem.types))]
    units_of = [range(first[t], first[t] + n) for t, n in enumerate(problem.capacity)]
    n_units = problem.n_dwellings

    def units(mask: int | None) -> frozenset[int] | None:
        return None if mask is None else frozenset(u for t in bits(mask) for u in units_of[t])

    def groups(mask: int) -> tuple[int, ...]:
        return tuple(i for i, n in problem.loads(mask) for _ in range(n))

    outside = n_units  # the dwelling of a locked household, in no scope by itself
    quotas = tuple(
        brute_force.Quota(
            q.quota_id,
            q.kind,
            q.seats,
            q.counting,
            q.weight,
            q.is_hard,
            None if q.types is None else (units(q.types) or frozenset()) | {outside},
            q.precedence,
        )
        for q in problem.quotas
    )
    return brute_force.Instance(
        tuple(tuple(u for t in bits(a) for u in units_of[t]) for a in problem.accepts),
        tuple(groups(m) for m in problem.members),
        n_units,
        quotas,
        tuple((groups(m), outside) for m in problem.locked),
        problem.shortage_rule,
    )


def n_crossing(problem: Problem) -> int:
    """Pairs of quotas that cross: each has a member the other has not, and they share one."""
    sets = [
        frozenset(p for p, m in enumerate(problem.members) if m >> i & 1)
        for i in range(len(problem.quotas))
    ]
    return sum(bool(a & b and a - b and b - a) for n, a in enumerate(sets) for b in sets[n + 1 :])
