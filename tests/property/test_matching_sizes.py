"""Beyond the reach of enumeration: the same served set by three other roads."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import get_args

import pytest

from allocation.matching import LEX, LEX_UNITS, Problem, mip, solve
from allocation.matching.shortage import RuleName
from tests.benchmarks.rivals import min_cost_flow
from tests.benchmarks.rounds import a_round as a_large_round
from tests.benchmarks.rounds import without_quotas
from tests.oracles import naive_round
from tests.random_rounds import a_round, with_places

SHORTAGE_RULES = get_args(RuleName)


def harder(problem: Problem, rng: random.Random) -> Problem:
    """The same round, floors of all kinds, seats a little out of reach, a tight cap, any rule."""
    quotas = [
        replace(
            quota,
            seats=max(1, quota.seats // 2)
            if quota.kind == "cap"
            else quota.seats + rng.randint(0, 2),
            counting="each" if quota.kind == "cap" else rng.choice(("each", "once")),
            weight=rng.choice((1, 2)),
            precedence=rng.choice((0, 1)),
        )
        for quota in problem.quotas
    ]
    return replace(problem, quotas=tuple(quotas), shortage_rule=rng.choice(SHORTAGE_RULES))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("most_served_first", [False, True])
def test_two_hundred_households_equal_the_block_lexicographic_programme(
    seed: int, most_served_first: bool
) -> None:
    problem = harder(a_large_round(40, 200, seed), random.Random(seed))
    core = solve(problem, levels=LEX_UNITS if most_served_first else LEX)
    model = mip.solve(problem, most_served_first=most_served_first)
    assert (model.served, model.measure) == (core.served, core.measure)


def test_four_hundred_households_equal_the_block_lexicographic_programme() -> None:
    problem = harder(a_large_round(60, 400, 7), random.Random(7))
    core, model = solve(problem), mip.solve(problem)
    assert (model.served, model.measure) == (core.served, core.measure)


@pytest.mark.parametrize("seed", range(5))
def test_without_quotas_three_thousand_households_equal_the_min_cost_flow(seed: int) -> None:
    problem = without_quotas(a_large_round(300, 3_000, seed))
    assert set(solve(problem).served) == min_cost_flow(problem)


@pytest.mark.parametrize("batch", range(3))
def test_small_rounds_equal_the_block_lexicographic_programme(batch: int) -> None:
    rng = random.Random(3000 + batch)
    for _ in range(20):
        problem = a_round(rng, most_households=14)
        for is_units_first in (False, True):
            core = solve(problem, levels=LEX_UNITS if is_units_first else LEX)
            model = mip.solve(problem, most_served_first=is_units_first)
            assert (model.served, model.shortage) == (core.served, core.shortage), problem


@pytest.mark.parametrize("batch", range(4))
def test_twenty_households_equal_the_naive_round(batch: int) -> None:
    rng = random.Random(3100 + batch)
    for _ in range(12):
        problem = with_places(rng, a_round(rng, most_households=20))
        problem = replace(problem, shortage_rule=rng.choice(SHORTAGE_RULES))
        for levels in (LEX, LEX_UNITS):
            expected = naive_round.solve(problem, most_served_first=levels is LEX_UNITS)
            assert solve(problem, levels=levels).served == expected, problem
