"""Where a quota stands in its year: what is due by now, what is done, what the year still asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from allocation.model.meeting import Meeting
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.quotas.pacing import meeting_seats
from allocation.quotas.resolve import Opened, forecast_of, meeting_of, open_quota, share_of
from allocation.quotas.rows import transfers_left_out, undone_rows
from allocation.quotas.unused import Fate, fate_of
from allocation.rules.rulebook import Rulebook


@dataclass(frozen=True)
class Balance:
    """
    A quota between two meetings.

    ``due``: members that the allocations made so far call for (a floor, at the pace of the
    meeting) or allow (a cap). ``year_base``: the base the company expects of the whole year.
    ``year_due``: the members it makes, the projection of ``due``. All three are ``None`` for a
    quota that fixes the seats of each meeting; the last two also without a forecast, unless the
    year's seats are given. ``share``: in force that day, also when it is of the year before.
    ``undone``: allocations it counted until they were undone.
    """

    opened: Opened
    due: int | None
    year_base: int | None
    year_due: int | None
    share: Fraction | None = None
    undone: int = 0

    @property
    def carried_in(self) -> int:
        """Seats the year opened with, brought over from the year before."""
        return self.opened.rule.carried_in

    @property
    def done(self) -> int:
        """Members in the ledger of the year."""
        return self.opened.opening

    @property
    def remaining(self) -> int | None:
        """Due less done: below zero a floor is ahead, a cap exceeded."""
        return None if self.due is None else self.due - self.done

    @property
    def year_remaining(self) -> int | None:
        """Members still needed, or still allowed, until the end of the year."""
        return None if self.year_due is None else self.year_due - self.done

    @property
    def fate(self) -> Fate | None:
        """
        Where the seats a floor has left go, were nothing more done; ``None`` when not known.

        After the day its rule gives them up, those given up on that day.
        """
        rule = self.opened.rule
        if rule.kind == "cap" or self.year_remaining is None:
            return None
        return fate_of(self.opened.given_up or self.year_remaining, rule.unused)

    @property
    def deficit(self) -> Fraction:
        """Exact part of the year's seats that the dwellings so far call for, less those done."""
        if self.year_due is None or not self.year_base:
            return Fraction(self.remaining or 0)
        return Fraction(self.year_due * self.opened.base_done, self.year_base) - self.done

    @property
    def to_come(self) -> int | None:
        """Dwellings of its base that the forecast still announces."""
        return None if self.year_base is None else self.year_base - self.opened.base_done

    @property
    def is_reachable(self) -> bool | None:
        """Whether the dwellings still to come suffice for a floor; ``None`` when not known."""
        if self.opened.rule.kind == "cap" or self.to_come is None or self.year_remaining is None:
            return None
        return self.year_remaining <= self.to_come


def balance(register: Register, rule: QuotaRule, rulebook: Rulebook) -> Balance:
    """
    The balance of one quota at the meeting of a register, before any of its dwellings is let.

    Raises
    ------
    QuotaError
        ``quota.unresolved``.
    """
    opened = open_quota(register, rule, rulebook)
    meeting = meeting_of(register, rule)
    undone = int(np.count_nonzero(undone_rows(register, rule)))
    share, _mark = share_of(rule, rulebook, meeting)
    told = Balance(opened, None, None, None, share, undone)
    if rule.seats is not None:
        return told
    expected = forecast_of(rule, meeting)
    due = _members(opened, meeting, planned=opened.base_done, forecast=expected)
    if expected is None:
        return replace(told, due=due, year_due=opened.whole)
    # Transfers made that the base leaves out are no longer to come.
    left_out = int(np.count_nonzero(transfers_left_out(register, rule, rulebook)))
    year = max(expected - left_out, opened.base_done)
    year_due = _members(opened, meeting, planned=year, forecast=None)
    return replace(told, due=due, year_base=year, year_due=year_due)


def in_turn(balances: Iterable[Balance]) -> tuple[Balance, ...]:
    """
    Floors in the order in which they are looked at when a dwelling comes free.

    The one whose seats lag most behind the year comes first, so that none is left with the last
    dwellings of December; a floor that asks for nothing more this year has no turn. Equal ones
    follow one another by identifier.
    """
    asking = [
        found
        for found in balances
        if found.opened.rule.kind == "floor" and (found.year_remaining or 0) > 0
    ]
    return tuple(sorted(asking, key=lambda found: (-found.deficit, found.opened.rule.quota_id)))


def _members(opened: Opened, meeting: Meeting, *, planned: int, forecast: int | None) -> int:
    """Members of the whole year's ledger at a base: the seats of a meeting with none before it."""
    share = opened.share or Fraction(0)
    return meeting_seats(
        opened.rule.kind,
        share=share,
        whole=opened.whole,
        opening=0,
        planned=planned,
        forecast=forecast,
        pacing=meeting.pacing,
    )[2]
