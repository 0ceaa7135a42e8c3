"""Quotas that cannot all be kept: each said when it is so, and not when it just is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from allocation.contradictions import Contradiction, contradictions
from allocation.model import Forecast, Group, QuotaRule, Setting, ShareStep, Unused
from allocation.rules import evaluate_register, load_rulebook
from tests.builders import CHARLEROI, CHATELET, a_meeting, a_register

BOOK = load_rulebook("wallonia")
# Said of the rulebook and of the assumed value of every quota of these tests.
ELSEWHERE = {"points_from_the_first_day", "assumed_decides", "nobody_presented_is_counted"}
CANDIDATES, TRANSFERS = Group(list="candidate"), Group(list="transfer")


def found_in(quotas: Sequence[QuotaRule], **meeting: Any) -> list[Contradiction]:
    held = a_meeting(**meeting)
    register = a_register(quotas=tuple(quotas), meeting=held)
    assessed = evaluate_register(BOOK, register, held.meeting_on, settings=held.settings)
    found = contradictions(register, BOOK, assessed, held)
    return [one for one in found if one.code not in ELSEWHERE]


def codes(quotas: Sequence[QuotaRule], **meeting: Any) -> list[tuple[str, str]]:
    return [(one.code, one.certainty) for one in found_in(quotas, **meeting)]


def floor(name: str, share: str | None = None, *categories: int, **more: Any) -> QuotaRule:
    return a_quota(name, "floor", share, categories, more)


def cap(name: str, share: str | None = None, *categories: int, **more: Any) -> QuotaRule:
    return a_quota(name, "cap", share, categories, more)


def a_quota(
    name: str, kind: Any, share: str | None, categories: tuple[int, ...], more: dict[str, Any]
) -> QuotaRule:
    group = more.pop("group", Group(income_categories=categories))
    return QuotaRule(name, kind, group, share=Fraction(share) if share else None, **more)


@pytest.mark.parametrize(
    ("quotas", "expected"),
    [
        ([floor("a", "3/5", 1), floor("b", "1/2", 2)], [("floors_above_whole", "certain")]),
        ([floor("a", "1/2", 1), floor("b", "1/2", 2)], []),
        # A household may count in both.
        ([floor("a", "3/5", 1), floor("b", "3/5", 1, 2)], []),
        ([floor("a", "3/5", 1), floor("b", "3/5", group=CANDIDATES)], []),
        # Another commune, another base.
        ([floor("a", "3/5", 1, nis5=CHARLEROI), floor("b", "3/5", 2, nis5=CHATELET)], []),
        (
            [floor("a", "3/5", group=CANDIDATES), floor("b", "3/5", group=TRANSFERS)],
            [("floors_above_whole", "certain")],
        ),
    ],
)
def test_two_floors_of_one_base_that_share_nobody(
    quotas: list[QuotaRule], expected: list[tuple[str, str]]
) -> None:
    assert codes(quotas) == expected


@pytest.mark.parametrize(("seats", "is_told"), [(45, False), (46, True)])
def test_floors_of_a_year_are_measured_against_what_is_forecast(seats: int, is_told: bool) -> None:
    quotas = [floor("a", None, 1, period_seats=45), floor("b", None, 2, period_seats=seats)]
    expected = [("floors_above_year", "register")] if is_told else []
    assert codes(quotas) == expected
    assert codes(quotas, forecast=None) == []


@pytest.mark.parametrize(
    ("quotas", "expected"),
    [
        ([floor("a", "1/2", 1), cap("b", "2/5", 1, 2)], [("floor_above_cap", "certain")]),
        ([floor("a", "1/2", 1), cap("b", "1/2", 1, 2)], []),
        # The cap is on some of the floor only: the others may fill it.
        ([floor("a", "1/2", 1, 2), cap("b", "2/5", 1)], []),
        ([floor("a", "1/2", 1), cap("b", "2/5", group=CANDIDATES)], []),
        (
            [floor("a", "1/2", group=CANDIDATES), cap("b", "2/5", group=CANDIDATES)],
            [("floor_above_cap", "certain")],
        ),
        # Incomes leave transfers out of their shares: a floor on transfers is not in such a cap.
        ([floor("a", "1/2", group=TRANSFERS), cap("b", "1/5", 1, 2, 3)], []),
        (
            [floor("a", None, 1, period_seats=10), cap("b", None, 1, period_seats=9)],
            [("floor_above_cap", "register")],
        ),
        ([floor("a", None, 1, period_seats=9), cap("b", None, 1, period_seats=9)], []),
        ([floor("a", "1/2", 1), cap("b", "2/5", 1, nis5=CHARLEROI)], []),
    ],
)
def test_a_cap_on_a_wider_group_makes_a_floor_out_of_reach(
    quotas: list[QuotaRule], expected: list[tuple[str, str]]
) -> None:
    assert codes(quotas) == expected


def test_a_share_by_steps_is_that_of_the_day() -> None:
    steps = (
        ShareStep(date(2025, 1, 1), Fraction(1, 5)),
        ShareStep(date(2026, 7, 1), Fraction(3, 5)),
    )
    quotas = [floor("a", None, 1, steps=steps), cap("b", "1/2", 1)]
    assert codes(quotas) == []
    assert codes(quotas, meeting_on=date(2026, 7, 1)) == [("floor_above_cap", "certain")]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (("1/2", "1/5", "1/5"), [("caps_under_whole", "certain")]),
        (("1/2", "3/10", "1/5"), []),
    ],
)
def test_caps_that_cover_every_income_leave_nothing_empty(
    shares: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    quotas = [cap(f"c{n}", share, n) for n, share in enumerate(shares, start=1)]
    assert codes(quotas) == expected
    assert codes(quotas[:2]) == []


@pytest.mark.parametrize(("seats", "is_told"), [(90, False), (91, True)])
def test_seats_of_a_year_are_no_more_than_the_year_expects(seats: int, is_told: bool) -> None:
    expected = [("seats_above_year", "register")] if is_told else []
    assert codes([floor("a", None, 1, period_seats=seats)]) == expected


@pytest.mark.parametrize(("allocations", "is_told"), [(90, False), (3, True)])
def test_seats_of_an_agreement_are_measured_against_year_and_support(
    allocations: int, is_told: bool
) -> None:
    """Four seats, ten places of support of which seven are in use: three are left."""
    seats = floor(
        "a", None, group=Group(agreement_id="C1"), from_agreement="seats_per_year", counting="once"
    )
    year = Forecast(allocations, 0, date(2026, 1, 5), "council")
    (first, *rest) = found_in([seats], forecast=year)[::-1]
    assert (first.code, dict(first.facts)) == ("seats_above_support", {"left": 4, "free": 3})
    assert (first.first.key, first.second.key) == ("a", "C1")
    assert [one.code for one in rest] == (["seats_above_year"] if is_told else [])


def test_as_many_places_of_support_as_seats_is_no_contradiction() -> None:
    rows = dict(a_register()["agreements"].row(0)) | {"accompaniment_used": 6}
    seats = floor(
        "a", None, group=Group(agreement_id="C1"), from_agreement="seats_per_year", counting="once"
    )
    register = a_register(tables={"agreements": [rows]}, quotas=(seats,))
    held = a_meeting()
    assessed = evaluate_register(BOOK, register, held.meeting_on)
    found = contradictions(register, BOOK, assessed, held)
    assert "seats_above_support" not in {one.code for one in found}


@pytest.mark.parametrize(
    ("on", "policy", "is_told"),
    [
        (date(2025, 1, 1), "release", True),
        (date(2025, 1, 2), "release", False),
        (date(2025, 1, 1), "report_only", False),
    ],
)
def test_seats_given_up_before_the_agreement_begins_are_never_used(
    on: date, policy: Any, is_told: bool
) -> None:
    quota = floor(
        "a",
        None,
        group=Group(agreement_id="C1"),
        period_seats=2,
        unused=Unused(policy, on=on),
    )
    expected = [("given_up_before_start", "certain")] if is_told else []
    assert codes([quota]) == expected


def test_the_transfer_share_is_read_as_the_company_reads_it() -> None:
    at_least = (Setting("quota.transfer_is_at_least", True, "council", date(2026, 1, 5)),)
    quotas = [
        cap("t", None, group=TRANSFERS, parameter="quota.transfer_share", base="vacated"),
        cap("u", "1/10", group=TRANSFERS, base="vacated"),
    ]
    assert codes(quotas) == []
    assert codes(quotas, settings=at_least) == [("floor_above_cap", "certain")]


def test_quotas_of_the_ledger_and_of_one_meeting_ask_nothing_of_a_year() -> None:
    of_ledger = cap("b", "1/10", group=Group(), channels=("derogation_urgency",))
    assert codes([floor("a", None, 1, seats=500), of_ledger]) == []
