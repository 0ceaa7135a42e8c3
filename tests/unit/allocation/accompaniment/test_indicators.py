"""Indicators of modality: each with its denominator, and nothing small leaves the service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.accompaniment.contacts import Retention, Weeks
from allocation.accompaniment.indicators import (
    ExitSeen,
    Indicator,
    PlanSeen,
    ReviewSeen,
    indicators,
    published,
)

DAY = date(2026, 1, 10)


def a_plan(**changes: Any) -> PlanSeen:
    values: dict[str, Any] = {
        "state": "active", "first_contact_on": DAY, "first_met_on": date(2026, 1, 13),
        "n_objectives": 2, "n_own_words": 2, "accompanier_changes": 0,
        "contacts_of_household": 3, "contacts_of_service": 1, "reviews": (),
        "entered_home_on": None, "left_home_on": None, "offered_alternative": False,
    }  # fmt: skip
    return PlanSeen(**(values | changes))


def a_review(**changes: Any) -> ReviewSeen:
    values: dict[str, Any] = {
        "on": DAY, "due_on": DAY, "household_present": True, "obstacles": frozenset(),
        "resolved": frozenset(),
    }  # fmt: skip
    return ReviewSeen(**(values | changes))


def told(*plans: PlanSeen, **changes: Any) -> dict[str, tuple[int | None, int | None]]:
    values: dict[str, Any] = {
        "referrals_answered": 3, "referrals": 4, "supervision_hours": 35,
        "full_time_hundredths": 350, "weeks": Weeks(9, 10),
        "homes": [Retention(12, 8, 9), Retention(24, 4, 5)],
        "companies": 3, "companies_with_worker": 2,
    }  # fmt: skip
    return {one.code: (one.n, one.of) for one in indicators(plans, **(values | changes))}


def test_the_median_counts_only_who_was_met() -> None:
    days = [(1, 12), (4, 10), (9, 19)]
    plans = [a_plan(first_met_on=date(2026, 1, met)) for _, met in days]
    found = told(*plans, a_plan(first_met_on=None))
    assert found["days_to_first_meeting"] == (2, 3)
    assert told()["days_to_first_meeting"] == (None, 0)


def test_objectives_in_the_households_words_are_counted_among_plans_that_have_some() -> None:
    found = told(a_plan(), a_plan(n_own_words=1), a_plan(n_objectives=0, n_own_words=0))
    assert found["objectives_in_own_words"] == (1, 2)


def test_leaving_support_and_staying_in_it_are_told_side_by_side() -> None:
    housed = {"entered_home_on": DAY}
    found = told(
        a_plan(state="withdrawn_by_household", **housed),
        a_plan(state="withdrawn_by_household", left_home_on=DAY, **housed),
        a_plan(state="active", **housed),
        a_plan(state="withdrawn_by_household"),
    )
    assert found["home_kept_after_leaving"] == (1, 2)
    assert found["home_kept_in_support"] == (1, 1)


def test_a_review_is_on_time_only_with_the_household() -> None:
    found = told(
        a_plan(
            reviews=(
                a_review(),
                a_review(household_present=False),
                a_review(on=date(2026, 1, 11)),
                a_review(due_on=None),
            )
        )
    )
    assert found["reviews_on_time_with_household"] == (1, 3)


def test_an_obstacle_is_resolved_in_the_plan_that_met_it() -> None:
    late, gone = frozenset({"works_late"}), frozenset({"works_late", "no_transport"})
    found = told(
        a_plan(reviews=(a_review(obstacles=late), a_review(resolved=gone))),
        a_plan(reviews=(a_review(obstacles=late),)),
    )
    assert found["obstacles_resolved"] == (1, 2)


def test_work_and_homes_have_their_denominators() -> None:
    found = told(a_plan(state="ended_by_service", offered_alternative=True))
    assert found["supervision_per_full_time"] == (10, 3)
    assert told(full_time_hundredths=0)["supervision_per_full_time"] == (None, None)
    assert found["referrals_answered"] == (3, 4)
    assert found["alternative_offered_by_service"] == (1, 1)
    assert found["contacts_proposed_by_household"] == (3, 4)
    assert found["housing_first_weeks_met"] == (9, 10)
    assert (found["homes_kept_12_months"], found["homes_kept_24_months"]) == ((8, 9), (4, 5))


def test_companies_with_a_social_worker_are_counted_among_companies() -> None:
    assert told()["companies_with_social_worker"] == (2, 3)


def test_every_end_of_a_stay_is_in_the_denominator_and_counts_once() -> None:
    exits = [ExitSeen(0), ExitSeen(1), ExitSeen(3), ExitSeen(0)]
    assert told(exits=exits)["exits_with_alternative_accepted"] == (2, 4)
    assert told()["exits_with_alternative_accepted"] == (0, 0)


@given(st.integers(0, 60), st.integers(0, 60))
def test_no_cell_under_ten_leaves_nor_one_to_be_had_by_subtraction(n: int, of: int) -> None:
    n = min(n, of)
    out = Indicator("x", n, of).published()
    if out.n is not None and out.of is not None:
        assert all(cell == 0 or cell >= 10 for cell in (out.n, out.of - out.n))
        assert out.of >= 10
    if of < 10:
        assert (out.n, out.of) == (None, None)


@pytest.mark.parametrize("n", [0, 3, 40])
def test_a_median_is_shown_when_it_is_taken_of_ten(n: int) -> None:
    found = Indicator("days_to_first_meeting", n, 10)
    assert published([found]) == (found,)
    assert published([replace(found, of=9)]) == (replace(found, n=None, of=None),)
