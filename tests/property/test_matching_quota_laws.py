"""Laws of quotas and of what surrounds them: each says what may not change, or why it does."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Literal

from allocation.matching import Problem, Quota, bits, solve
from tests.crossing_rounds import crossing_round
from tests.oracles.every_subset import EverySubset
from tests.property.test_matching_laws import names, reordered, rounds


def with_quota(problem: Problem, i: int, quota: Quota) -> Problem:
    return replace(problem, quotas=(*problem.quotas[:i], quota, *problem.quotas[i + 1 :]))


def one_more(problem: Problem, t: int) -> Problem:
    """The round with one more dwelling of a type."""
    types = list(problem.types)
    types[t] = (*types[t], "one more")
    return replace(problem, types=tuple(types))


# What does not matter


def test_order_of_types_and_quotas_changes_nothing() -> None:
    rng = random.Random(1)
    for problem in rounds(31):
        if problem.places:
            continue  # their bits follow those of the quotas
        types = rng.sample(range(len(problem.types)), len(problem.types))
        quotas = rng.sample(range(len(problem.quotas)), len(problem.quotas))

        def moved(mask: int, order: list[int]) -> int:
            return sum(1 << new for new, old in enumerate(order) if mask >> old & 1)

        turned = replace(
            problem,
            types=tuple(problem.types[t] for t in types),
            accepts=tuple(moved(a, types) for a in problem.accepts),
            quotas=tuple(problem.quotas[i] for i in quotas),
            members=tuple(moved(m, quotas) for m in problem.members),
            locked=tuple(moved(m, quotas) for m in problem.locked),
        )
        assert names(turned) == names(problem), problem


def test_other_names_in_the_same_order_change_nothing() -> None:
    for problem in rounds(32):
        renamed = replace(
            problem,
            households=tuple(
                f"z{len(problem.households) - h}" for h in range(len(problem.accepts))
            ),
            types=tuple(tuple(f"z{d}" for d in reversed(group)) for group in problem.types),
            quotas=tuple(replace(q, quota_id=f"z{9 - i}") for i, q in enumerate(problem.quotas)),
        )
        assert solve(renamed).served == solve(problem).served


def test_a_household_its_own_cell_leaves_out_may_as_well_not_be_there() -> None:
    """Kernel: whoever is out when only households with the same quotas compete, without quota."""
    n_removed = 0
    for problem in rounds(33):
        kernel = set()
        for mask in set(problem.members):
            alone = [h for h, m in enumerate(problem.members) if m == mask]
            cell = reordered(problem, alone).with_quotas([False] * len(problem.quotas))
            kernel |= {alone[h] for h in solve(cell).served}
        n_removed += len(problem.households) - len(kernel)
        assert names(reordered(problem, sorted(kernel))) == names(problem), problem
    assert n_removed > 100


def test_a_cap_that_does_not_bind_may_be_raised() -> None:
    n_raised = 0
    for problem in rounds(34):
        for i, quota in enumerate(problem.quotas):
            keep = [j != i for j in range(len(problem.quotas))]
            if quota.kind == "cap" and names(problem.with_quotas(keep)) == names(problem):
                raised = with_quota(problem, i, replace(quota, seats=quota.seats + 1))
                assert names(raised) == names(problem), problem
                n_raised += 1
    assert n_raised > 50


def test_places_counted_in_halves_change_nothing() -> None:
    """Seats and the places everybody takes, multiplied alike."""
    for problem in rounds(35):
        caps = [i for i, q in enumerate(problem.quotas) if q.kind == "cap"]
        if problem.places or not caps:
            continue
        n = len(problem.quotas)

        def doubled(mask: int, caps: list[int] = caps, n: int = n) -> int:
            return mask | sum(1 << (n + j) for j, i in enumerate(caps) if mask >> i & 1)

        in_halves = replace(
            problem,
            members=tuple(map(doubled, problem.members)),
            locked=tuple(map(doubled, problem.locked)),
            places=tuple((i, 2) for i in caps),
            quotas=tuple(
                replace(q, seats=2 * q.seats + 1) if q.kind == "cap" else q for q in problem.quotas
            ),
        )
        assert names(in_halves) == names(problem), problem


# Who gains, who loses


def test_hiding_a_membership_that_only_floors_look_at_never_helps() -> None:
    rng = random.Random(6)
    for problem in rounds(36):
        floors = problem.without_kind("cap")
        out = [h for h in range(len(floors.households)) if floors.members[h]]
        out = [h for h in out if h not in solve(floors).served]
        if not out:
            continue
        h = rng.choice(out)
        members = list(floors.members)
        members[h] &= ~(1 << rng.choice(bits(members[h])))
        assert floors.households[h] not in names(replace(floors, members=tuple(members)))


def test_without_caps_nobody_is_passed_over_but_for_a_filled_reserved_seat() -> None:
    """
    Those served out of turn are as many as those passed over, and no more than the seats filled.

    Each of them is needed: without it the floors would be shorter.
    """
    n_passed_over = 0
    for problem in rounds(37):
        quotas = tuple(replace(q, is_hard=False) for q in problem.without_kind("cap").quotas)
        floors = replace(problem.without_kind("cap"), quotas=quotas, shortage_rule="weighted")
        solution = solve(floors)
        free = set(solve(floors.with_quotas([False] * len(quotas))).served)
        out_of_turn = set(solution.served) - free
        passed_over = free - set(solution.served)
        filled = (
            sum(q.seats for q in quotas)
            - solve(replace(floors, quotas=tuple(replace(q, weight=1) for q in quotas))).shortage
        )
        assert len(out_of_turn) == len(passed_over) <= filled, problem
        for h in out_of_turn:
            only = reordered(floors, [k for k in solution.served if k != h])
            assert solve(only).shortage > solution.shortage, problem
        n_passed_over += len(passed_over)
    assert n_passed_over > 50


def test_a_dwelling_more_unserves_a_higher_rank_only_when_a_floor_is_met_better() -> None:
    n_unserved = 0
    for problem in (crossing_round(number).problem for number in range(700)):
        every = EverySubset(problem)
        if not every.allowed(frozenset()).any():
            continue
        for larger in (one_more(problem, t) for t in range(len(problem.types))):
            # The larger number is the better set: see ``every_subset``.
            if EverySubset(larger).best()[-1] < every.best()[-1]:
                assert solve(larger).measure < solve(problem).measure, problem
                n_unserved += 1
    assert n_unserved > 3


def test_the_smallest_case_of_a_dwelling_that_unserves_a_higher_rank() -> None:
    """
    Two floors and one dwelling: either floor can be met, so the first in rank has the dwelling.

    A second dwelling, for the second in rank only, meets the floor of the first two: now the one
    that the third asks for can be met as well, and the first in rank, whose floor no longer needs
    it, gives way.
    """
    floors = (Quota("of the first two", "floor", 1), Quota("of the third", "floor", 1))
    before = Problem(
        ("first", "second", "third"), (0b01, 0b10, 0b01), (0b01, 0b01, 0b10), (("d1",), ()), floors
    )
    assert names(before) == {"first"}
    assert names(one_more(before, 1)) == {"second", "third"}


def test_the_smallest_such_case_with_a_cap() -> None:
    """A floor that was out of reach comes within it, and the cap lets one household only in."""
    quotas = (Quota("partner", "floor", 1), Quota("middle", "cap", 1))
    before = Problem(("a", "m"), (0b01, 0b10), (0b10, 0b11), (("d1",), ()), quotas)
    assert names(before) == {"a"}
    assert names(one_more(before, 1)) == {"m"}


def test_no_smaller_case_exists() -> None:
    """Two households under one quota, or under floors only: no dwelling takes another's place."""
    rng = random.Random(9)
    for _ in range(600):
        kinds = rng.choice((("floor",), ("cap",), ("floor", "floor")))
        quotas = tuple(
            Quota(f"q{i}", kind, rng.randint(0, 2), counting=_counting(rng, kind))
            for i, kind in enumerate(kinds)
        )
        problem = Problem(
            ("a", "b"),
            (rng.randint(0, 3), rng.randint(0, 3)),
            (rng.randint(0, 3), rng.randint(0, 3)),
            (("d1",) * rng.randint(0, 1), ("d2",) * rng.randint(0, 1)),
            quotas,
        )
        before = EverySubset(problem).best()[-1]
        assert all(EverySubset(one_more(problem, t)).best()[-1] >= before for t in (0, 1)), problem


def _counting(rng: random.Random, kind: str) -> Literal["each", "once"]:
    return "each" if kind == "cap" else rng.choice(("each", "once"))


def test_hard_quotas_that_hold_still_hold_with_a_dwelling_more() -> None:
    for problem in rounds(39):
        for t in range(len(problem.types)):
            # Impossible hard quotas would be an InfeasibleError.
            assert solve(one_more(problem, t)).served is not None, problem
