"""The register's own file and the meeting: who, when, under which settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.limits import limits
from allocation.exchange.outline import Outline, Path_
from allocation.model import Meeting

# The two rules of matching: whom floors serve first, then places filled or not, then the order.
LEVELS = (("floors", "priority", "fit"), ("floors", "units", "priority", "fit"))
TWO_PERSONS = 2


def check(draft: Draft) -> Iterator[Problem]:
    """The meeting against itself, the register, the ledger and the rulebook."""
    yield from _confirmations(draft)
    outline, meeting = draft.source.outlines.get("meeting"), draft.meeting
    if outline is None:
        if "meeting" not in draft.source.unreadable:
            name = draft.source.names["meeting"]
            yield Problem.at(name, 0, "", "register.no_meeting", file=name)
        return
    if meeting is None:
        return
    if draft.register is not None and draft.register.slsp_id != meeting.slsp_id:
        yield outline.problem(
            ("slsp_id",),
            "register.slsp_mismatch",
            value=meeting.slsp_id,
            expected=draft.register.slsp_id,
        )
    yield from _form(outline, meeting)
    yield from _decided(outline, meeting)
    yield from _forecast(outline, meeting, draft)
    yield from _settings(outline, meeting, draft)


def _confirmations(draft: Draft) -> Iterator[Problem]:
    """A confirmation is of two different persons (the guard counts only complete ones)."""
    outline = draft.source.outlines.get("register")
    if outline is None or draft.register is None:
        return
    for idx, entry in enumerate(draft.register.confirmations):
        names = {name.strip().casefold() for name in entry.confirmed_by if name.strip()}
        if len(names) < TWO_PERSONS or not entry.source.strip():
            yield outline.problem(
                ("confirmations", idx), "register.confirmation_incomplete", value=entry.key[:60]
            )


def _form(outline: Outline, meeting: Meeting) -> Iterator[Problem]:
    if meeting.levels not in LEVELS:
        valid = " | ".join(", ".join(levels) for levels in LEVELS)
        yield outline.problem(("levels",), "register.unknown_levels", expected=valid)
    shortest = limits().shortest_secret_digits
    if not re.fullmatch(rf"[0-9a-fA-F]{{{shortest},}}", meeting.pseudonym_secret):
        yield outline.problem(("pseudonym_secret",), "register.secret_too_weak", shortest=shortest)


def _decided(outline: Outline, meeting: Meeting) -> Iterator[Problem]:
    """Settings are fixed before the meeting, never after names are seen."""
    decided: list[tuple[Path_, date | None]] = [
        (("settings_decided_on",), meeting.settings_decided_on),
        (("forecast", "made_on"), meeting.forecast.made_on if meeting.forecast else None),
    ]
    decided += [
        (("settings", idx, "decided_on"), setting.decided_on)
        for idx, setting in enumerate(meeting.settings)
    ]
    for path, day in decided:
        if day is not None and day > meeting.meeting_on:
            yield outline.problem(
                path, "register.after_meeting", day=day, meeting=meeting.meeting_on
            )


def _forecast(outline: Outline, meeting: Meeting, draft: Draft) -> Iterator[Problem]:
    """The forecast is of the whole year, what is done included."""
    if meeting.forecast is None:
        return
    ledger = draft["allocations_ytd"]
    counts = ~ledger.filled("undone_on")
    done = {
        "allocations": int(np.count_nonzero(counts)),
        "vacated": int(np.count_nonzero(counts & ledger.is_choice("origin", "vacated"))),
    }
    for name, n_done in done.items():
        expected = getattr(meeting.forecast, name)
        if expected < n_done:
            yield outline.problem(
                ("forecast", name),
                "register.forecast_below_ledger",
                value=expected,
                done=n_done,
                file=ledger.where,
            )


def _settings(outline: Outline, meeting: Meeting, draft: Draft) -> Iterator[Problem]:
    from allocation.rules.rulebook import RulebookError

    if draft.rulebook is None:
        name = meeting.rulebook[:60]
        yield outline.problem(("rulebook",), "register.unknown_rulebook", value=name)
        return
    if not draft.rules_are_in_force:
        day = meeting.meeting_on
        yield outline.problem(("meeting_on",), "register.no_rule_in_force", day=day)
        return
    seen: set[str] = set()
    for idx, setting in enumerate(meeting.settings):
        path: Path_ = ("settings", idx, "key")
        if setting.key in seen:
            yield outline.problem(path, "register.setting_twice", value=setting.key)
        seen.add(setting.key)
        try:
            draft.rulebook.check_settings([setting])
        except RulebookError as error:
            code = {
                "rule.value_not_allowed": "register.setting_value",
                "rule.not_a_switch": "register.setting_fixed_by_law",
                "rule.ambiguous_switch": "register.setting_ambiguous",
            }.get(error.code, "register.unknown_setting")
            yield outline.problem(path, code, value=setting.key[:60], given=str(setting.value))
