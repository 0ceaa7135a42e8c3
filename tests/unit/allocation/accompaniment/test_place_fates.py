"""The fate of a place taken up that nobody fills: by its text, assumed where that is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pytest

from allocation.accompaniment import (
    PLACE_OFFER,
    WITH_AN_OFFER,
    Base,
    PlaceRefusedError,
    UnfilledPlace,
    check_unfilled,
    fate_of_place,
)
from allocation.accompaniment.agreement_terms import PlacePolicy, Terms, faults
from allocation.cli.console import problem_sentence
from allocation.wording import LANGUAGES, catalogue
from tests.unit.allocation.accompaniment.agreement_examples import BEGINS, some_terms

TAKEN_UP = date(2026, 6, 15)
LATER = TAKEN_UP + timedelta(31)


def text(policy: PlacePolicy = "release", *, days: int | None = None) -> Terms:
    to = "C1" if policy == "reassign" else ""
    return replace(some_terms(), unfilled_place=UnfilledPlace(policy, to, days))


def refusal(terms: Terms | None, on: date, nobody_on: date | None) -> str:
    fate = fate_of_place(terms, TAKEN_UP)
    with pytest.raises(PlaceRefusedError) as refused:
        check_unfilled(fate, on=on, found_nobody_on=nobody_on)
    (problem,) = refused.value.problems
    for language in LANGUAGES:
        assert problem_sentence(problem, catalogue(language))
    return problem.code


@pytest.mark.parametrize("nobody_on", [None, TAKEN_UP])
def test_a_text_with_a_time_holds_the_place_to_its_last_day(nobody_on: date | None) -> None:
    held = text(days=30)
    last = TAKEN_UP + timedelta(30)
    assert fate_of_place(held, TAKEN_UP).held_until_on == last
    assert refusal(held, last, nobody_on) == "place.held"
    fate = fate_of_place(held, TAKEN_UP)
    assert check_unfilled(fate, on=LATER, found_nobody_on=nobody_on) == "time_over"


@pytest.mark.parametrize("terms", [None, some_terms(), text()])
def test_without_a_time_a_meeting_that_finds_nobody_decides(terms: Terms | None) -> None:
    assert refusal(terms, LATER + timedelta(3_000), None) == "place.meeting_awaited"
    fate = fate_of_place(terms, TAKEN_UP)
    assert check_unfilled(fate, on=LATER, found_nobody_on=LATER) == "meeting_found_nobody"
    assert (fate.unfilled.policy, fate.act) == ("release", "release_place")


def test_what_no_text_says_is_told_as_assumed() -> None:
    told = [fate_of_place(t, TAKEN_UP).is_assumed for t in (None, some_terms(), text())]
    assert told == [True, True, False]


def test_a_place_that_is_only_told_is_moved_by_no_text() -> None:
    assert refusal(text("report_only"), LATER, LATER) == "place.report_only"


@pytest.mark.parametrize("policy", get_args(PlacePolicy))
def test_every_fate_is_an_act_of_a_place_taken_up_or_none(policy: PlacePolicy) -> None:
    fate = fate_of_place(text(policy), TAKEN_UP)
    if policy == "report_only":
        assert fate.act == ""
    else:
        assert fate.act in set(PLACE_OFFER.possible("taken_up")) - set(WITH_AN_OFFER)


@pytest.mark.parametrize(
    ("place", "is_sound"),
    [
        (UnfilledPlace("reassign", "C1"), True),
        (UnfilledPlace("reassign", " "), False),
        (UnfilledPlace("release", "C1"), False),
        (UnfilledPlace("next_in_turn"), True),
    ],
)
def test_only_a_place_that_is_reassigned_names_who_receives_it(
    place: UnfilledPlace, is_sound: bool
) -> None:
    terms = replace(some_terms(), unfilled_place=place)
    base = Base(allocations=60, dwellings={"D1"})
    codes = {p.code for p in faults(terms, on=BEGINS, register_kind="real", base=base)}
    assert codes == (set() if is_sound else {"agreement.place_reassigned_to"})
