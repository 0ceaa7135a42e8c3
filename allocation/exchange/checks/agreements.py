"""Agreements: what rests on them while they are in force, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Array, Frame, positions
from allocation.model import MISSING_INTEGER


def check(draft: Draft) -> Iterator[Problem]:
    """Agreements, the dwellings they hold, the candidates presented under them."""
    agreements = draft["agreements"]
    used, places = agreements["accompaniment_used"], agreements["accompaniment_places"]
    is_known = (used != MISSING_INTEGER) & (places != MISSING_INTEGER)
    yield from agreements.problems_at(
        is_known & (used > places), "accompaniment_used", "register.places_exceeded"
    )
    if draft.register is not None and draft.register.kind == "real":
        yield from agreements.problems_at(
            agreements.is_choice("basis", "fictional"), "basis", "register.fictional_basis"
        )
    is_bare = ~agreements.filled("legal_article") & ~agreements.filled("authorising_act")
    yield from agreements.problems_at(
        agreements.is_choice("basis", "recorded") & is_bare, "basis", "register.basis_not_recorded"
    )
    yield from _vacancies_held(draft, agreements)
    yield from _presentations(draft["presentations"], agreements)


def _vacancies_held(draft: Draft, agreements: Frame) -> Iterator[Problem]:
    """A dwelling is held by an agreement in force on the day of the meeting."""
    vacancies = draft["vacancies"]
    if draft.meeting_on is None:
        return
    at = vacancies.rows_of(vacancies["agreement_id"].tolist(), agreements)
    on = np.full(len(vacancies), np.datetime64(draft.meeting_on))
    for idx in positions(_outside(agreements, at, on)):
        yield vacancies.problem(
            idx,
            "agreement_id",
            "register.agreement_not_in_force",
            value=vacancies["agreement_id"][idx],
            start=agreements["in_force_from"][at[idx]],
            end=_end(agreements, at[idx]),
            meeting=draft.meeting_on,
        )


def _presentations(presentations: Frame, agreements: Frame) -> Iterator[Problem]:
    yield from presentations.problems_at(
        ~presentations.filled("household_agreed_on"),
        "household_agreed_on",
        "register.presented_without_agreement",
    )
    at = presentations.rows_of(presentations["agreement_id"].tolist(), agreements)
    for idx in positions(_outside(agreements, at, presentations["presented_on"])):
        yield presentations.problem(
            idx,
            "presented_on",
            "register.presented_outside_agreement",
            value=presentations["agreement_id"][idx],
            day=presentations["presented_on"][idx],
            start=agreements["in_force_from"][at[idx]],
            end=_end(agreements, at[idx]),
        )


def _outside(agreements: Frame, at: Array, on: Array) -> Array:
    """Mask of the rows whose agreement (position, -1 none) is known and not in force that day."""
    if not len(agreements):
        return np.zeros(len(at), dtype=bool)
    start, end = agreements["in_force_from"][at], agreements["in_force_to"][at]
    return (at >= 0) & ((on < start) | (on > end))


def _end(agreements: Frame, idx: int) -> str:
    end = agreements["in_force_to"][idx]
    return "…" if np.isnat(end) else str(end)
