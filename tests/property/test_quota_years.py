"""The ledger of a year against a recount in plain words; what is given up is lost by nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.model import (
    TABLE_BY_NAME,
    Forecast,
    Group,
    Meeting,
    QuotaRule,
    Register,
    Table,
    Unused,
)
from allocation.quotas import balance, fate_of, in_turn, whole_members
from allocation.rules import load_rulebook

RULEBOOK = load_rulebook("wallonia")
START = date(2026, 1, 1)
AGREEMENTS = ("C1", "C2", "C3")
CHANNELS = ("list", "agreement", "derogation_urgency", "derogation_cohesion")
days = st.integers(0, 364).map(lambda n: START + timedelta(n))
shares = st.fractions(0, 1, max_denominator=200)


@st.composite
def allocations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A year of allocations, some of them undone."""
    rows = []
    for n in range(draw(st.integers(0, 25))):
        channel = draw(st.sampled_from(CHANNELS))
        made = draw(days)
        undone = draw(st.none() | st.integers(0, 60).map(lambda d, on=made: on + timedelta(d)))
        rows.append(
            {
                "allocation_id": f"L{n:02d}",
                "decided_on": made,
                "nis5": "52011",
                "list": "candidate",
                "income_category": draw(st.sampled_from("123")),
                "channel": channel,
                "agreement_id": draw(st.sampled_from(AGREEMENTS)) if channel == "agreement" else "",
                "origin": draw(st.sampled_from(("vacated", "new"))),
                "undone_on": undone,
                "undone_for": "refused" if undone else "",
            }
        )
    return rows


def register_of(
    rows: list[dict[str, Any]], quotas: tuple[QuotaRule, ...], on: date, expected: int | None = None
) -> Register:
    forecast = None if expected is None else Forecast(expected, expected, START)
    meeting = Meeting("s", on, "seed", "00", forecast=forecast)
    table = Table.of(TABLE_BY_NAME["allocations_ytd"], [r for r in rows if r["decided_on"] <= on])
    return Register.of("demo", "s", {"allocations_ytd": table}, quotas=quotas, meeting=meeting)


@given(
    allocations(), days, shares, st.sampled_from(("floor", "cap")),
    st.none() | st.integers(0, 400), st.sets(st.sampled_from(AGREEMENTS), min_size=1),
    st.integers(0, 3),
)  # fmt: skip
def test_the_ledger_is_what_counting_by_hand_gives(
    rows: list[dict[str, Any]], on: date, share: Fraction, kind: Any,
    previous: int | None, agreements: set[str], carried: int,
) -> None:  # fmt: skip
    carried = carried if previous is not None else 0
    rule = QuotaRule(
        "q", kind, Group(), share=share, previous_base=previous, carried_in=carried,
        agreement_ids=tuple(sorted(agreements)),
    )  # fmt: skip
    found = balance(register_of(rows, (rule,), on), rule, RULEBOOK)
    done = base = undone = 0
    for row in rows:
        if row["decided_on"] > on:
            continue
        if row["undone_on"] is not None and row["undone_on"] <= on:
            undone += row["agreement_id"] in agreements
            continue
        base += 1
        done += row["agreement_id"] in agreements
    of = previous if previous is not None else base
    # A floor is the least whole number not below the share, a cap the greatest not above it.
    candidates = range(of + 2)
    if kind == "floor":
        due = min(n for n in candidates if n >= share * of)
    else:
        due = max(n for n in candidates if n <= share * of)
    assert (found.done, found.undone, found.opened.base_done) == (done, undone, base)
    assert found.due == due + carried


@given(st.integers(-3, 30), st.integers(0, 8))
def test_every_seat_left_goes_to_one_place(left: int, most: int) -> None:
    for unused in (
        Unused(),
        Unused("carry_over", most),
        Unused("release", on=START),
        Unused("reassign", on=START, to="other"),
        Unused("report_only"),
    ):
        fate = fate_of(left, unused)
        parts = (fate.lapsed, fate.carried, fate.released, fate.reassigned, fate.reported)
        assert sum(parts) == max(0, left)
        assert min(parts) >= 0
        assert fate.carried <= most


@given(allocations(), days, days, st.integers(0, 8), st.integers(0, 8))
def test_seats_that_are_reassigned_are_neither_lost_nor_made(
    rows: list[dict[str, Any]], on: date, given_on: date, first: int, second: int
) -> None:
    giving = QuotaRule(
        "giving", "floor", Group(agreement_id="C1"), period_seats=first, counting="once",
        unused=Unused("reassign", on=given_on, to="getting"),
    )  # fmt: skip
    getting = QuotaRule(
        "getting", "floor", Group(agreement_id="C2"), period_seats=second, counting="once"
    )
    register = register_of(rows, (giving, getting), on)
    one, two = (balance(register, rule, RULEBOOK) for rule in (giving, getting))
    filled = filled_before(rows, given_on, "C1")
    moved = max(0, first - filled) if given_on <= on else 0
    assert (one.opened.given_up, two.opened.received) == (moved, moved)
    assert (one.year_due, two.year_due) == (first - moved, second + moved)


def filled_before(rows: list[dict[str, Any]], day: date, agreement: str) -> int:
    """Seats of an agreement filled on the eve of a day."""
    return sum(
        row["agreement_id"] == agreement
        and row["decided_on"] < day
        and (row["undone_on"] is None or row["undone_on"] >= day)
        for row in rows
    )


@given(allocations(), days, days, shares)
def test_a_floor_that_was_released_asks_for_nothing_more(
    rows: list[dict[str, Any]], on: date, released_on: date, share: Fraction
) -> None:
    rule = QuotaRule("q", "floor", Group(agreement_id="C1"), share=share,
                     unused=Unused("release", on=released_on))  # fmt: skip
    found = balance(register_of(rows, (rule,), on, expected=40), rule, RULEBOOK)
    kept = balance(
        register_of(rows, (rule,), on, expected=40), replace(rule, unused=Unused()), RULEBOOK
    )
    if released_on <= on:
        filled = filled_before(rows, released_on, "C1")
        asked = whole_members("floor", share, 40)
        assert found.opened.given_up == max(0, asked - filled)
        assert found.year_due == min(asked, filled)
        assert (found.year_due or 0) <= (kept.year_due or 0)
    else:
        assert (found.year_due, found.due) == (kept.year_due, kept.due)
        assert found.opened.given_up == 0


@given(st.lists(st.integers(0, 6), min_size=2, max_size=4), st.integers(0, 6))
def test_taking_turns_leaves_nobody_with_the_last_dwellings_of_the_year(
    seats: list[int], spare: int
) -> None:
    n_dwellings = 2 * sum(seats) + spare
    rules = tuple(
        QuotaRule(f"q{i}", "floor", Group(agreement_id=f"C{i}"), period_seats=n, counting="once")
        for i, n in enumerate(seats)
    )
    rows: list[dict[str, Any]] = []
    for k in range(n_dwellings):
        register = register_of(rows, rules, date(2026, 12, 31), expected=n_dwellings)
        found = {rule.quota_id: balance(register, rule, RULEBOOK) for rule in rules}
        turn = in_turn(found.values())
        gaps = [seats[i] * k - found[f"q{i}"].done * n_dwellings for i in range(len(seats))]
        asking = [i for i in range(len(seats)) if found[f"q{i}"].done < seats[i]]
        assert [b.opened.rule.quota_id for b in turn] == [
            f"q{i}" for i in sorted(asking, key=lambda i: (-gaps[i], i))
        ]
        # Whoever is most behind is given the dwelling as soon as it lags by half a seat.
        agreement = ""
        if turn and turn[0].deficit * 2 >= 0:
            agreement = turn[0].opened.rule.group.agreement_id
        rows.append(
            {"allocation_id": f"L{k:03d}", "decided_on": START, "nis5": "52011",
             "list": "candidate", "income_category": "1", "channel": "agreement",
             "agreement_id": agreement, "origin": "vacated"}
        )  # fmt: skip
    last = register_of(rows, rules, date(2026, 12, 31), expected=n_dwellings)
    for i, rule in enumerate(rules):
        assert balance(last, rule, RULEBOOK).done == seats[i]


@pytest.mark.parametrize("base", [40, 120, 301])
@pytest.mark.parametrize("percent", ["3", "4.5", "6", "40"])
def test_a_floor_is_never_rounded_down_nor_a_cap_up(base: int, percent: str) -> None:
    share = Fraction(percent) / 100
    assert (
        whole_members("floor", share, base) - 1
        < share * base
        <= whole_members("floor", share, base)
    )
    assert whole_members("cap", share, base) <= share * base < whole_members("cap", share, base) + 1
