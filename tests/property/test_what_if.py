"""
Every answer to what if is tried: the register is changed that way and the meeting held again.

The answers come from the proposal alone; here the change goes through the register, the rules'
outcome and the whole of ``propose``, and so does the next smaller change.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from allocation.model import TABLE_BY_NAME, Register, Table
from allocation.model.proposal import Proposal, RankedHousehold
from allocation.model.what_if import Change, Effect, Shortfall
from allocation.proposal import propose
from allocation.proposal.what_if import WhatIf, first_that
from allocation.proposal.what_if_quotas import QuotaPrices
from allocation.rules import Assessments, load_rulebook
from tests.random_meetings import ON, a_small_meeting

MEETINGS = 110
MOST_CHOICES = 3
MOST_SENIORITY = 6


def seniority(registered_on: date) -> int:
    """As the random meetings count it."""
    had = (ON.month, ON.day) >= (registered_on.month, registered_on.day)
    return min(MOST_SENIORITY, ON.year - registered_on.year - (not had))


class Held:
    """A random meeting, its proposal, and the same with one thing changed in the register."""

    def __init__(self, source: random.Random) -> None:
        self.rulebook = load_rulebook("wallonia")
        self.register, self.assessments = a_small_meeting(source, n_households=10, n_dwellings=4)
        self.proposal = propose(self.register, self.rulebook, self.assessments)
        self.what_if = WhatIf(self.proposal, seniority=seniority, most_choices=MOST_CHOICES)

    def again(self, register: Register, assessments: Assessments) -> Proposal:
        return propose(register, self.rulebook, assessments)

    def row(self, application_id: str) -> int:
        return self.register["applications"]["application_id"].tolist().index(application_id)

    def changed(self, household: RankedHousehold, change: Change) -> dict[str, str]:
        """Who is served once the change is made in the register: household -> dwelling."""
        name, row = household.application_id, self.row(household.application_id)
        assessments, tables = self.assessments, dict(self.register.tables)
        if change.points is not None:
            assessments = replace(assessments, points=put(assessments.points, row, change.points))
        if change.bedrooms is not None:
            rooms = put(assessments.bedrooms, row, change.bedrooms)
            assessments = replace(assessments, bedrooms=rooms)
        applications = [dict(r) for r in tables["applications"].rows()]
        if change.kind_wanted:
            applications[row]["kind_wanted"] = change.kind_wanted
        if change.order_date:
            column = "registered_on" if household.tier else "transfer_requested_on"
            applications[row][column] = change.order_date
        tables["applications"] = table("applications", applications)
        if change.place:
            tables["choices"] = table("choices", list(self.chosen(name, change)))
        if change.agreement_id:
            presented = {
                "agreement_id": change.agreement_id,
                "application_id": name,
                "presented_on": ON,
                "household_agreed_on": ON,
            }
            rows = [*tables["presentations"].rows(), presented]
            tables["presentations"] = table("presentations", rows)
        return served(self.again(replace(self.register, tables=tables), assessments))

    def chosen(self, name: str, change: Change) -> Iterator[dict[str, Any]]:
        """The choices of everybody, with one more or another last one."""
        rows = list(self.register["choices"].rows())
        mine = [r["rank"] for r in rows if r["application_id"] == name]
        for r in rows:
            if not (change.is_instead and r["application_id"] == name and r["rank"] == max(mine)):
                yield r
        nis5, section = change.place or ("", "")
        rank = max(mine) + (not change.is_instead)
        yield {"application_id": name, "rank": rank, "nis5": nis5, "section_id": section}


def put(column: np.ndarray, row: int, value: int) -> np.ndarray:
    after = column.copy()
    after[row] = value
    return after


def table(name: str, rows: list[dict[str, Any]]) -> Table:
    return Table.of(TABLE_BY_NAME[name], rows)


def served(proposal: Proposal) -> dict[str, str]:
    return {d.application_id: d.dwelling_id for d in proposal.dwellings if d.application_id}


@pytest.fixture(scope="module")
def meetings() -> list[Held]:
    source = random.Random(2800)
    return [Held(source) for _ in range(MEETINGS)]


def unserved(meetings: list[Held]) -> Iterator[tuple[Held, RankedHousehold]]:
    """Four of the households without a dwelling of each meeting, those a rank would serve first."""
    for held in meetings:
        nearest = sorted(held.proposal.unserved, key=lambda u: u.must_outrank is None)
        for left in nearest[:4]:
            yield held, held.what_if.households[left.application_id]


def test_what_would_have_been_enough_is_enough_and_a_little_less_is_not(
    meetings: list[Held],
) -> None:
    n: Counter[str] = Counter()
    for held, household in unserved(meetings):
        name, found = household.application_id, held.what_if.shortfall(household.application_id)
        if found.more_points:
            points = found.more_points.change.points
            assert points is not None
            assert points > household.points
            after = held.changed(household, Change(points=points))
            assert after[name] == found.more_points.dwelling_id
            assert name not in held.changed(household, Change(points=points - 1))
            assert points == enough_to_outrank(held, household, found)
            lost = served(held.proposal).keys() - after.keys()
            assert found.more_points.displaced == tuple(sorted(lost))
        if found.earlier:
            change = found.earlier.change
            assert held.changed(household, change)[name] == found.earlier.dwelling_id
            assert change.order_date is not None
            later = change.order_date + timedelta(days=1)
            nearly = replace(change, order_date=later)
            if change.points is not None:
                rest = household.points - household.seniority_points
                nearly = replace(nearly, points=rest + seniority(later))
            assert name not in held.changed(household, nearly)
        others = (*found.places, *found.kinds, *found.bedrooms, *found.agreements)
        for enough in others:
            assert held.changed(household, enough.change)[name] == enough.dwelling_id
        n["points"] += found.more_points is not None
        n["date"] += found.earlier is not None
        for kind in ("places", "kinds", "bedrooms", "agreements"):
            n[kind] += len(getattr(found, kind))
    assert min(n[kind] for kind in n) >= 6, n
    assert len(n) == 6


def enough_to_outrank(held: Held, household: RankedHousehold, found: Shortfall) -> int:
    """Points that place a household just before the one it is said to have had to outrank."""
    assert found.gap is not None
    assert not found.gap.is_other_list
    other = held.what_if.households[found.gap.application_id]
    assert found.gap.points == max(0, other.points - household.points)
    is_first_when_equal = replace(household, points=other.points).order_key < other.order_key
    return other.points + (not is_first_when_equal)


def test_where_nothing_is_said_to_be_enough_the_best_place_in_the_order_is_not(
    meetings: list[Held],
) -> None:
    n = 0
    for held, household in unserved(meetings):
        found = held.what_if.shortfall(household.application_id)
        if household.tier and household.accepts and not found.more_points:
            best = 1 + max(h.points for h in held.proposal.households if h.tier)
            assert household.application_id not in held.changed(household, Change(points=best))
            n += 1
    assert n >= 10


def test_a_served_household_keeps_a_dwelling_up_to_its_margin_and_not_beyond(
    meetings: list[Held],
) -> None:
    n: Counter[str] = Counter()
    for held in meetings:
        for name in list(served(held.proposal))[:2]:
            household, found = held.what_if.households[name], held.what_if.margin(name)
            if household.tier:
                assert found.points_to_spare is not None
                kept = household.points - found.points_to_spare
                assert name in held.changed(household, Change(points=kept))
                if not found.is_safe_without_points:
                    after = held.changed(household, Change(points=kept - 1))
                    assert name not in after
                    assert not found.follower or found.follower in after
                    n["points"] += 1
            elif not found.is_safe_whatever_the_date:
                assert found.latest is not None
                assert name in held.changed(household, Change(order_date=found.latest))
                later = found.latest + timedelta(days=1)
                assert name not in held.changed(household, Change(order_date=later))
                n["date"] += 1
            n["needs"] += len(found.needs)
    assert min(n.values()) >= 5, n


def test_a_quota_changed_by_a_seat_or_absent_is_the_meeting_held_again_so(
    meetings: list[Held],
) -> None:
    n = 0
    for held in meetings[:60]:
        prices = QuotaPrices(held.proposal, held.what_if.runs)
        before = served(held.proposal).keys()
        for line, effects in zip(held.proposal.quotas, prices.effects(), strict=True):
            rest = tuple(q for q in held.register.quotas if q.quota_id != line.quota_id)
            rule = next(q for q in held.register.quotas if q.quota_id == line.quota_id)

            def with_seats(seats: int, rule: Any = rule, rest: Any = rest) -> Any:
                given = replace(
                    rule, seats=seats, share=None, parameter="", period_seats=None,
                    from_agreement="",
                )  # fmt: skip
                return (*rest, given)

            tried = [(effects.absent, rest), (effects.raised, with_seats(line.seats + 1))]
            if line.seats:
                tried.append((effects.lowered, with_seats(line.seats - 1)))
            else:
                assert effects.lowered is None
            for effect, quotas in tried:
                ordered = tuple(sorted(quotas, key=lambda q: q.quota_id))
                after = held.again(replace(held.register, quotas=ordered), held.assessments)
                assert effect is not None
                assert sets(effect) == (
                    served(after).keys() - before,
                    before - served(after).keys(),
                )
                n += bool(effect.gained.households)
        none = held.again(replace(held.register, quotas=()), held.assessments)
        after = served(none).keys()
        assert sets(prices.without_all()) == (after - before, before - after)
    assert n >= 20


def sets(effect: Effect) -> tuple[set[str], set[str]]:
    return set(effect.gained.households), set(effect.lost.households)


def test_a_household_kept_out_has_the_rank_and_the_dwelling_said_once_it_is_admitted(
    meetings: list[Held],
) -> None:
    n = 0
    for held in meetings:
        for entry in held.proposal.not_ranked:
            found = held.what_if.if_ranked(entry)
            if entry.ground not in ("unknown", "not_admissible"):
                continue
            row = held.row(entry.application_id)
            admitted = replace(
                held.assessments, admissible=put(held.assessments.admissible, row, 1)
            )
            after = held.again(held.register, admitted)
            ranks = {h.application_id: h for h in after.households}
            assert found is not None
            assert entry.would_be is not None
            # Positions in the list of places are another proposal's.
            there = replace(ranks[entry.application_id], choices=entry.would_be.choices)
            assert entry.would_be == there
            assert found.rank == there.rank
            assert found.dwelling_id == served(after).get(entry.application_id, "")
            n += 1
    assert n >= 20


def test_the_meeting_rebuilt_from_its_proposal_serves_whom_the_proposal_serves(
    meetings: list[Held],
) -> None:
    for held in meetings:
        assert held.what_if.runs.as_held() == served(held.proposal)


def test_the_first_number_that_holds_is_found_at_both_ends_and_nowhere() -> None:
    assert first_that(3, 9, lambda n: n >= 3) == 3
    assert first_that(3, 9, lambda n: n >= 9) == 9
    assert first_that(3, 9, lambda n: n >= 10) is None
    assert first_that(3, 2, lambda n: True) is None
