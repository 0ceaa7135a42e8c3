"""Laws of the matching: what a change of the input may and may not do to the outcome."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice

import pytest

from allocation.matching import LEX, LEX_UNITS, InfeasibleError, Problem, bits, fit, solve
from tests.crossing_rounds import crossing_round
from tests.oracles.every_subset import places_taken
from tests.random_rounds import a_round

SAMPLES = 120


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
    """Half of up to twelve households, half small ones in which quotas rather bind and cross."""
    rng = random.Random(seed)
    larger = [a_round(rng, most_households=12) for _ in range(SAMPLES // 2)]
    return larger + list(islice(_crossing(seed), SAMPLES // 2))


def _crossing(seed: int) -> Iterator[Problem]:
    """Numbered rounds whose hard quotas can hold, after those compared with exhaustive search."""
    for number in count(10_000_000 + 1000 * seed):
        problem = crossing_round(number).problem
        try:
            solve(problem)
        except InfeasibleError:
            continue
        yield problem


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
    """Consistency: lock some served pairs, count them, and the others are served as before."""
    rng = random.Random(4)
    for problem in rounds(19):
        solution = solve(problem)
        locked = [p for p in solution.served if rng.random() < 0.5]
        keep = [p for p in range(len(problem.households)) if p not in locked]
        types = list(problem.types)
        for p in locked:
            types[solution.seats[p]] = types[solution.seats[p]][1:]
        rest = replace(
            reordered(problem, keep),
            types=tuple(types),
            locked=(*problem.locked, *(problem.members[p] for p in locked)),
        )
        left = {problem.households[p] for p in solution.served if p not in locked}
        assert names(rest) == left, problem


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
            taken = sum(places_taken(problem, mask)[i] for mask in members)
            assert quota.kind == "floor" or taken <= quota.seats
