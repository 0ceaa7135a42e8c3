"""The extra wait a floor causes on the general list, worked by hand and against simple laws."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.quotas import ExtraWait, extra_wait

FIRST = date(2026, 1, 1)
MONTHLY = [date(2026, month, 1) for month in range(1, 9)]


def test_by_hand_one_letting_of_eight_taken_in_march() -> None:
    # Served on 1 Jan, 1 Feb, then 1 Apr in the place of 1 March, and so on; the last one waits for
    # a letting nobody has seen. Waits: 0, 0, 31, 30, 31, 30, 31, beyond. In order: 0 0 30 30 31 31
    # 31 beyond. The median (lower) is the fourth: 30. For eight the interval of a median at 95 %
    # goes from the smallest to the largest: 0 to what cannot be said.
    assert extra_wait(MONTHLY, {MONTHLY[2]: 1}) == ExtraWait(1, 8, 30, 0, None)


def test_by_hand_the_interval_of_nine_leaves_one_out_on_either_side() -> None:
    # 2 x (1 + 9) / 2^9 = 0.039: the second and the eighth. Taken at the very end: eight wait for
    # nothing, the ninth beyond what was observed.
    days = [*MONTHLY, date(2026, 9, 1)]
    assert extra_wait(days, {days[-1]: 1}) == ExtraWait(1, 9, 0, 0, 0)


@pytest.mark.parametrize("n", range(6))
def test_with_fewer_than_six_lettings_nothing_is_said(n: int) -> None:
    days = MONTHLY[:n]
    taken = {FIRST: 1} if n else {}
    assert extra_wait(days, taken) == ExtraWait(min(n, 1), n, None, None, None)


def test_beyond_the_last_letting_the_median_cannot_be_said() -> None:
    assert extra_wait(MONTHLY, dict.fromkeys(MONTHLY[:5], 1)).median is None


def test_no_more_is_lost_than_was_let() -> None:
    assert extra_wait(MONTHLY, {FIRST: 3, date(2027, 1, 1): 2}).lost == 1


DAYS = st.lists(st.integers(0, 300), min_size=6, max_size=40).map(
    lambda found: [FIRST + timedelta(n) for n in found]
)


@given(DAYS, st.data())
def test_who_loses_more_waits_no_less_and_nobody_waits_less_than_nothing(
    days: list[date], data: st.DataObject
) -> None:
    lost = data.draw(st.lists(st.sampled_from(days), max_size=len(days), unique_by=id))
    one = Counter(lost[:-1])
    more = Counter(lost)
    before, after = extra_wait(days, one), extra_wait(days, more)
    for name in ("low", "median", "high"):
        less, found = getattr(before, name), getattr(after, name)
        assert found is None or (less is not None and 0 <= less <= found)
    if not lost:
        assert (after.low, after.median, after.high) == (0, 0, 0)


@given(DAYS, st.randoms())
def test_the_order_in_which_lettings_are_given_changes_nothing(days: list[date], random) -> None:  # type: ignore[no-untyped-def]
    mixed = list(days)
    random.shuffle(mixed)
    taken = {days[0]: 1}
    assert extra_wait(mixed, taken) == extra_wait(days, taken)
