"""Offers under way and the ledger of the year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame, positions


def check(draft: Draft) -> Iterator[Problem]:
    """Open offers do not cross each other; the ledger is of the year of the meeting."""
    offers = draft["offers"]
    is_open = offers.is_choice("answer", "open")
    for name in ("dwelling_id", "application_id"):
        yield from _open_twice(offers, np.flatnonzero(is_open).tolist(), name)
    yield from offers.problems_at(
        is_open & offers.filled("answered_on"), "answer", "register.open_offer_answered"
    )
    yield from _ledger(draft)


def _open_twice(offers: Frame, open_rows: list[int], name: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for idx in open_rows:
        value = offers[name][idx]
        if value and first.setdefault(value, idx) != idx:
            before = offers.rows[first[value]]
            yield offers.problem(idx, name, "register.two_open_offers", value=value, first=before)


def _ledger(draft: Draft) -> Iterator[Problem]:
    ledger = draft["allocations_ytd"]
    yield from ledger.problems_at(
        ledger.is_choice("channel", "transfer") & ledger.is_choice("list", "candidate"),
        "channel",
        "register.channel_contradicts_list",
    )
    yield from ledger.problems_at(
        ledger.filled("undone_on") != ledger.filled("undone_for"),
        "undone_on",
        "register.undone_without_reason",
    )
    if draft.meeting_on is None:
        return
    days = ledger["decided_on"]
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    for idx in positions(~np.isnat(days) & (years < draft.meeting_on.year)):
        yield ledger.problem(
            idx,
            "decided_on",
            "register.ledger_other_year",
            day=days[idx],
            year=str(draft.meeting_on.year),
        )
