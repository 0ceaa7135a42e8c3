"""Last days and lengths of the procedures, with the worked examples P08 to P11."""

from __future__ import annotations

from datetime import date

import pytest

from allocation.model import Setting
from allocation.procedure import (
    AppealDates,
    IllegalActError,
    Offer,
    Window,
    answer_due_on,
    appeal_deadlines,
    check_appeal_act,
    check_silence,
    confirmation_window,
    counted_refusals,
    due_strike_off,
)
from allocation.rules import load_rulebook

BOOK = load_rulebook("wallonia")


def refused(on: date, number: int = 1, **change: object) -> Offer:
    offer = Offer(f"O{number}", "A1", f"D{number}", on, "refused", on)
    return Offer(**{**offer.__dict__, **change})  # type: ignore[arg-type]


def test_p08_a_second_refusal_strikes_off_for_six_months() -> None:
    offers = [refused(date(2024, 3, 1)), refused(date(2024, 6, 15), 2)]
    found = due_strike_off(offers, BOOK)
    assert found is not None
    assert (found.from_on, found.until_on) == (date(2024, 6, 15), date(2024, 12, 15))
    assert found.offers == ("O1", "O2")


def test_the_first_refusal_is_free() -> None:
    assert due_strike_off([refused(date(2024, 6, 15))], BOOK) is None
    assert due_strike_off([], BOOK) is None


@pytest.mark.parametrize(
    "change",
    [
        {"is_as_chosen": False},
        {"state": "refused_justified"},
        {"state": "ground_given"},
        {"state": "withdrawn"},
        {"state": "silence", "silence_counts": None},
        {"state": "silence", "silence_counts": False},
    ],
    ids=str,
)
def test_what_is_not_a_refusal_of_a_chosen_dwelling_does_not_count(
    change: dict[str, object],
) -> None:
    offers = [refused(date(2024, 3, 1)), refused(date(2024, 6, 15), 2, **change)]
    assert due_strike_off(offers, BOOK) is None


def test_a_silence_counts_once_the_committee_has_decided_so() -> None:
    silent = refused(date(2024, 6, 15), 2, state="silence", silence_counts=True)
    assert due_strike_off([refused(date(2024, 3, 1)), silent], BOOK) is not None


def test_refusals_before_a_strike_off_do_not_count_again() -> None:
    offers = [refused(date(2024, 3, 1)), refused(date(2024, 6, 15), 2)]
    later = refused(date(2025, 2, 1), 3)
    assert counted_refusals([*offers, later], since=date(2024, 6, 15)) == (later,)
    assert due_strike_off([*offers, later], BOOK, since=date(2024, 6, 15)) is None


def test_the_order_in_which_offers_are_kept_changes_nothing() -> None:
    offers = [refused(date(2024, 6, 15), 2), refused(date(2024, 3, 1))]
    assert due_strike_off(offers, BOOK) == due_strike_off(offers[::-1], BOOK)


def test_p09_a_late_registration_owes_no_confirmation_the_next_year() -> None:
    assert confirmation_window(date(2024, 8, 5), 2025, BOOK) is None
    assert confirmation_window(date(2024, 8, 5), 2026, BOOK) is not None


def test_p10_an_early_registration_confirms_from_january_to_mid_february() -> None:
    window = confirmation_window(date(2024, 5, 20), 2025, BOOK)
    assert window == Window(date(2025, 1, 1), date(2025, 2, 15))


def test_the_day_that_separates_them_still_owes_a_confirmation() -> None:
    assert confirmation_window(date(2024, 7, 1), 2025, BOOK) is not None
    assert confirmation_window(date(2024, 7, 2), 2025, BOOK) is None


def test_p11_the_last_days_after_a_posting() -> None:
    posted = appeal_deadlines(AppealDates(date(2024, 9, 2)), BOOK)
    assert posted.complaint_by == date(2024, 10, 2)
    assert posted.chamber_by == date(2024, 11, 1)
    assert posted.answer_by is None
    assert posted.decision_by is None
    received = AppealDates(date(2024, 9, 2), date(2024, 9, 20), date(2024, 9, 23))
    assert appeal_deadlines(received, BOOK).answer_by == date(2024, 10, 23)


def test_an_answer_opens_thirty_days_and_the_chamber_has_ninety() -> None:
    dates = AppealDates(
        date(2024, 9, 2), date(2024, 9, 20), date(2024, 9, 23), date(2024, 10, 10),
        date(2024, 11, 4),
    )  # fmt: skip
    found = appeal_deadlines(dates, BOOK)
    assert found.chamber_by == date(2024, 11, 9)
    assert found.decision_by == date(2025, 2, 2)


@pytest.mark.parametrize(
    ("on", "is_allowed"), [(date(2024, 10, 23), False), (date(2024, 10, 24), True)]
)
def test_a_silence_is_recorded_only_once_time_has_run_out(on: date, *, is_allowed: bool) -> None:
    dates = AppealDates(date(2024, 9, 2), date(2024, 9, 20), date(2024, 9, 23))
    deadlines = appeal_deadlines(dates, BOOK)
    if is_allowed:
        check_appeal_act("record_silence_of_company", on, deadlines)
        return
    with pytest.raises(IllegalActError) as refusal:
        check_appeal_act("record_silence_of_company", on, deadlines)
    assert refusal.value.code == "procedure.too_early"


def test_the_silence_of_a_chamber_nobody_asked_cannot_be_recorded() -> None:
    with pytest.raises(IllegalActError):
        check_appeal_act(
            "record_silence_of_chamber",
            date(2030, 1, 1),
            appeal_deadlines(AppealDates(date(2024, 9, 2)), BOOK),
        )


def test_no_text_gives_a_time_to_answer_an_offer() -> None:
    assert answer_due_on(date(2026, 6, 1), BOOK) is None
    setting = Setting("offer_answer_days", 10, "règlement d'ordre intérieur")
    assert answer_due_on(date(2026, 6, 1), BOOK, [setting]) == date(2026, 6, 11)


def test_a_silence_needs_a_time_that_has_run_out_and_a_contact() -> None:
    offer = Offer("O1", "A1", "D1", date(2026, 6, 1), contacts=(date(2026, 6, 2),))
    due_on = date(2026, 6, 11)
    check_silence(offer, date(2026, 6, 12), due_on)
    refusals = [
        (offer, date(2026, 6, 12), None, "procedure.no_answer_time"),
        (offer, date(2026, 6, 11), due_on, "procedure.too_early"),
        (Offer("O1", "A1", "D1", date(2026, 6, 1)), date(2026, 6, 12), due_on,
         "procedure.never_contacted"),
    ]  # fmt: skip
    for given, on, due, code in refusals:
        with pytest.raises(IllegalActError) as refusal:
            check_silence(given, on, due)
        assert refusal.value.code == code
