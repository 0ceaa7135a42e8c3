"""From a legal share, a ledger and a forecast to the seats of one meeting, in whole numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np
import numpy.typing as npt

from allocation.errors import HousingError
from allocation.model.meeting import Meeting
from allocation.model.quota import Group, QuotaRule
from allocation.model.register import Register
from allocation.quotas.pacing import meeting_seats
from allocation.rules.rulebook import Rulebook

DEROGATIONS = "derogation_"
LISTS = ("transfer", "candidate")  # by tier

Flags = npt.NDArray[np.bool_]


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

    ``whole``: seats of the year, when it is given so. ``opening``: members already in the
    ledger. ``base_done``: the base before this meeting. ``counts_transfers``: whether transfers
    are members and in the base. ``places``: free accompaniment places that limit the seats.
    """

    rule: QuotaRule
    share: Fraction | None
    mark: str
    whole: int | None
    opening: int
    base_done: int
    counts_transfers: bool
    places: int | None

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


@dataclass(frozen=True, eq=False)
class LedgerRows:
    """Rows of the ledger behind a quota: its members and its base; each (n,) bool."""

    members: Flags
    base: Flags


def open_quota(register: Register, rule: QuotaRule, rulebook: Rulebook) -> Opened:
    """
    Read a quota's value from the rulebook and its ledger from the register.

    Raises
    ------
    QuotaError
        ``quota.unresolved``: the share has no value, or the register no meeting.
    """
    meeting = register.meeting
    if meeting is None:
        raise QuotaError("A register without meeting has no seats.", quota_id=rule.quota_id)
    share, mark = _share(rule, rulebook, meeting)
    with_transfers = counts_transfers(rule, rulebook, meeting)
    behind = ledger_rows(register, rule, rulebook)
    return Opened(
        rule,
        share,
        mark,
        _period_seats(register, rule),
        int(np.count_nonzero(behind.members)),
        int(np.count_nonzero(behind.base)),
        with_transfers,
        free_places(register, rule),
    )


def ledger_rows(register: Register, rule: QuotaRule, rulebook: Rulebook) -> LedgerRows:
    """The allocations of the year that a quota counts, and those its share is taken of."""
    with_transfers = register.meeting is None or counts_transfers(rule, rulebook, register.meeting)
    counted = _counted(register, rule, rulebook, with_transfers=with_transfers)
    members = counted & _members(register, rule.group)
    if rule.base == "vacated":
        counted &= _is(register, "origin", "vacated")
    return LedgerRows(members, counted)


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
        most = whole if whole is not None else floor((share or Fraction(0)) * base_planned)
    bases = opened.opening, opened.base_done, base_planned, opened.counts_transfers
    return Resolved(
        rule, share, *bases, interim, closing, seats, opened.mark, most, whole, opened.places
    )


def _share(rule: QuotaRule, rulebook: Rulebook, meeting: Meeting) -> tuple[Fraction | None, str]:
    if not rule.parameter:
        return rule.share, rule.mark
    found = rulebook.parameter(rule.parameter, meeting.meeting_on, meeting.settings)
    if isinstance(found.value, bool) or not isinstance(found.value, int | Fraction):
        raise QuotaError(
            f"{rule.parameter} has no share for {rule.quota_id}.", quota_id=rule.quota_id
        )
    return Fraction(found.value), found.mark


def counts_transfers(rule: QuotaRule, rulebook: Rulebook, meeting: Meeting) -> bool:
    """Whether transfers are members of the quota and part of its base (U16)."""
    if rule.group.list or rule.group.agreement_id:
        return True
    key = "quota.count_transfers"
    return bool(rulebook.parameter(key, meeting.meeting_on, meeting.settings).value)


def _is(register: Register, column: str, value: str) -> Flags:
    """Rows of the ledger whose column holds that value."""
    ledger = register["allocations_ytd"]
    kind = ledger.schema.column(column)
    wanted = kind.choices.index(value) if kind.kind == "choice" else value
    found: Flags = ledger[column] == wanted
    return found


def _counted(
    register: Register, rule: QuotaRule, rulebook: Rulebook, *, with_transfers: bool
) -> Flags:
    """Allocations of the year the base may count: same commune, derogations as the law says."""
    meeting = register.meeting
    counted = np.ones(len(register["allocations_ytd"]), dtype=np.bool_)
    if rule.nis5:
        counted &= _is(register, "nis5", rule.nis5)
    if not with_transfers:
        counted &= ~_is(register, "list", "transfer")
    key = "quota.count_derogations"
    if meeting and not rulebook.parameter(key, meeting.meeting_on, meeting.settings).value:
        for channel in register["allocations_ytd"].schema.column("channel").choices:
            if channel.startswith(DEROGATIONS):
                counted &= ~_is(register, "channel", channel)
    return counted


def _members(register: Register, group: Group) -> Flags:
    """Allocations of the year that a group counts."""
    members = np.ones(len(register["allocations_ytd"]), dtype=np.bool_)
    if group.income_categories:
        categories = [_is(register, "income_category", str(c)) for c in group.income_categories]
        members &= np.logical_or.reduce(categories)
    if group.list:
        members &= _is(register, "list", group.list)
    if group.agreement_id:
        members &= _is(register, "agreement_id", group.agreement_id)
    return members


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
