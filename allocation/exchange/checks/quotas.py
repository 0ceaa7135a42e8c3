"""Quotas: one quantity each, about something that exists, possible together."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from allocation.errors import Problem
from allocation.exchange.cells import suggestion
from allocation.exchange.checks.places import commune_fault
from allocation.exchange.checks.quota_years import year_problems
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame
from allocation.exchange.outline import Outline, Path_
from allocation.exchange.reading import PlacedQuota
from allocation.model import MISSING_INTEGER, TABLE_BY_NAME, Group, QuotaRule

INCOME_CATEGORIES = tuple(
    int(c) for c in TABLE_BY_NAME["allocations_ytd"].column("income_category").choices
)
# Columns of an agreement that a quota of that kind is computed from.
AGREEMENT_COLUMNS = {
    "seats_per_year": ("seats_per_year",),
}


def check(draft: Draft) -> Iterator[Problem]:
    """Every quota alone, then all of them together."""
    outline = draft.source.outlines.get("quotas")
    if outline is None:
        return
    first: dict[str, Path_] = {}
    for placed in draft.quotas:
        quota_id = placed.quota.quota_id
        if first.setdefault(quota_id, placed.path) is not placed.path:
            yield outline.problem((*placed.path, "id"), "register.quota_twice", value=quota_id)
        yield from _quantity(outline, placed)
        yield from _group(outline, placed)
        if draft.is_known("agreements"):
            yield from _agreement(outline, placed, draft["agreements"])
            yield from _in_force(outline, placed, draft)
        yield from _hard_floor(outline, placed, draft)
        yield from _parameter(outline, placed, draft)
    yield from year_problems(outline, draft)
    yield from _together(outline, draft.quotas)


def _quantity(outline: Outline, placed: PlacedQuota) -> Iterator[Problem]:
    quota = placed.quota
    given = {
        "share": quota.share is not None,
        "steps": bool(quota.steps),
        "parameter": bool(quota.parameter),
        "seats": quota.seats is not None,
        "period_seats": quota.period_seats is not None,
        "from_agreement": bool(quota.from_agreement),
    }
    if sum(given.values()) != 1:
        found = ", ".join(name for name, is_given in given.items() if is_given) or "–"
        yield outline.problem(
            placed.path, "register.quota_quantity", found=found, choices=", ".join(given)
        )


def _group(outline: Outline, placed: PlacedQuota) -> Iterator[Problem]:
    group = placed.quota.group
    for idx, category in enumerate(group.income_categories):
        if category not in INCOME_CATEGORIES:
            path = (*placed.path, "group", "income_categories", idx)
            valid = ", ".join(str(c) for c in INCOME_CATEGORIES)
            yield outline.problem(path, "register.unknown_value", value=category, suggestion=valid)
    channels = TABLE_BY_NAME["allocations_ytd"].column("channel").choices
    for idx, channel in enumerate(placed.quota.channels):
        if channel not in channels:
            path = (*placed.path, "group", "channels", idx)
            nearest = suggestion(channel[:60], channels)
            yield outline.problem(
                path, "register.unknown_value", value=channel[:60], suggestion=nearest
            )
    counts_everyone = group == Group() and not placed.quota.is_of_the_ledger
    if counts_everyone and not placed.quota.nis5:
        yield outline.problem(placed.path, "register.quota_counts_everyone")
    if placed.quota.nis5:
        fault = commune_fault(placed.quota.nis5)
        if fault:
            yield outline.problem((*placed.path, "nis5"), fault.code, **dict(fault.facts))


def _agreement(outline: Outline, placed: PlacedQuota, agreements: Frame) -> Iterator[Problem]:
    quota, group = placed.quota, (*placed.path, "group")
    agreement = quota.group.agreement_id
    named = [((*group, "agreement_id"), agreement)] if agreement else []
    named += [((*group, "agreement_ids", n), a) for n, a in enumerate(quota.agreement_ids)]
    for path, name in named:
        if name not in agreements.first_row_of:
            yield outline.problem(
                path,
                "register.unknown_reference",
                value=name,
                file=agreements.where,
                identifier="agreement_id",
            )
    if not quota.from_agreement:
        return
    if not agreement:
        yield outline.problem((*placed.path, "from_agreement"), "register.quota_without_agreement")
    elif agreement in agreements.first_row_of:
        idx = agreements.first_row_of[agreement]
        for column in AGREEMENT_COLUMNS[quota.from_agreement]:
            if agreements[column][idx] == MISSING_INTEGER:
                yield agreements.problem(
                    idx, column, "register.agreement_without_places", quota=quota.quota_id
                )


def _in_force(outline: Outline, placed: PlacedQuota, draft: Draft) -> Iterator[Problem]:
    """Nobody has a seat under an agreement that has ended or has not begun."""
    agreements, meeting = draft["agreements"], draft.meeting_on
    idx = agreements.first_row_of.get(placed.quota.group.agreement_id)
    if idx is None or meeting is None:
        return
    start, end = agreements["in_force_from"][idx], agreements["in_force_to"][idx]
    if np.datetime64(meeting) < start or np.datetime64(meeting) > end:
        yield outline.problem(
            (*placed.path, "group", "agreement_id"),
            "register.agreement_not_in_force",
            value=placed.quota.group.agreement_id,
            start=start,
            end="…" if np.isnat(end) else end,
            meeting=meeting,
        )


def _hard_floor(outline: Outline, placed: PlacedQuota, draft: Draft) -> Iterator[Problem]:
    """Seats never to be missed cannot be more than the dwellings to let."""
    quota, vacancies, dwellings = placed.quota, draft["vacancies"], draft["dwellings"]
    if quota.kind != "floor" or not quota.is_hard or quota.seats is None:
        return
    at = vacancies.rows_of(vacancies["dwelling_id"].tolist(), dwellings)
    counted = at >= 0
    if quota.nis5 and len(dwellings):
        counted &= dwellings["nis5"][at] == quota.nis5
    free = int(np.count_nonzero(counted))
    if quota.seats > free:
        yield outline.problem(
            (*placed.path, "seats"), "register.hard_floor_too_high", value=quota.seats, free=free
        )


def _parameter(outline: Outline, placed: PlacedQuota, draft: Draft) -> Iterator[Problem]:
    key, rulebook = placed.quota.parameter, draft.rulebook
    if not key or rulebook is None:
        return
    table = key.rpartition(".")[0]
    if key not in rulebook.parameters and table not in rulebook.parameters:
        shares = [k for k, d in rulebook.parameters.items() if d.type == "share"]
        yield outline.problem(
            (*placed.path, "parameter"),
            "register.unknown_parameter",
            value=key[:60],
            suggestion=suggestion(key[:60], shares),
        )


def _together(outline: Outline, quotas: tuple[PlacedQuota, ...]) -> Iterator[Problem]:
    """Floors of groups that share nobody cannot ask for more than the whole of their base."""
    totals: dict[tuple[str, str], tuple[Fraction, set[int]]] = {}
    for placed in quotas:
        quota = placed.quota
        categories = set(quota.group.income_categories)
        if quota.kind != "floor" or quota.share is None or not _is_by_income_alone(quota):
            continue
        base = (quota.base, quota.nis5)
        total, taken = totals.get(base, (Fraction(0), set()))
        if taken & categories:
            continue
        total += quota.share
        totals[base] = (total, taken | categories)
        if total > 1:
            yield outline.problem(
                (*placed.path, "share"), "register.floors_exceed_whole", total=str(total)
            )


def _is_by_income_alone(quota: QuotaRule) -> bool:
    group = quota.group
    return bool(group.income_categories) and not group.list and not group.agreement_id
