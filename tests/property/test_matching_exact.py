"""The core gives the one right answer: against exhaustive search, and against the other model."""

from __future__ import annotations

import random

import pytest

from allocation.matching import LEX, LEX_UNITS, Problem, Reasons, mip, solve
from tests.oracles import brute_force
from tests.random_rounds import a_round, as_instance, n_crossing

BATCHES = 20
PER_BATCH = 110


def named(problem: Problem, positions: tuple[int, ...]) -> list[str]:
    return [problem.households[p] for p in positions]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_served_set_and_shortage_equal_exhaustive_search(batch: int) -> None:
    rng = random.Random(1000 + batch)
    n_with_crossing = 0
    for _ in range(PER_BATCH):
        problem = a_round(rng)
        instance = as_instance(problem)
        n_with_crossing += n_crossing(problem) > 0
        for levels in (LEX, LEX_UNITS):
            found = solve(problem, levels=levels)
            assert (found.served, found.shortage) == brute_force.solve(instance, levels), problem
    assert n_with_crossing > PER_BATCH // 4  # the sample is not a collection of easy cases


@pytest.mark.parametrize("batch", range(4))
def test_quotas_limited_to_some_dwellings_equal_exhaustive_search(batch: int) -> None:
    rng = random.Random(2000 + batch)
    for _ in range(25):
        problem = a_round(rng, most_households=6, with_scopes=True)
        instance = as_instance(problem)
        for levels in (LEX, LEX_UNITS):
            found = solve(problem, levels=levels)
            assert (found.served, found.shortage) == brute_force.solve(instance, levels), problem


@pytest.mark.parametrize("batch", range(3))
def test_type_level_model_agrees_with_the_core(batch: int) -> None:
    rng = random.Random(3000 + batch)
    for _ in range(20):
        problem = a_round(rng, most_households=14)
        for is_units_first in (False, True):
            levels = LEX_UNITS if is_units_first else LEX
            core = solve(problem, levels=levels)
            model = mip.solve(problem, most_served_first=is_units_first)
            assert (model.served, model.shortage) == (core.served, core.shortage), problem


@pytest.mark.parametrize("batch", range(6))
def test_grounds_equal_exhaustive_search(batch: int) -> None:
    rng = random.Random(4000 + batch)
    for _ in range(40):
        problem = a_round(rng, most_households=7)
        instance = as_instance(problem)
        reasons = Reasons(problem, solve(problem))
        left = [p for p in range(len(problem.households)) if p not in reasons.served]
        assert {p: reasons.why_unserved(p) for p in left} == brute_force.reasons(instance)
        for p in left:
            assert reasons.must_outrank(p) == brute_force.must_outrank(instance, p), (problem, p)
            if reasons.why_unserved(p) == "outranked":
                witness = reasons.hall(p)
                units = {
                    d for t, ds in enumerate(problem.types) if witness.types >> t & 1 for d in ds
                }
                blockers, blocked_units = brute_force.hall(instance, p)
                assert witness.households == blockers
                assert len(units) == len(blocked_units) == len(blockers)


@pytest.mark.parametrize("batch", range(2))
def test_who_closed_the_door_with_scoped_quotas_equals_exhaustive_search(batch: int) -> None:
    rng = random.Random(5000 + batch)
    for _ in range(12):
        problem = a_round(rng, most_households=5, with_scopes=True)
        instance = as_instance(problem)
        reasons = Reasons(problem, solve(problem))
        for p in range(len(problem.households)):
            if p not in reasons.served:
                assert reasons.must_outrank(p) == brute_force.must_outrank(instance, p), problem
