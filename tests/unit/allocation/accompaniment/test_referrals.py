"""A referral has one owner at every moment, returns to its sender, and is counted as it goes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.accompaniment.referrals import (
    ENDS,
    REFERRAL,
    HandOver,
    PingPong,
    ReferralError,
    check_hand_over,
    is_overdue,
    owner_of,
    ping_pong,
)

DAY, DUE = date(2026, 6, 1), date(2026, 6, 10)


@given(st.lists(st.sampled_from(REFERRAL.acts), max_size=12))
def test_there_is_always_one_owner_and_never_the_person(acts: list[str]) -> None:
    state = REFERRAL.initial
    for act in acts:
        if act not in REFERRAL.possible(state):
            continue
        before, state = state, REFERRAL.after(state, act)
        owner = owner_of(state, sender="S", receiver="R")
        assert owner in {"S", "R"}
        if act == "send_back":
            assert owner == "S"  # whoever had it, it returns to its sender
        if before == "sent" and act == "accept":
            assert owner == "R"


def test_until_it_is_accepted_the_sender_answers_for_the_person() -> None:
    assert owner_of("sent", sender="S", receiver="R") == "S"
    assert owner_of("taken_on", sender="S", receiver="R") == "R"


def test_only_the_household_leaves_without_an_answer_from_anywhere() -> None:
    for state in set(REFERRAL.states) - ENDS:
        assert "leave" in REFERRAL.possible(state)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (HandOver("S", DAY, DUE), "referral.to_oneself"),
        (HandOver("R", DAY, DUE), "referral.again"),
        (HandOver("T", DUE, DAY), "referral.due_before"),
    ],
)
def test_it_is_not_sent_to_oneself_nor_twice_to_the_same_nor_for_a_past_day(
    new: HandOver, code: str
) -> None:
    with pytest.raises(ReferralError) as refused:
        check_hand_over([HandOver("R", DAY, DUE)], new, sender="S")
    assert refused.value.code == code


def test_a_day_passes_only_while_nobody_has_accepted() -> None:
    assert not is_overdue("sent", DUE, DUE)
    assert is_overdue("sent", DUE, date(2026, 6, 11))
    assert not is_overdue("taken_on", DUE, date(2026, 6, 11))


def test_hand_overs_before_an_answer() -> None:
    assert ping_pong([1, 1, 4]) == PingPong(answered=3, hand_overs=6, in_one=2, most=4)
    assert ping_pong([]) == PingPong(0, 0, 0, 0)
