"""Persons: one applicant per household, births that can be, numbers in the right form."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Array, Frame, positions
from allocation.exchange.limits import limits
from allocation.exchange.national_number import LAST_DAY, birth_parts


def check(draft: Draft) -> Iterator[Problem]:
    """What the rows of members say, alone and with their application."""
    members, applications = draft["household_members"], draft["applications"]
    if draft.is_known("applications") and draft.is_known("household_members"):
        yield from _applicants(members, applications)
    yield from _births(draft, members, applications)
    numbers = draft.national_numbers
    is_wrong = members.filled("national_number") & (numbers < 0)
    yield from members.problems_at(is_wrong, "national_number", "register.invalid_national_number")
    is_real = draft.register is not None and draft.register.kind == "real"
    yield from _numbers_and_births(members, numbers, is_real=is_real)


def _applicants(members: Frame, applications: Frame) -> Iterator[Problem]:
    at = members.rows_of(members["application_id"].tolist(), applications)
    is_applicant = members.is_choice("role", "applicant")
    counts = np.bincount(at[is_applicant & (at >= 0)], minlength=len(applications))
    yield from applications.problems_at(counts == 0, "application_id", "register.applicant_missing")
    seen: set[int] = set()
    for idx in positions(is_applicant & (at >= 0)):
        application = int(at[idx])
        if application in seen:
            yield members.problem(idx, "role", "register.applicant_twice")
        seen.add(application)


def _births(draft: Draft, members: Frame, applications: Frame) -> Iterator[Problem]:
    """Ages are taken at the meeting, or at registration when the meeting is not known."""
    born = members["born_on"]
    if draft.meeting_on is not None:
        on = np.full(len(members), np.datetime64(draft.meeting_on))
        yield from members.problems_at(
            born > on, "born_on", "register.born_after_meeting", meeting=draft.meeting_on
        )
    else:
        at = members.rows_of(members["application_id"].tolist(), applications)
        on = np.full(len(members), np.datetime64("NaT", "D"))
        if len(applications):
            on = np.where(at >= 0, applications["registered_on"][at], on)
    ages = on.astype("datetime64[Y]").astype(np.int64) - born.astype("datetime64[Y]").astype(
        np.int64
    )
    is_known = ~np.isnat(on) & ~np.isnat(born)
    oldest = limits().oldest_person_years
    for idx in positions(is_known & (ages > oldest)):
        yield members.problem(
            idx, "born_on", "register.member_too_old", age=ages[idx], oldest=oldest
        )


def _numbers_and_births(members: Frame, numbers: Array, *, is_real: bool) -> Iterator[Problem]:
    """The six first digits of a number are the birth date, as far as it was known."""
    usable = numbers >= 0
    year, month, day = birth_parts(numbers)
    if is_real:
        yield from members.problems_at(
            usable & (day > LAST_DAY), "national_number", "register.invented_number"
        )
    born_year, born_month, born_day = _parts(members["born_on"])
    differs = (year != born_year % 100) | (month != born_month)
    differs |= (day > 0) & (day <= LAST_DAY) & (day != born_day)
    is_compared = usable & members.filled("born_on") & (month > 0)
    yield from members.problems_at(
        is_compared & differs, "national_number", "register.number_of_another_birth"
    )


def _parts(days: Array) -> tuple[Array, Array, Array]:
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    in_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return years, months.astype(np.int64) % 12 + 1, in_month
