"""
Calendar arithmetic of the rules, for one date and for a column of dates.

A date that does not exist in the month of arrival falls on the first day of the next month: an
anniversary of 29 February is 1 March (key ``leap_anniversary``, U33).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Dates = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]

MONTHS_PER_YEAR = 12


def after_months(day: date, months: int) -> date:
    """The same day ``months`` later (earlier when negative).

    Examples
    --------
    >>> after_months(date(2024, 8, 31), 6)
    datetime.date(2025, 3, 1)
    >>> after_months(date(2020, 2, 29), 12)
    datetime.date(2021, 3, 1)
    """
    number = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    # Beyond the calendar of the machine: the far end is as good for any comparison.
    if number + 1 > date.max.year * MONTHS_PER_YEAR + date.max.month - 1:
        return date.max
    if number < date.min.year * MONTHS_PER_YEAR:
        return date.min
    first = date(number // MONTHS_PER_YEAR, number % MONTHS_PER_YEAR + 1, 1)
    following = number + 1
    next_first = date(following // MONTHS_PER_YEAR, following % MONTHS_PER_YEAR + 1, 1)
    return min(first + timedelta(days=day.day - 1), next_first)


def completed_years(since: date, on: date) -> int:
    """Full years from ``since`` to ``on`` (negative when ``on`` is earlier).

    Examples
    --------
    >>> completed_years(date(2020, 3, 1), date(2026, 2, 28))
    5
    """
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def after_months_each(days: Dates, months: int) -> Dates:
    """``after_months`` of every element; NaT stays NaT."""
    in_month = days.astype("datetime64[M]")
    nth = days - in_month.astype("datetime64[D]")
    target = in_month + np.timedelta64(months, "M")
    first = target.astype("datetime64[D]")
    following = (target + np.timedelta64(1, "M")).astype("datetime64[D]")
    moved: Dates = np.minimum(first + nth, following)
    return moved


def completed_years_each(since: Dates, on: date) -> Ints:
    """``completed_years`` of every element; NaT gives a meaningless number: mask it first."""
    known = np.where(np.isnat(since), np.datetime64(on, "D"), since)
    years = known.astype("datetime64[Y]")
    months = known.astype("datetime64[M]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    nth = (known - months.astype("datetime64[D]")).astype(np.int64) + 1
    year = years.astype(np.int64) + np.datetime64(0, "Y").astype(object).year
    not_yet = (on.month < month) | ((on.month == month) & (on.day < nth))
    full: Ints = on.year - year - not_yet
    return full
