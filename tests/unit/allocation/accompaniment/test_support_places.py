"""Places of support: one count, a household once, what is voluntary unseen by the engine."""

from __future__ import annotations

import itertools

import pytest

from allocation.accompaniment.support_places import SupportPlaces

PEOPLE = ("A1", "A2", "A3")
SETS = [frozenset(c) for n in range(4) for c in itertools.combinations(PEOPLE, n)]


@pytest.mark.parametrize(("stays", "plans"), list(itertools.product(SETS, SETS)))
def test_a_household_uses_one_place_whatever_gives_it(
    stays: frozenset[str], plans: frozenset[str]
) -> None:
    found = SupportPlaces(10, 4, stays, plans)
    held = sum(name in stays or name in plans for name in PEOPLE)
    assert (found.used, found.free()) == (4 + held, 6 - held)
    for name in PEOPLE:
        mine = name in stays or name in plans
        assert found.free(but=name) == 6 - held + mine


@pytest.mark.parametrize("plans", SETS)
def test_no_plan_changes_what_the_engine_is_told(plans: frozenset[str]) -> None:
    assert SupportPlaces(10, 4, frozenset({"A1"}), plans).told_to_the_engine == 5


def test_an_agreement_that_promises_none_has_none_to_count() -> None:
    assert SupportPlaces(None, 0, frozenset(PEOPLE)).free() is None


def test_overbooked_is_told_as_it_is() -> None:
    assert SupportPlaces(2, 1, frozenset(PEOPLE)).free() == -2


def test_a_full_service_has_no_place_but_for_whom_it_has_one() -> None:
    full = SupportPlaces(10, 0, frozenset({"A1"}), is_service_full=True)
    assert (full.free(), full.free(but="A1"), full.free(but="A2")) == (0, 10, 0)
