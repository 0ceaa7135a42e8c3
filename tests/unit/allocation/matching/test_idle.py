"""Rounds served without the exact core are served as exhaustive search would."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import get_args

import pytest

from allocation.matching import Problem, idle, solve
from allocation.matching.balance import Balance
from allocation.matching.problem import Quota
from allocation.matching.shortage import RuleName
from tests.oracles import brute_force
from tests.random_rounds import a_round, as_instance, some_weigh_nothing, with_places


@pytest.mark.parametrize("rule", get_args(RuleName))
def test_served_without_the_core_equals_exhaustive_search(rule: RuleName) -> None:
    rng, met = random.Random(f"idle {rule}"), Counter[bool]()
    for _ in range(600):
        problem = some_weigh_nothing(rng, with_places(rng, a_round(rng, most_households=6)))
        problem = replace(problem, shortage_rule=rule)
        found = idle.serve(problem, Balance(problem))
        met[found is not None] += 1
        if found is not None:
            served, _, _ = brute_force.best(as_instance(problem))
            assert tuple(sorted(found[0])) == served, problem
    assert min(met.values()) > 60, met  # both ways are taken


@pytest.mark.parametrize("rule", ["number_met", "leximin"])
def test_a_floor_without_weight_counts_where_floors_are_counted(rule: RuleName) -> None:
    """One dwelling for a or b; b alone would fill a floor of weight nil."""
    quotas = (Quota("B", "floor", 1, weight=0),)
    problem = Problem(("a", "b"), (1, 1), (0, 1), (("d1",),), quotas, shortage_rule=rule)
    assert solve(problem).served == (1,)
    assert solve(replace(problem, shortage_rule="weighted")).served == (0,)
