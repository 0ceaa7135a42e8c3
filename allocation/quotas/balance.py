"""Where a quota stands in its year: what is due by now, what is done, what the year still asks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from allocation.model.meeting import Meeting
from allocation.model.quota import QuotaRule
from allocation.model.register import Register
from allocation.quotas.pacing import meeting_seats
from allocation.quotas.resolve import Opened, forecast_of, open_quota
from allocation.rules.rulebook import Rulebook


@dataclass(frozen=True)
class Balance:
    """
    A quota between two meetings.

    ``due``: members that the allocations made so far call for (a floor, at the pace of the
    meeting) or allow (a cap). ``year_base``: the base the company expects of the whole year.
    ``year_due``: the members it makes. All three are ``None`` for a quota that fixes the seats of
    each meeting; the last two also without a forecast, unless the year's seats are given.
    """

    opened: Opened
    due: int | None
    year_base: int | None
    year_due: int | None

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
    meeting = register.meeting
    if rule.seats is not None or meeting is None:
        return Balance(opened, None, None, None)
    expected = forecast_of(rule, meeting)
    due = _members(opened, meeting, planned=opened.base_done, forecast=expected)
    if expected is None:
        return Balance(opened, due, None, opened.whole)
    year = max(expected, opened.base_done)
    return Balance(opened, due, year, _members(opened, meeting, planned=year, forecast=None))


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
