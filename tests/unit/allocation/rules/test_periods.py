"""Months and years as people count them, one date or a column."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.rules.periods import (
    after_months,
    after_months_each,
    completed_years,
    completed_years_each,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 8, 31), 6, date(2025, 3, 1)),
        (date(2024, 1, 31), 1, date(2024, 3, 1)),
        (date(2023, 8, 31), 6, date(2024, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(9999, 12, 31), 12, date(9999, 12, 31)),
        (date(1, 1, 31), -1, date(1, 1, 1)),
    ],
)
def test_a_day_that_does_not_exist_falls_on_the_first_of_the_next_month(
    day: date, months: int, expected: date
) -> None:
    assert after_months(day, months) == expected


def test_a_year_is_full_on_the_anniversary_and_not_the_day_before() -> None:
    assert completed_years(date(2020, 3, 1), date(2026, 2, 28)) == 5
    assert completed_years(date(2020, 3, 1), date(2026, 3, 1)) == 6


@given(DAYS, st.integers(0, 120))
def test_the_anniversary_is_the_first_day_of_the_full_year(born_on: date, years: int) -> None:
    birthday = after_months(born_on, 12 * years)
    assert completed_years(born_on, birthday) == years
    assert completed_years(born_on, birthday - timedelta(days=1)) == years - 1


@given(st.lists(DAYS, min_size=1, max_size=20), st.integers(-300, 300), DAYS)
def test_a_column_counts_as_each_date_alone(days: list[date], months: int, on: date) -> None:
    column = np.array(days, dtype="datetime64[D]")
    assert after_months_each(column, months).tolist() == [after_months(d, months) for d in days]
    years = completed_years_each(column, on).tolist()
    assert years == [completed_years(d, on) for d in days]


def test_an_unknown_date_stays_unknown() -> None:
    assert np.isnat(after_months_each(np.array(["NaT"], dtype="datetime64[D]"), 6)).all()


def test_e01_an_application_of_2005_has_five_full_years_in_2010() -> None:
    """Published example; 2010 is before the tables of 2013, so only its seniority is checked."""
    assert completed_years(date(2005, 6, 1), date(2010, 12, 31)) == 5
