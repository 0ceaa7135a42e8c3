"""Consents stand apart, reviews begin with the household, contacts count weeks, homes are kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.accompaniment.consents import DATA, KINDS, Consent, ConsentError, may_tell
from allocation.accompaniment.contacts import Contact, Stay, Weeks, retention, weeks_met
from allocation.accompaniment.reviews import Review, ReviewError
from allocation.accompaniment.supports import obstacles, preparation, supports

DAY = date(2026, 6, 1)


def sharing(**changes: Any) -> Consent:
    values: dict[str, Any] = {
        "kind": "data_sharing", "state": "given", "on": DAY, "datum": "need",
        "partner_id": "P1", "purpose": "orientation", "until_on": date(2026, 12, 31),
    }  # fmt: skip
    return Consent(**(values | changes))


@pytest.mark.parametrize(
    ("datum", "partner", "on", "told"),
    [
        ("need", "P1", DAY, True),
        ("need", "P1", date(2026, 12, 31), True),
        ("need", "P1", date(2027, 1, 1), False),
        ("need", "P1", date(2026, 5, 31), False),
        ("need", "P2", DAY, False),
        ("commune", "P1", DAY, False),
    ],
)
def test_a_datum_is_told_to_the_partner_named_until_the_day_named(
    datum: Any, partner: str, on: date, told: bool
) -> None:
    assert may_tell([sharing()], datum, partner_id=partner, on=on) is told


@pytest.mark.parametrize("state", ["asked", "refused", "withdrawn"])
def test_what_is_not_given_allows_nothing(state: str) -> None:
    assert not may_tell([sharing(state=state)], "need", partner_id="P1", on=DAY)


@pytest.mark.parametrize("kind", ["accompaniment", "information", "contract"])
def test_no_other_kind_stands_for_a_sharing(kind: Any) -> None:
    other = Consent(kind, "given", DAY)
    assert not any(may_tell([other], datum, partner_id="P1", on=DAY) for datum in DATA)
    with pytest.raises(ConsentError) as refused:
        sharing(kind=kind)
    assert refused.value.code == "consent.too_much"
    assert len(KINDS) == 4


@pytest.mark.parametrize("missing", ["datum", "partner_id", "purpose", "until_on"])
def test_a_sharing_names_what_to_whom_why_and_until_when(missing: str) -> None:
    empty = None if missing in ("datum", "until_on") else ""
    with pytest.raises(ConsentError) as refused:
        sharing(**{missing: empty})
    assert refused.value.code == "consent.incomplete"


def a_review(**changes: Any) -> Review:
    values: dict[str, Any] = {
        "on": DAY, "present": ("household", "service"), "household_says": "The works are late.",
        "service_says": "They are.", "landlord_says": "", "objectives": ((0, "moving"),),
        "obstacles": ("works_late",), "proposals": "", "disagreement": "",
        "next_on": date(2026, 9, 1), "copy": "in_hand",
    }  # fmt: skip
    return Review(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"household_says": " "}, "review.household_not_heard"),
        ({"landlord_says": "Late rent"}, "review.landlord_not_there"),
        ({"next_on": DAY}, "review.next_before"),
    ],
)
def test_a_review_that_is_none_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ReviewError) as refused:
        a_review(**changes)
    assert refused.value.code == code


def test_a_review_is_contradictory_when_both_were_there_and_heard() -> None:
    assert a_review().is_contradictory
    assert not a_review(service_says="").is_contradictory
    absent = a_review(present=("service",), household_says="")
    assert not absent.is_contradictory
    assert a_review(disagreement="On the kitchen", next_on=None).disagreement


CONTACTS = st.lists(
    st.builds(
        Contact,
        st.integers(-20, 120).map(lambda n: DAY + timedelta(days=n)),
        st.just("home"),
        st.sampled_from(["done", "not_met", "moved"]),
        st.just("service"),
    )
)


@given(CONTACTS, st.integers(0, 100))
def test_weeks_with_a_contact_are_counted_one_by_one(contacts: list[Contact], days: int) -> None:
    until = DAY + timedelta(days=days)
    found = weeks_met(contacts, since=DAY, until=until)
    by_hand = 0
    start = DAY
    while start + timedelta(days=7) <= until:
        end = start + timedelta(days=7)
        by_hand += any(c.outcome == "done" and start <= c.on < end for c in contacts)
        start = end
    assert found == Weeks(by_hand, days // 7)


def test_a_home_is_kept_when_nobody_left_it_before_the_day() -> None:
    entered = date(2024, 2, 29)
    kept_until_the_day = Stay(entered, date(2026, 3, 1))
    left_the_day_before = Stay(entered, date(2026, 2, 28))
    not_yet = Stay(date(2025, 1, 1))
    stays = [kept_until_the_day, left_the_day_before, Stay(entered), not_yet]
    found = retention(stays, months=24, on=date(2026, 6, 1))
    assert (found.kept, found.observed) == (2, 3)


def test_the_lists_hold_what_one_can_ask_for() -> None:
    assert {"home_guidance", "move_in_logistics", "interpreter"} <= set(supports())
    assert {"furniture", "move", "guarantee"} <= set(preparation())
    assert {"works_late", "benefit_late", "no_childcare"} <= set(obstacles())
