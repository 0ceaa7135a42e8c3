"""Laws of the matching: what a change of the input may and may not do to the outcome."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from allocation.matching import LEX, LEX_UNITS, Problem, Quota, bits, fit, solve
from tests.random_rounds import a_round

SAMPLES = 150


def names(problem: Problem, levels: tuple[str, ...] = tuple(LEX)) -> set[str]:
    return {problem.households[p] for p in solve(problem, levels=levels).served}


def reordered(problem: Problem, order: list[int]) -> Problem:
    return replace(
        problem,
        households=tuple(problem.households[p] for p in order),
        accepts=tuple(problem.accepts[p] for p in order),
        members=tuple(problem.members[p] for p in order),
    )


def rounds(seed: int) -> list[Problem]:
    rng = random.Random(seed)
    return [a_round(rng, most_households=12) for _ in range(SAMPLES)]


def test_moving_up_never_loses_a_place() -> None:
    rng = random.Random(1)
    for problem in rounds(11):
        served = solve(problem).served
        if not served:
            continue
        p = rng.choice(served)
        order = [q for q in range(len(problem.households)) if q != p]
        order.insert(rng.randint(0, p), p)
        assert problem.households[p] in names(reordered(problem, order))


def test_a_household_that_accepts_nothing_changes_nothing() -> None:
    for problem in rounds(12):
        more = replace(
            problem,
            households=("nobody", *problem.households),
            accepts=(0, *problem.accepts),
            members=(problem.members[0], *problem.members),
        )
        assert names(more) == names(problem)


def test_without_quotas_somebody_ranked_last_removes_nobody() -> None:
    for problem in rounds(13):
        free = problem.with_quotas([False] * len(problem.quotas))
        more = replace(
            free,
            households=(*free.households, "last"),
            accepts=(*free.accepts, 2 ** len(free.types) - 1),
            members=(*free.members, 0),
        )
        assert names(free) <= names(more)


def test_an_unserved_household_gains_nothing_by_accepting_less() -> None:
    rng = random.Random(2)
    for problem in rounds(14):
        out = [p for p in range(len(problem.households)) if problem.accepts[p]]
        out = [p for p in out if p not in solve(problem).served]
        if not out:
            continue
        p = rng.choice(out)
        dropped = problem.accepts[p] & ~(1 << rng.choice(bits(problem.accepts[p])))
        accepts = [*problem.accepts]
        accepts[p] = dropped
        less = replace(problem, accepts=tuple(accepts))
        assert problem.households[p] not in names(less)


def test_without_caps_serving_most_first_changes_nothing() -> None:
    for problem in rounds(15):
        floors = problem.without_kind("cap")
        assert names(floors, tuple(LEX_UNITS)) == names(floors)


def test_caps_beyond_every_member_change_nothing() -> None:
    for problem in rounds(16):
        quotas = [
            replace(q, seats=q.seats if q.kind == "floor" else 10_000) for q in problem.quotas
        ]
        loose = replace(problem, quotas=tuple(quotas))
        assert names(loose) == names(problem.without_kind("cap"))


def test_weights_in_proportion_change_nothing() -> None:
    for problem in rounds(17):
        heavier = tuple(replace(q, weight=q.weight * 7) for q in problem.quotas)
        assert names(replace(problem, quotas=heavier)) == names(problem)


def test_splitting_a_type_into_equal_halves_changes_nothing() -> None:
    for problem in rounds(18):
        t = max(range(len(problem.types)), key=lambda t: len(problem.types[t]))
        if len(problem.types[t]) < 2:
            continue
        first, rest = problem.types[t][:1], problem.types[t][1:]
        types = (*problem.types[:t], first, *problem.types[t + 1 :], rest)
        new = 1 << len(problem.types)
        accepts = tuple(a | new if a >> t & 1 else a for a in problem.accepts)
        assert names(replace(problem, types=types, accepts=accepts)) == names(problem)


def test_committing_part_of_the_answer_gives_the_rest() -> None:
    """Consistency: lock one served pair, count it, and the others are served as before."""
    for problem in rounds(19):
        solution = solve(problem)
        if not solution.served:
            continue
        p = solution.served[0]
        t = solution.seats[p]
        keep = [q for q in range(len(problem.households)) if q != p]
        types = tuple(d[1:] if i == t else d for i, d in enumerate(problem.types))
        rest = replace(
            reordered(problem, keep), types=types, locked=(*problem.locked, problem.members[p])
        )
        left = {problem.households[q] for q in solution.served[1:]}
        assert names(rest) == left


def test_who_gets_which_dwelling_is_one_each_and_canonical() -> None:
    """Against every permutation: least total cost, then first in rank order."""
    from itertools import permutations

    rng = random.Random(3)
    for problem in rounds(20) + rounds(23):
        served = solve(problem).served
        if not 0 < len(served) <= 5:
            continue
        accepts = [problem.accepts[p] for p in served]
        costs = [{t: rng.randint(0, 2) for t in bits(a)} for a in accepts]
        every = [(d, t) for t, group in enumerate(problem.types) for d in group]
        best = min(
            (sum(costs[i][t] for i, (_, t) in enumerate(way)),
             [(costs[i][t], d) for i, (d, t) in enumerate(way)])
            for way in permutations(every, len(served))
            if all(accepts[i] >> t & 1 for i, (_, t) in enumerate(way))
        )  # fmt: skip
        assert fit(accepts, costs, problem.types) == [d for _, d in best[1]]


def test_adding_a_dwelling_unserves_a_higher_rank_only_through_a_quota() -> None:
    """The case: a floor that was out of reach comes within it, and a cap lets one only in."""
    quotas = (Quota("partner", "floor", 1), Quota("middle", "cap", 1))
    before = Problem(("a", "m"), (0b01, 0b10), (0b10, 0b11), (("d1",), ()), quotas)
    after = replace(before, types=(("d1",), ("d2",)))
    assert names(before) == {"a"}
    assert names(after) == {"m"}
    for problem in rounds(21):
        bare = problem.with_quotas([False] * len(problem.quotas))
        bigger = replace(bare, types=((*bare.types[0], "new"), *bare.types[1:]))
        assert names(bare) <= names(bigger)


@pytest.mark.parametrize("levels", [LEX, LEX_UNITS])
def test_the_answer_holds_every_cap_and_seats_only_where_accepted(levels: tuple[str, ...]) -> None:
    for problem in rounds(22):
        solution = solve(problem, levels=levels)
        used = [0] * len(problem.types)
        for p, t in solution.seats.items():
            assert problem.accepts[p] >> t & 1
            used[t] += 1
        assert all(n <= c for n, c in zip(used, problem.capacity, strict=True))
        for i, quota in enumerate(problem.quotas):
            members = [*(problem.members[p] for p in solution.served), *problem.locked]
            count = sum(m >> i & 1 for m in members)
            assert quota.kind == "floor" or count <= quota.seats
