"""Numbers that cannot be negative, and incomes that may."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame
from allocation.model import MISSING_INTEGER

BELOW_ZERO = {("dwellings", "floor")}  # a basement
INCOMES = ("taxable_income_cents", "current_income_cents")


def check(draft: Draft) -> Iterator[Problem]:
    """Counts and amounts are zero or more; a self-employed person may have lost money."""
    members = draft["household_members"]
    for table, frame in draft.frames.items():
        for column in frame.schema.columns:
            if column.kind not in ("integer", "cents") or (table, column.name) in BELOW_ZERO:
                continue
            values = frame[column.name]
            is_negative = (values < 0) & (values != MISSING_INTEGER)
            if frame is members and column.name in INCOMES:
                yield from _losses(members, column.name, is_negative)
            else:
                yield from frame.problems_at(is_negative, column.name, "register.negative_number")
    yield from _years(draft, members)


def _losses(members: Frame, name: str, is_negative: np.ndarray) -> Iterator[Problem]:
    is_self_employed = members.is_choice("is_self_employed", "yes")
    yield from members.problems_at(
        is_negative & ~is_self_employed, name, "register.negative_income"
    )
    yield from members.problems_at(
        is_negative & is_self_employed, name, "register.negative_income_self_employed"
    )


def _years(draft: Draft, members: Frame) -> Iterator[Problem]:
    """An income belongs to a year that has begun."""
    years = members["income_year"]
    has_income = members.filled("taxable_income_cents")
    yield from members.problems_at(
        has_income & (years == MISSING_INTEGER), "income_year", "register.income_without_year"
    )
    if draft.meeting_on is not None:
        latest = draft.meeting_on.year
        yield from members.problems_at(
            years > latest, "income_year", "register.income_year_ahead", latest=str(latest)
        )
