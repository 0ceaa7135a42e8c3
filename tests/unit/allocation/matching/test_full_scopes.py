"""A full cap limited to some dwellings closes those dwellings to its members."""

from __future__ import annotations

import random

from allocation.matching import Problem, Quota, solve
from allocation.matching import problem as problems
from allocation.matching.closing import ClosingByModel
from allocation.matching.problem import with_full_scopes_barred
from allocation.matching.reasons import Reasons


def a_round(rng: random.Random) -> Problem:
    """Two caps limited to some dwellings, one of them full, beside a floor."""
    quotas = (
        Quota("floor", "floor", rng.randint(0, 2)),
        Quota("full", "cap", 0, types=rng.randint(1, 7)),
        Quota("narrow", "cap", rng.randint(1, 2), types=rng.randint(1, 7)),
    )
    n = 9
    return Problem(
        tuple(f"h{i}" for i in range(n)),
        tuple(rng.randint(1, 7) for _ in range(n)),
        tuple(rng.randint(0, 7) for _ in range(n)),
        (("a1", "a2"), ("b1",), ("c1",)),
        quotas,
    )


def test_members_lose_the_dwellings_of_a_full_cap_and_nobody_else_does() -> None:
    quotas = (Quota("cap", "cap", 1, types=0b01),)
    round_ = Problem(("x", "y"), (0b11, 0b11), (1, 0), (("a",), ("b",)), quotas, locked=(1,))
    assert with_full_scopes_barred(round_).accepts == (0b10, 0b11)


def test_a_cap_with_a_place_left_changes_nothing() -> None:
    quotas = (Quota("cap", "cap", 2, types=0b01),)
    round_ = Problem(("x", "y"), (0b11, 0b11), (1, 0), (("a",), ("b",)), quotas, locked=(1,))
    assert with_full_scopes_barred(round_) is round_


def test_who_takes_two_places_is_barred_when_one_is_left() -> None:
    quotas = (Quota("cap", "cap", 1, types=0b01),)
    round_ = Problem(
        ("x", "y"), (0b11, 0b11), (0b11, 0b01), (("a",), ("b",)), quotas, places=((0, 2),)
    )
    assert with_full_scopes_barred(round_).accepts == (0b10, 0b11)


def test_the_answer_and_who_closed_the_door_are_those_of_the_model() -> None:
    rng = random.Random(20261122)
    n_barred = 0
    for _ in range(60):
        round_ = a_round(rng)
        n_barred += problems.with_full_scopes_barred(round_) is not round_
        solution = solve(round_)
        reasons = Reasons(round_, solution)
        model = ClosingByModel(round_, solution, most_served_first=False)
        for position in range(len(round_.households)):
            if position not in reasons.served:
                assert reasons.must_outrank(position) == model.must_outrank(position)
    assert n_barred > 40
