"""The fast oracles say what plain enumeration says; the numbered rounds are what they claim."""

from __future__ import annotations

import pytest

from allocation.matching import Problem, Quota, bits
from tests.crossing_rounds import binding_crossing, crossing, crossing_round
from tests.oracles import brute_force, naive_round
from tests.oracles.brute_force import LEX, LEX_UNITS
from tests.oracles.every_subset import EverySubset
from tests.random_rounds import as_instance
from tests.shrinking import shrunk

NUMBERS = range(150)


@pytest.mark.parametrize("levels", [LEX, LEX_UNITS])
def test_all_sets_at_once_give_what_enumeration_and_the_naive_round_give(
    levels: tuple[str, ...],
) -> None:
    for number in NUMBERS:
        problem = crossing_round(number).problem
        naive = naive_round.solve(problem, most_served_first=levels is LEX_UNITS)
        try:
            expected, _, shortage = brute_force.best(as_instance(problem), levels)
        except brute_force.InfeasibleError:
            assert naive is None
            with pytest.raises(brute_force.InfeasibleError):
                EverySubset(problem).best(levels)
            continue
        every = EverySubset(problem)
        assert every.solve(levels) == naive == expected, problem
        if problem.shortage_rule == "weighted":
            assert every.shortage(levels) == shortage, problem


@pytest.mark.parametrize("levels", [LEX, LEX_UNITS])
def test_grounds_are_those_of_enumeration(levels: tuple[str, ...]) -> None:
    for number in NUMBERS[:25]:
        problem = crossing_round(number).problem
        instance, every = as_instance(problem), EverySubset(problem)
        try:
            expected = brute_force.reasons(instance, levels)
        except brute_force.InfeasibleError:
            continue
        assert every.reasons(levels) == expected, problem
        for h, why in expected.items():
            assert every.must_outrank(h, levels) == brute_force.must_outrank(instance, h, levels)
            if why == "outranked":
                assert every.hall(h) == brute_force.hall(instance, h)[0], problem


def test_one_group_inside_another_does_not_cross_it() -> None:
    quotas = tuple(Quota(name, "floor", 1) for name in ("all", "some", "others"))
    members = (0b011, 0b111, 0b101, 0b001)
    problem = Problem(("a", "b", "c", "d"), (1,) * 4, members, (("d1",),), quotas)
    assert crossing(problem) == [(1, 2)]


def test_a_quota_that_changes_nothing_does_not_bind() -> None:
    """Both floors bind only together: without either one, the other seats the same household."""
    quotas = (Quota("p", "floor", 1), Quota("q", "floor", 1))
    problem = Problem(("a", "b", "c"), (1, 1, 1), (0, 0b11, 0b11), (("d1",),), quotas)
    every = EverySubset(problem)
    assert every.solve() == (1,)
    assert not every.binds(0)
    assert not every.binds(1)
    assert every.solve(lifted=frozenset([0, 1])) == (0,)


def test_a_number_always_makes_the_same_round_and_its_limits_make_its_seats() -> None:
    for number in NUMBERS:
        drawn = crossing_round(number)
        assert drawn == crossing_round(number)
        base = len(drawn.ledger) + drawn.problem.n_dwellings + len(drawn.problem.locked)
        for i, (quota, limit) in enumerate(zip(drawn.problem.quotas, drawn.limits, strict=True)):
            done = drawn.ledger.count(i)
            if limit.share is not None:
                exact = brute_force.seats_of(
                    {"group": i, "kind": quota.kind, "share": limit.share},
                    {"ledger": {"total": base, "by_group": {i: done}}, "units": []},
                )
                assert exact == quota.seats
            else:
                assert quota.seats in (limit.seats, (limit.period_seats or 0) - done)


def test_a_failing_round_is_shrunk_to_what_makes_it_fail() -> None:
    def has_pair(problem: Problem) -> bool:
        return bool(binding_crossing(problem))

    number = next(n for n in NUMBERS if has_pair(crossing_round(n).problem))
    least = shrunk(crossing_round(number).problem, has_pair)
    assert has_pair(least)
    assert len(least.quotas) == 2
    assert len(least.households) <= 4
    assert all(len(bits(mask)) == 1 for mask in least.accepts)
