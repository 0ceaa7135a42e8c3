"""The balance of a quota in its year agrees with the seats of the meeting, whatever the pacing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from allocation.model import Forecast, Group, QuotaRule
from allocation.quotas import Offered, balance, ledger_rows, open_quota, resolve
from allocation.rules import load_rulebook
from tests.builders import a_meeting, a_register

RULEBOOK = load_rulebook("wallonia")
LEDGER = [
    {
        "allocation_id": f"L{n}",
        "decided_on": date(2026, 2, 24),
        "nis5": "52011",
        "list": "candidate",
        "income_category": "1" if n < 4 else "2",
        "channel": "list",
        "origin": "vacated" if n % 2 else "new",
    }
    for n in range(10)
]
FLOOR = QuotaRule("q", "floor", Group(income_categories=(1,)), share=Fraction(1, 2))
CAP = replace(FLOOR, kind="cap")
YEAR = replace(FLOOR, share=None, period_seats=7)


@pytest.mark.parametrize("rule", [FLOOR, CAP, YEAR])
@pytest.mark.parametrize("pacing", ["linear", "year_end"])
@pytest.mark.parametrize("expected", [None, 14, 90])
def test_what_remains_is_the_seats_of_a_meeting_without_dwellings(
    rule: QuotaRule, pacing: str, expected: int | None
) -> None:
    forecast = None if expected is None else Forecast(expected, expected, date(2026, 1, 5))
    register = a_register(
        tables={"allocations_ytd": LEDGER}, meeting=a_meeting(pacing=pacing, forecast=forecast)
    )
    found = balance(register, rule, RULEBOOK)
    assert register.meeting is not None
    seats = resolve(
        open_quota(register, rule, RULEBOOK),
        register.meeting,
        offered=Offered({}, {}),
        transfers_served={},
    ).seats
    assert found.remaining is not None
    assert max(0, found.remaining) == seats


def test_a_floor_that_the_dwellings_to_come_cannot_meet_is_told() -> None:
    for expected, is_reachable in ((14, True), (11, False)):
        forecast = Forecast(expected, expected, date(2026, 1, 5))
        register = a_register(
            tables={"allocations_ytd": LEDGER}, meeting=a_meeting(forecast=forecast)
        )
        found = balance(register, replace(FLOOR, share=Fraction(1, 2)), RULEBOOK)
        assert (found.to_come, found.is_reachable) == (expected - 10, is_reachable)


def test_a_forecast_below_what_is_done_is_not_believed() -> None:
    forecast = Forecast(3, 3, date(2026, 1, 5))
    register = a_register(tables={"allocations_ytd": LEDGER}, meeting=a_meeting(forecast=forecast))
    found = balance(register, FLOOR, RULEBOOK)
    assert (found.year_base, found.year_due, found.to_come) == (10, 5, 0)


def test_the_seats_of_each_meeting_have_no_balance() -> None:
    found = balance(a_register(), replace(FLOOR, share=None, seats=2), RULEBOOK)
    assert (found.due, found.remaining, found.year_due, found.is_reachable) == (None,) * 4


def test_a_share_of_vacated_dwellings_counts_members_everywhere() -> None:
    register = a_register(tables={"allocations_ytd": LEDGER})
    behind = ledger_rows(register, replace(FLOOR, base="vacated"), RULEBOOK)
    assert (int(behind.members.sum()), int(behind.base.sum())) == (4, 5)
