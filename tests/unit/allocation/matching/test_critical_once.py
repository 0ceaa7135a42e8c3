"""A household needed to fill seats counted once holds every floor it may sit on at best."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any, get_args

import pytest

from allocation.matching import Problem, Quota, Reasons, Solution
from allocation.matching.shortage import RuleName

Seating = tuple[int | None, ...]  # the floor on whose seat each household sits


def everybody_served(source: random.Random, rule: RuleName) -> Problem:
    """A few households, each with a dwelling of its own, members of floors that overlap."""
    n = source.randint(1, 5)
    quotas = tuple(
        Quota(f"q{i}", "floor", source.randint(0, 2), "once", weight=source.choice((0, 1, 1, 2)))
        for i in range(3)
    )
    return Problem(
        tuple(f"h{i}" for i in range(n)),
        tuple(1 << i for i in range(n)),
        tuple(source.randrange(8) for _ in range(n)),
        tuple((f"d{i}",) for i in range(n)),
        quotas,
        shortage_rule=rule,
    )


def seatings(problem: Problem, people: list[int]) -> Iterator[Seating]:
    """Every way of giving each household one seat of its own floors, or none."""
    own = [
        [None, *(i for i in range(3) if problem.members[p] >> i & 1)] if p in people else [None]
        for p in range(len(problem.households))
    ]
    for found in product(*own):
        if all(found.count(i) <= q.seats for i, q in enumerate(problem.quotas)):
            yield found


def value(problem: Problem, seating: Seating) -> tuple[Any, int]:
    """What the rule compares, smaller is better; then more seats filled are better."""
    lacks = [(q, q.seats - seating.count(i)) for i, q in enumerate(problem.quotas)]
    weighted = sum(q.weight * n for q, n in lacks)
    n_filled = sum(floor is not None for floor in seating)
    if problem.shortage_rule == "leximin":
        return sorted((Fraction(n, q.seats) for q, n in lacks if q.seats), reverse=True), -n_filled
    if problem.shortage_rule == "number_met":
        return (sum(n > 0 for _, n in lacks), weighted), -n_filled
    return weighted, -n_filled


def critical(problem: Problem, h: int) -> tuple[int, ...]:
    """By the definition, every seating being tried."""
    everybody = list(range(len(problem.households)))
    tried = list(seatings(problem, everybody))
    best = min(value(problem, s) for s in tried)
    without = min(value(problem, s)[1] for s in seatings(problem, [p for p in everybody if p != h]))
    if without == best[1]:
        return ()
    held = {s[h] for s in tried if value(problem, s) == best}
    return tuple(sorted(i for i in held if i is not None))


@pytest.mark.parametrize("rule", get_args(RuleName))
def test_the_floors_a_household_keeps_filled_are_those_of_every_best_seating(
    rule: RuleName,
) -> None:
    source, n_several = random.Random(1700), 0
    for _ in range(400):
        problem = everybody_served(source, rule)
        seats = {p: p for p in range(len(problem.households))}
        found = Reasons(problem, Solution(tuple(seats), 0, seats)).critical
        for h in seats:
            assert found[h] == critical(problem, h), (problem, h)
            n_several += len(found[h]) > 1
    assert n_several >= 50
