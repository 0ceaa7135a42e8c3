"""Hard quotas that cannot hold together: the fewest, and the most each minimum can reach."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest

from allocation.matching import InfeasibleError, Problem, Quota, solve
from allocation.matching.conflicts import Conflict, conflict
from tests.oracles import brute_force
from tests.random_rounds import a_round, as_instance, with_places


def impossible_rounds(seed: int, n: int, **options: bool) -> list[Problem]:
    """Random rounds whose hard quotas cannot all hold."""
    rng = random.Random(seed)
    found: list[Problem] = []
    while len(found) < n:
        problem = with_places(rng, a_round(rng, most_households=6, **options))
        quotas = tuple(replace(q, is_hard=q.kind == "floor") for q in problem.quotas)
        problem = replace(problem, quotas=quotas)
        if not holds(problem, range(len(quotas))):
            found.append(problem)
    return found


def holds(problem: Problem, kept: range | tuple[int, ...]) -> bool:
    others = [i for i in range(len(problem.quotas)) if i not in kept]
    try:
        brute_force.solve(as_instance(problem).lifting(others))
    except brute_force.InfeasibleError:
        return False
    return True


def named(problem: Problem) -> Conflict:
    with pytest.raises(InfeasibleError) as caught:
        solve(problem)
    found = caught.value.conflict
    assert found is not None
    return found


@pytest.mark.parametrize("with_scopes", [False, True])
def test_the_conflict_named_has_the_fewest_quotas(*, with_scopes: bool) -> None:
    sizes = set()
    for problem in impossible_rounds(9000, 30, with_scopes=with_scopes):
        found = named(problem)
        sizes.add(len(found.quotas))
        assert not holds(problem, found.quotas), problem
        for fewer in combinations(range(len(problem.quotas)), len(found.quotas) - 1):
            assert holds(problem, fewer), problem
    assert sizes >= {1, 2}


def test_the_most_a_minimum_can_reach_is_reached_and_never_passed() -> None:
    for problem in impossible_rounds(9100, 25):
        found = named(problem)
        for i, most in found.most.items():
            assert most < problem.quotas[i].seats
            for seats in (most, most + 1):
                quotas = list(problem.quotas)
                quotas[i] = replace(quotas[i], seats=seats)
                changed = replace(problem, quotas=tuple(quotas))
                assert holds(changed, found.quotas) == (seats == most), problem


def test_a_minimum_that_cannot_be_met_alone_shows_members_with_too_few_dwellings() -> None:
    shown = 0
    for problem in impossible_rounds(9200, 25):
        problem = replace(problem, places=(), locked=())
        if holds(problem, range(len(problem.quotas))):
            continue
        found = named(problem)
        if len(found.quotas) > 1:
            continue
        (i,) = found.quotas
        members = [p for p, mask in enumerate(problem.members) if mask >> i & 1]
        assert set(found.confined) <= set(members)
        assert not any(problem.accepts[p] & ~found.types for p in found.confined)
        room = sum(n for t, n in enumerate(problem.capacity) if found.types >> t & 1)
        assert room + len(members) - len(found.confined) == found.most[i]
        shown += 1
    assert shown > 5


def test_hard_quotas_that_hold_have_no_conflict() -> None:
    rng = random.Random(9300)
    for _ in range(20):
        problem = a_round(rng)
        assert conflict(problem) is None


def test_a_cap_already_exceeded_by_households_served_before_is_a_conflict() -> None:
    cap = Quota("cap", "cap", 0)
    problem = Problem(("a",), (1,), (0,), (("d",),), (cap,), locked=(1,))
    assert named(problem) == Conflict((0,), is_smallest=True, most={})
