"""Every rule of shortage, with intensities, against exhaustive search and by the other model."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import get_args

import pytest

from allocation.matching import LEX, LEX_UNITS, Problem, Reasons, mip, solve
from allocation.matching.shortage import RuleName
from tests.oracles import brute_force
from tests.random_rounds import a_round, as_instance, some_weigh_nothing, with_places

RULES = get_args(RuleName)


def short_rounds(seed: int, n: int, rule: RuleName, **options: bool) -> list[Problem]:
    """Random rounds in which some floor stays short: the only ones the rules tell apart."""
    rng = random.Random(seed)
    found: list[Problem] = []
    while len(found) < n:
        problem = with_places(rng, a_round(rng, most_households=6, **options))
        problem = replace(problem, shortage_rule=rule)
        if any(brute_force.best(as_instance(problem))[1]):
            found.append(problem)
    return found


@pytest.mark.parametrize("rule", RULES)
def test_served_set_and_measure_equal_exhaustive_search(rule: RuleName) -> None:
    for problem in short_rounds(7000, 120, rule):
        for levels in (LEX, LEX_UNITS):
            found = solve(problem, levels=levels)
            expected = brute_force.best(as_instance(problem), levels)
            assert (found.served, found.measure, found.shortage) == expected, problem


@pytest.mark.parametrize("rule", RULES)
def test_floors_that_weigh_nothing_equal_exhaustive_search(rule: RuleName) -> None:
    rng = random.Random(7050)
    for problem in short_rounds(7050, 120, rule):
        lighter = some_weigh_nothing(rng, problem)
        found = solve(lighter)
        expected = brute_force.best(as_instance(lighter))
        assert (found.served, found.measure, found.shortage) == expected, lighter


@pytest.mark.parametrize("rule", RULES)
def test_the_other_model_gives_the_same_answer(rule: RuleName) -> None:
    for problem in short_rounds(7100, 25, rule):
        core, model = solve(problem), mip.solve(problem)
        assert (model.served, model.measure) == (core.served, core.measure), problem


@pytest.mark.parametrize("rule", RULES)
def test_quotas_limited_to_some_dwellings_equal_exhaustive_search(rule: RuleName) -> None:
    for problem in short_rounds(7200, 20, rule, with_scopes=True):
        found = solve(problem)
        served, measure, _ = brute_force.best(as_instance(problem))
        assert (found.served, found.measure) == (served, measure), problem


@pytest.mark.parametrize("rule", RULES)
def test_grounds_and_the_rank_needed_equal_exhaustive_search(rule: RuleName) -> None:
    for problem in short_rounds(7300, 25, rule):
        instance = as_instance(problem)
        reasons = Reasons(problem, solve(problem))
        left = [p for p in range(len(problem.households)) if p not in reasons.served]
        assert {p: reasons.why_unserved(p) for p in left} == brute_force.reasons(instance)
        for p in left:
            assert reasons.must_outrank(p) == brute_force.must_outrank(instance, p), problem


def test_the_rules_really_differ() -> None:
    found = [
        {rule: solve(replace(p, shortage_rule=rule)).served for rule in RULES}
        for p in short_rounds(7400, 120, "weighted")
    ]
    for i, a in enumerate(RULES):
        for b in RULES[i + 1 :]:
            assert any(answers[a] != answers[b] for answers in found), (a, b)
