"""Persons: one applicant per household, births that can be, numbers in the right form."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.checks.applications import compact
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Array, Frame, positions
from allocation.exchange.limits import limits

_BIS_MONTHS = 20  # a bis number adds 20 or 40 to the month
_LAST_MONTH, _LAST_DAY = 12, 31
_DIGITS, _MODULUS, _MILLENNIUM = 11, 97, 2_000_000_000


def check(draft: Draft) -> Iterator[Problem]:
    """What the rows of members say, alone and with their application."""
    members, applications = draft["household_members"], draft["applications"]
    if draft.is_known("applications") and draft.is_known("household_members"):
        yield from _applicants(members, applications)
    yield from _births(draft, members, applications)
    born_by = draft.meeting_on.year if draft.meeting_on is not None else None
    digits = _well_formed(members, born_by)
    is_wrong = members.filled("national_number") & (digits < 0)
    yield from members.problems_at(is_wrong, "national_number", "register.invalid_national_number")
    is_real = draft.register is not None and draft.register.kind == "real"
    yield from _numbers_and_births(members, digits, is_real=is_real)


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


def _well_formed(members: Frame, born_by: int | None) -> Array:
    """
    National and bis numbers as integers of 11 digits, -1 where empty or not well-formed.

    The check digits are the ones of python-stdnum, which is asked for every number that the
    arithmetic on whole columns does not settle: a large register has 100,000 of them.
    """
    from stdnum.be import bis, nn

    written = [compact(n) for n in members["national_number"].tolist()]
    found = np.array([int(n) if _is_eleven(n) else -1 for n in written], dtype=np.int64)
    for idx in np.flatnonzero((found >= 0) & ~_is_settled(found, born_by)).tolist():
        if not (nn.is_valid(written[idx]) or bis.is_valid(written[idx])):
            found[idx] = -1
    return found


def _is_eleven(number: str) -> bool:
    return len(number) == _DIGITS and number.isascii() and number.isdigit()


def _is_settled(numbers: Array, born_by: int | None) -> Array:
    """
    Mask of the numbers surely well-formed: check digits and month right.

    From 2000 a 2 stands before the nine digits; that century is only taken for granted up to
    the year of the meeting.
    """
    root, check = numbers // 100, numbers % 100
    is_of_1900 = _MODULUS - root % _MODULUS == check
    is_of_2000 = _MODULUS - (_MILLENNIUM + root) % _MODULUS == check
    if born_by is None:
        is_of_2000[:] = False
    else:
        is_of_2000 &= root // 10_000_000 + 2000 <= born_by
    month = root // 100_000 % 100
    is_month = (month % _BIS_MONTHS <= _LAST_MONTH) & (month // _BIS_MONTHS <= 2)
    return np.asarray((is_of_1900 | is_of_2000) & is_month & (root > 0))


def _numbers_and_births(members: Frame, numbers: Array, *, is_real: bool) -> Iterator[Problem]:
    """The six first digits of a number are the birth date, as far as it was known."""
    usable, digits = numbers >= 0, numbers // 100_000
    year, month, day = digits // 10_000, digits // 100 % 100 % _BIS_MONTHS, digits % 100
    if is_real:
        yield from members.problems_at(
            usable & (day > _LAST_DAY), "national_number", "register.invented_number"
        )
    born_year, born_month, born_day = _parts(members["born_on"])
    differs = (year != born_year % 100) | (month != born_month)
    differs |= (day > 0) & (day <= _LAST_DAY) & (day != born_day)
    is_compared = usable & members.filled("born_on") & (month > 0)
    yield from members.problems_at(
        is_compared & differs, "national_number", "register.number_of_another_birth"
    )


def _parts(days: Array) -> tuple[Array, Array, Array]:
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    in_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return years, months.astype(np.int64) % 12 + 1, in_month
