"""Seats of a meeting: exact shares, the ledger, the pacing, the limits."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from allocation.model import TABLE_BY_NAME, Forecast, Group, Meeting, QuotaRule, Register, Table
from allocation.quotas import Offered, QuotaError, Resolved, open_quota, resolve
from allocation.rules import load_rulebook

ON = date(2026, 6, 30)
EVERYBODY = Group()


def ledger(n: int, **row: Any) -> list[dict[str, Any]]:
    base = {"decided_on": ON, "nis5": "52011", "list": "candidate", "income_category": "1",
            "channel": "list", "origin": "vacated"}  # fmt: skip
    return [base | {"allocation_id": f"{row}-{i:05d}"} | row for i in range(n)]


def seats(
    rule: QuotaRule,
    rows: list[dict[str, Any]],
    *,
    offered: int,
    forecast: int | None = None,
    agreement: dict[str, Any] | None = None,
    transfers_served: int = 0,
    **meeting: Any,
) -> Resolved:
    tables = {"allocations_ytd": Table.of(TABLE_BY_NAME["allocations_ytd"], rows)}
    if agreement:
        tables["agreements"] = Table.of(TABLE_BY_NAME["agreements"], [agreement])
    year = None if forecast is None else Forecast(forecast, forecast, ON)
    held = Meeting("s", ON, "seed", "00", forecast=year, **meeting)
    register = Register.of("demo", "s", tables, quotas=(rule,), meeting=held)
    count = {"": offered, "52011": offered}
    return resolve(
        open_quota(register, rule, load_rulebook("wallonia")),
        held,
        offered=Offered(count, count),
        transfers_served={"": transfers_served},
    )


def share(kind: str, value: str, **more: Any) -> QuotaRule:
    return QuotaRule("q", kind, more.pop("group", EVERYBODY), share=Fraction(value), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "value", "done", "members", "offered", "expected"),
    [
        ("floor", "7/100", 97, 6, 3, 1),  # 7 % of 100 is 7, not the 8 of binary floats
        ("cap", "29/100", 97, 28, 3, 1),  # 29 % of 100 is 29, not 28
        ("cap", "14/100", 40, 0, 10, 7),
        ("floor", "1/2", 0, 0, 5, 3),  # a minimum is rounded up
        ("cap", "1/2", 0, 0, 5, 2),  # a maximum is rounded down
        ("cap", "1/10", 20, 9, 10, 0),  # already beyond: nothing more, never negative
    ],
)
def test_shares_are_exact(
    kind: str, value: str, done: int, members: int, offered: int, expected: int
) -> None:
    rows = ledger(members) + ledger(done - members, income_category="2")
    rule = share(kind, value, group=Group(income_categories=(1,)))
    assert seats(rule, rows, offered=offered).seats == expected


def test_a_floor_paced_from_below_never_asks_before_its_turn() -> None:
    """Three in ten, one dwelling at a time: the 4th, 7th, 10th, 14th, 17th and 20th."""
    asked = []
    members: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for n in range(1, 21):
        rule = share("floor", "3/10", group=Group(income_categories=(1,)))
        found = seats(rule, members + others, offered=1, forecast=1000)
        if found.seats:
            asked.append(n)
            members += ledger(1, allocation_id=f"m{n}")
        else:
            others += ledger(1, allocation_id=f"o{n}", income_category="2")
    assert asked == [4, 7, 10, 14, 17, 20]


def test_a_floor_becomes_strict_when_what_remains_is_needed_in_full() -> None:
    rule = share("floor", "1/2", group=Group(income_categories=(1,)))
    rows = ledger(90, income_category="2")
    found = seats(rule, rows, offered=5, forecast=100)
    assert (found.interim, found.closing, found.seats) == (47, 45, 47)
    late = seats(rule, rows, offered=5, forecast=100, pacing="year_end")
    assert (late.interim, late.closing, late.seats) == (None, 45, 45)


def test_a_forecast_below_what_is_already_planned_is_not_believed() -> None:
    rule = share("floor", "1/2", group=Group(income_categories=(1,)))
    rows = ledger(10, income_category="2")
    assert seats(rule, rows, offered=10, forecast=12).closing == 10


def test_income_shares_leave_transfers_out_of_members_and_base() -> None:
    """P06: 40 allocations of which 12 transfers give a floor of 14."""
    rule = QuotaRule("q", "floor", Group(income_categories=(1,)), parameter="quota.cat1_min_share")
    rows = ledger(28, income_category="2") + ledger(12, list="transfer")
    found = seats(rule, rows, offered=0)
    assert (found.base_done, found.opening, found.seats) == (28, 0, 14)
    assert found.counts_transfers is False
    assert seats(rule, rows, offered=4, transfers_served=4).base_planned == 28


def test_the_transfer_share_is_taken_of_vacated_dwellings() -> None:
    """P05: 40 vacated dwellings, 12 transfers at 30 %."""
    rule = QuotaRule(
        "q", "cap", Group(list="transfer"), parameter="quota.transfer_share", base="vacated"
    )
    rows = ledger(10, origin="new")
    assert seats(rule, rows, offered=40).seats == 12


def test_middle_incomes_in_liege_are_capped_by_the_rulebook() -> None:
    """P07: 100 allocations, category 3 at most 14."""
    key = "quota.cat3_max_share_by_commune.62063"
    rule = QuotaRule("q", "cap", Group(income_categories=(3,)), parameter=key)
    assert seats(rule, [], offered=100).seats == 14


def test_a_parameter_without_a_value_is_refused() -> None:
    key = "quota.cat3_max_share_by_commune.52011"
    rule = QuotaRule("q", "cap", Group(income_categories=(3,)), parameter=key)
    with pytest.raises(QuotaError):
        seats(rule, [], offered=10)


def test_an_agreement_gives_its_seats_within_its_free_places() -> None:
    rule = QuotaRule(
        "q", "floor", Group(agreement_id="C"), from_agreement="seats_per_year", counting="once"
    )
    row = {"agreement_id": "C", "partner_id": "P", "seats_per_year": 6,
           "accompaniment_places": 5, "accompaniment_used": 4}  # fmt: skip
    rows = ledger(2, agreement_id="C") + ledger(3)
    found = seats(rule, rows, offered=10, agreement=row)
    assert (found.opening, found.places, found.seats) == (2, 1, 1)
    without = {k: v for k, v in row.items() if not k.startswith("accompaniment")}
    assert seats(rule, rows, offered=10, agreement=without).seats == 4
    full = row | {"accompaniment_used": 9}
    assert seats(rule, rows, offered=10, agreement=full).seats == 0


def test_a_quota_of_one_commune_looks_at_its_ledger_only() -> None:
    rule = share("cap", "1/2", nis5="52011", group=Group(income_categories=(1,)))
    rows = ledger(4) + ledger(50, nis5="52012")
    found = seats(rule, rows, offered=6)
    assert (found.base_done, found.opening, found.seats) == (4, 4, 1)
