"""A solver kept for a meeting solves no round twice, and both rules only where they can differ."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

import pytest

from allocation.matching import LEX, LEX_UNITS, Problem, Quota, Solver, solve

MODULE = sys.modules[solve.__module__]


def a_round(cap: int, *, local: int = 2) -> Problem:
    """Four households, two dwellings; a cap on the first two, a place limited to one dwelling."""
    quotas = (Quota("cap", "cap", cap), Quota("local", "cap", local, types=0b01))
    return Problem(
        ("a", "b", "c", "d"), (0b01, 0b10, 0b01, 0b01), (1, 1, 2, 0), (("x",), ("y",)), quotas
    )


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each walk of the core: was most households served before priority?"""
    found: list[bool] = []
    walk = MODULE.walk

    def counted(problem: Problem, *, most_served_first: bool) -> object:
        found.append(most_served_first)
        return walk(problem, most_served_first=most_served_first)

    monkeypatch.setattr(MODULE, "walk", counted)
    return found


def test_a_best_set_that_houses_all_it_could_is_not_looked_for_again(walked: list[bool]) -> None:
    solver = Solver()
    first = solver.solve(a_round(cap=2), levels=LEX)
    assert solver.solve(a_round(cap=2), levels=LEX_UNITS) is first
    assert True not in walked


def test_a_cap_that_costs_a_dwelling_asks_for_both_rules(walked: list[bool]) -> None:
    solver = Solver()
    round_ = Problem(
        ("a", "b", "c"), (0b10, 0b10, 0b01), (1, 0, 1), (("x",), ("y",)), (Quota("cap", "cap", 1),)
    )
    assert solver.solve(round_, levels=LEX).served == (0,)
    assert solver.solve(round_, levels=LEX_UNITS).served == (1, 2)
    assert walked[-1:] == [True]


def test_places_limited_to_some_dwellings_ask_the_core_nothing_new(walked: list[bool]) -> None:
    solver = Solver()
    for local in (3, 2, 1):
        solver.solve(a_round(cap=1, local=local))
    assert len(walked) <= 1


def test_a_solver_kept_answers_like_one_made_for_each_round() -> None:
    rng, solver = random.Random(5), Solver()
    for _ in range(200):
        round_ = a_round(cap=rng.randint(0, 2), local=rng.randint(0, 2))
        round_ = replace(round_, accepts=tuple(rng.randint(0, 3) for _ in round_.households))
        for levels in (LEX, LEX_UNITS):
            assert solver.solve(round_, levels=levels) == solve(round_, levels=levels)
