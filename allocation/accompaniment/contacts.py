"""
Contacts as days and channels, never as contents; what Housing First measures of itself.

A missed contact says nothing of a household: it is counted for the service's rhythm alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from allocation.rules.periods import after_months

Channel = Literal["home", "office", "outside", "phone", "message", "letter"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Outcome = Literal["done", "not_met", "moved"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Contact:
    """One contact: when, how, whether it took place, who proposed it."""

    on: date
    channel: Channel
    outcome: Outcome
    proposed_by: Literal["household", "service"]


@dataclass(frozen=True)
class Weeks:
    """Of the whole weeks of a follow-up, how many had at least one contact."""

    with_contact: int
    whole: int


def weeks_met(contacts: Iterable[Contact], *, since: date, until: date) -> Weeks:
    """
    Whole weeks from ``since`` with a contact that took place; ``until`` is the first day left out.

    Source
    ------
    Housing First Belgium, six implementations: the team meets the tenant at least once a week.
    """
    whole = max((until - since).days, 0) // WEEK.days
    met = {(c.on - since).days // WEEK.days for c in contacts if c.outcome == "done"}
    return Weeks(sum(week in met for week in range(whole)), whole)


@dataclass(frozen=True)
class Stay:
    """A home entered, and left or not; whether support went on is another matter."""

    entered_on: date
    left_on: date | None = None


@dataclass(frozen=True)
class Retention:
    """Of the homes entered long enough ago, how many are still kept after so many months."""

    months: int
    kept: int
    observed: int


def retention(stays: Sequence[Stay], *, months: int, on: date) -> Retention:
    """
    Homes kept ``months`` after entry; those entered later than that are not yet observed.

    Examples
    --------
    >>> two = [Stay(date(2024, 1, 1)), Stay(date(2024, 1, 1), date(2025, 6, 1))]
    >>> retention(two, months=24, on=date(2026, 6, 1))
    Retention(months=24, kept=1, observed=2)
    """
    due = [(stay, after_months(stay.entered_on, months)) for stay in stays]
    observed = [(stay, day) for stay, day in due if day <= on]
    kept = sum(stay.left_on is None or stay.left_on >= day for stay, day in observed)
    return Retention(months, kept, len(observed))
