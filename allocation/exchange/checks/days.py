"""Dates that cannot be: out of any plausible range, in the future of the meeting, reversed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame, positions
from allocation.exchange.limits import limits

# What has happened cannot bear a date after the meeting that looks at it.
PAST_DATES = {
    "applications": (
        "registered_on",
        "last_confirmed_on",
        "appeal_won_on",
        "transfer_requested_on",
        "tenant_since_on",
    ),
    "facts": ("issued_on",),
    "presentations": ("presented_on", "household_agreed_on"),
    "offers": ("made_on", "answered_on"),
    "allocations_ytd": ("decided_on", "undone_on"),
}

# (table, the day that comes first, the day that comes after or on the same day)
ORDERED_DATES = (
    ("applications", "registered_on", "last_confirmed_on"),
    ("applications", "tenant_since_on", "transfer_requested_on"),
    ("vacancies", "vacated_on", "available_on"),
    ("agreements", "in_force_from", "in_force_to"),
    ("offers", "made_on", "answered_on"),
)


def check(draft: Draft) -> Iterator[Problem]:
    """Every date of every table but births, which are checked with the persons."""
    for frame in draft.frames.values():
        for column in frame.schema.columns:
            if column.kind == "date" and column.name != "born_on":
                yield from _out_of_range(frame, column.name)
    meeting = draft.meeting_on
    if meeting is not None:
        for table, columns in PAST_DATES.items():
            for name in columns:
                frame = draft[table]
                for idx in positions(frame[name] > np.datetime64(meeting)):
                    day = frame[name][idx]
                    yield frame.problem(
                        idx, name, "register.after_meeting", day=day, meeting=meeting
                    )
    for table, before, after in ORDERED_DATES:
        yield from _reversed(draft[table], before, after)


def _out_of_range(frame: Frame, name: str) -> Iterator[Problem]:
    days = frame[name]
    earliest, latest = np.datetime64(limits().earliest_day), np.datetime64(limits().latest_day)
    for idx in positions((days < earliest) | (days > latest)):
        yield frame.problem(idx, name, "register.day_out_of_range", day=days[idx])


def _reversed(frame: Frame, before: str, after: str) -> Iterator[Problem]:
    for idx in positions(frame[after] < frame[before]):
        yield frame.problem(
            idx,
            after,
            "register.dates_reversed",
            day=frame[after][idx],
            other=before,
            other_day=frame[before][idx],
        )
