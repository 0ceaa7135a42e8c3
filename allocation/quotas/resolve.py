"""From a legal share, a ledger and a forecast to the seats of one meeting, in whole numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

import numpy as np

from allocation.errors import HousingError
from allocation.model.meeting import Meeting
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.model.table import Table
from allocation.quotas.pacing import meeting_seats, whole_members
from allocation.quotas.rows import counts_transfers, ledger_rows
from allocation.rules.rulebook import Rulebook

LISTS = ("transfer", "candidate")  # by tier


class QuotaError(HousingError):
    """A quota cannot be turned into seats."""

    code = "quota.unresolved"


@dataclass(frozen=True)
class Offered:
    """Dwellings of this meeting that a base counts: all, vacated ones, by commune."""

    allocations: Mapping[str, int]
    vacated: Mapping[str, int]

    def of(self, base: str, nis5: str) -> int:
        """Dwellings offered in a base, in one commune or everywhere (``''``)."""
        return (self.vacated if base == "vacated" else self.allocations).get(nis5, 0)


@dataclass(frozen=True)
class Opened:
    """
    One quota before the meeting: its value, and what the ledger of the year already holds.

    ``whole``: seats of the year, when it is given so or follows from the year before.
    ``opening``: members already in the ledger. ``base_done``: the base before this meeting.
    ``counts_transfers``: whether transfers are members and in the base. ``places``: free
    accompaniment places that limit the seats. ``given_up``: seats that went to the general list
    or to another quota on the day its rule names; ``received``: seats that came so from others.
    """

    rule: QuotaRule
    share: Fraction | None
    mark: str
    whole: int | None
    opening: int
    base_done: int
    counts_transfers: bool
    places: int | None
    given_up: int = 0
    received: int = 0

    def counts(self, category: int, tier: int, agreements: Collection[str]) -> bool:
        """Whether it counts a household of that income category, list and presentations."""
        group, list_ = self.rule.group, LISTS[tier]
        return (
            (self.counts_transfers or list_ != "transfer")
            and (not group.income_categories or category in group.income_categories)
            and (not group.list or group.list == list_)
            and (not group.agreement_id or group.agreement_id in agreements)
        )


@dataclass(frozen=True)
class Resolved:
    """
    One quota ready for a meeting.

    As in ``Opened``; ``base_planned``: the base after this meeting. ``most``: limit of the
    period for a cap; below ``opening`` it was exceeded before.
    """

    rule: QuotaRule
    share: Fraction | None
    opening: int
    base_done: int
    base_planned: int
    counts_transfers: bool
    interim: int | None
    closing: int | None
    seats: int
    mark: str
    most: int | None = None
    whole: int | None = None
    places: int | None = None


def open_quota(register: Register, rule: QuotaRule, rulebook: Rulebook) -> Opened:
    """
    Read a quota's value from the rulebook and its ledger from the register.

    Raises
    ------
    QuotaError
        ``quota.unresolved``: the share has no value, or the register no meeting.
    """
    found = _before_gifts(register, rule, rulebook)
    received = sum(
        _given_up(register, other, rulebook)[1]
        for other in register.quotas
        if other.unused.policy == "reassign" and other.unused.to == rule.quota_id
    )
    if received:
        found = replace(found, whole=(found.whole or 0) + received, received=received)
    kept, given_up = _given_up(register, rule, rulebook)
    if kept is None:
        return found
    return replace(found, share=None, whole=kept, given_up=given_up)


def _before_gifts(register: Register, rule: QuotaRule, rulebook: Rulebook) -> Opened:
    """The quota as its own rule and the ledger make it."""
    meeting = meeting_of(register, rule)
    share, mark = share_of(rule, rulebook, meeting)
    behind = ledger_rows(register, rule, rulebook)
    whole = _period_seats(register, rule)
    if rule.previous_base is not None and share is not None:
        whole, share = whole_members(rule.kind, share, rule.previous_base), None
    if whole is not None:
        whole += rule.carried_in
    return Opened(
        rule,
        share,
        mark,
        whole,
        int(np.count_nonzero(behind.members)),
        int(np.count_nonzero(behind.base)),
        counts_transfers(rule, rulebook, meeting),
        free_places(register, rule),
    )


def _given_up(register: Register, rule: QuotaRule, rulebook: Rulebook) -> tuple[int | None, int]:
    """
    Seats of the year that a quota keeps, those filled on the day it gives up the others, and
    how many it gave up; ``(None, 0)`` before that day.
    """
    meeting, day = meeting_of(register, rule), rule.unused.on
    if day is None or not rule.unused.gives_up_on(meeting.meeting_on):
        return None, 0
    ledger = register["allocations_ytd"]
    eve = replace(meeting, meeting_on=day - timedelta(days=1))
    made = ledger["decided_on"] < np.datetime64(day)
    before = Table(ledger.schema, {name: cells[made] for name, cells in ledger.columns.items()})
    then = replace(register, meeting=eve, tables={**register.tables, ledger.schema.name: before})
    found = _before_gifts(then, rule, rulebook)
    whole = found.whole
    if whole is None:
        base = max(forecast_of(rule, meeting) or 0, found.base_done)
        whole = whole_members(rule.kind, found.share or Fraction(0), base)
    given_up = max(0, whole - found.opening)
    return whole - given_up, given_up


def meeting_of(register: Register, rule: QuotaRule) -> Meeting:
    """The meeting a quota is opened for; ``quota.unresolved`` without one."""
    if register.meeting is None:
        raise QuotaError("A register without meeting has no seats.", quota_id=rule.quota_id)
    return register.meeting


def as_read(rule: QuotaRule, rulebook: Rulebook, meeting: Meeting) -> QuotaRule:
    """The transfer share is a cap unless the SLSP reads the text as "at least"."""
    key = "quota.transfer_is_at_least"
    if rule.parameter != "quota.transfer_share":
        return rule
    is_at_least = rulebook.parameter(key, meeting.meeting_on, meeting.settings).value
    return replace(rule, kind="floor") if is_at_least else rule


def resolve(
    opened: Opened,
    meeting: Meeting,
    *,
    offered: Offered,
    transfers_served: Mapping[str, int],
) -> Resolved:
    """
    Seats of one quota at a meeting.

    ``transfers_served``: transfers served at this meeting, by commune (``''``: everywhere),
    taken off the base when the law leaves transfers out of it.
    """
    rule, share, whole = opened.rule, opened.share, opened.whole
    base_planned = opened.base_done + offered.of(rule.base, rule.nis5)
    if not opened.counts_transfers:
        base_planned -= transfers_served.get(rule.nis5, 0)
    interim, closing, seats = _seats(
        rule, meeting, share=share, whole=whole, opening=opened.opening, base_planned=base_planned
    )
    if opened.places is not None:
        seats = min(seats, opened.places)
    most = None
    if rule.kind == "cap" and rule.seats is None:
        most = whole
        if whole is None:
            most = whole_members("cap", share or Fraction(0), base_planned)
    bases = opened.opening, opened.base_done, base_planned, opened.counts_transfers
    return Resolved(
        rule, share, *bases, interim, closing, seats, opened.mark, most, whole, opened.places
    )


def share_of(rule: QuotaRule, rulebook: Rulebook, meeting: Meeting) -> tuple[Fraction | None, str]:
    """
    The share in force on the day of the meeting, and its evidence mark.

    Raises
    ------
    QuotaError
        ``quota.unresolved``: no step has begun, or the rulebook has no share of that name.
    """
    if not rule.parameter:
        share = rule.share_on(meeting.meeting_on)
        if rule.steps and share is None:
            raise QuotaError(f"No step of {rule.quota_id} has begun.", quota_id=rule.quota_id)
        return share, rule.mark
    found = rulebook.parameter(rule.parameter, meeting.meeting_on, meeting.settings)
    if isinstance(found.value, bool) or not isinstance(found.value, int | Fraction):
        raise QuotaError(
            f"{rule.parameter} has no share for {rule.quota_id}.", quota_id=rule.quota_id
        )
    return Fraction(found.value), found.mark


def _period_seats(register: Register, rule: QuotaRule) -> int | None:
    """Seats of the year, from the rule or from its agreement."""
    if not rule.from_agreement:
        return rule.period_seats
    agreements = register["agreements"]
    rows = agreements.index.get(rule.group.agreement_id)
    if not rows:
        raise QuotaError(f"{rule.quota_id} names an unknown agreement.", quota_id=rule.quota_id)
    return int(str(agreements.row(rows[0])["seats_per_year"] or 0))


def free_places(register: Register, rule: QuotaRule) -> int | None:
    """
    Accompaniment places an agreement has left today, never below zero.

    They limit the seats the agreement promises, and nothing else: a household it presents still
    competes on the list without the seat. ``None`` when the quota has no agreement's seats or
    the agreement promises no accompaniment.
    """
    if not rule.from_agreement:
        return None
    agreements = register["agreements"]
    row = agreements.row(agreements.index[rule.group.agreement_id][0])
    if row["accompaniment_places"] is None:
        return None
    used = int(str(row["accompaniment_used"] or 0))
    return max(0, int(str(row["accompaniment_places"])) - used)


def _seats(
    rule: QuotaRule,
    meeting: Meeting,
    *,
    share: Fraction | None,
    whole: int | None,
    opening: int,
    base_planned: int,
) -> tuple[int | None, int | None, int]:
    """Interim, closing and seats (``science.md`` 1.3), exact integers."""
    if rule.seats is not None:
        return None, None, rule.seats
    return meeting_seats(
        rule.kind,
        share=share or Fraction(0),
        whole=whole,
        opening=opening,
        planned=base_planned,
        forecast=forecast_of(rule, meeting),
        pacing=meeting.pacing,
    )


def forecast_of(rule: QuotaRule, meeting: Meeting) -> int | None:
    """The base of the whole year that the company expects; ``None`` when it has said nothing."""
    if meeting.forecast is None or rule.nis5:
        return None
    if rule.base == "vacated":
        return meeting.forecast.vacated
    return meeting.forecast.allocations
