"""Whose turn it is for a dwelling, until when, and when a silence may be recorded."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from allocation.accompaniment import (
    PLACE_OFFER,
    Candidate,
    DwellingFilter,
    Home,
    PlaceRefusedError,
    check_no_answer,
    due_on,
    whose_turn,
)
from allocation.cli.console import problem_sentence
from allocation.procedure import IllegalActError
from allocation.wording import LANGUAGES, catalogue

ON = date(2026, 6, 15)
HOME = Home("52011", 2, "ordinary")
FILTERS = (
    DwellingFilter(),
    DwellingFilter(communes=("52011", "52012")),
    DwellingFilter(communes=("62063",)),
    DwellingFilter(bedrooms_from=2, bedrooms_to=2),
    DwellingFilter(bedrooms_from=3),
    DwellingFilter(bedrooms_to=1),
    DwellingFilter(accessibility=("adapted",)),
    DwellingFilter(accessibility=("ordinary", "adapted")),
)
ADMIT = (True, True, False, True, False, False, False, True)


@pytest.mark.parametrize(("dwellings", "is_about"), list(zip(FILTERS, ADMIT, strict=True)))
def test_an_agreement_is_about_the_dwellings_of_its_text(
    dwellings: DwellingFilter, is_about: bool
) -> None:
    found = whose_turn([Candidate("C1", dwellings, None, 10)], HOME, had_their_turn=())
    assert (found is not None) == is_about


def test_the_first_in_turn_that_was_not_asked_comes_next() -> None:
    for flags in itertools.product((0, 1, 2), repeat=3):
        # 0: about another dwelling, 1: about it and asked already, 2: about it.
        candidates = [
            Candidate(f"C{i}", FILTERS[0] if flag else FILTERS[2], None, 10)
            for i, flag in enumerate(flags)
        ]
        asked = {f"C{i}" for i, flag in enumerate(flags) if flag == 1}
        found = whose_turn(candidates, HOME, had_their_turn=asked)
        expected = next((f"C{i}" for i, flag in enumerate(flags) if flag == 2), None)
        assert (found.agreement_id if found else None) == expected


@pytest.mark.parametrize(
    ("free", "days", "why", "expected"),
    [
        (None, 10, "", set()),
        (1, 10, "", set()),
        (0, 10, "Un autre service suit.", set()),
        (0, 10, " ", {"place.no_free_support"}),
        (1, None, "", {"place.no_answer_time"}),
        (0, None, "", {"place.no_free_support", "place.no_answer_time"}),
    ],
)
def test_a_promise_of_support_is_looked_at_before_the_place_is_offered(
    free: int | None, days: int | None, why: str, expected: set[str]
) -> None:
    candidate = Candidate("C1", FILTERS[0], free, days)
    if not expected:
        assert due_on(candidate, ON, without_place=why) == ON + timedelta(10)
        return
    with pytest.raises(PlaceRefusedError) as refused:
        due_on(candidate, ON, without_place=why)
    assert {p.code for p in refused.value.problems} == expected
    for language in LANGUAGES:
        for problem in refused.value.problems:
            assert problem_sentence(problem, catalogue(language))


def test_the_last_day_to_answer_is_the_partners() -> None:
    with pytest.raises(PlaceRefusedError):
        check_no_answer(ON, ON)
    check_no_answer(ON, ON + timedelta(1))


@pytest.mark.parametrize(
    ("state", "act"), list(itertools.product(PLACE_OFFER.states, PLACE_OFFER.acts))
)
def test_a_place_is_answered_once(state: str, act: str) -> None:
    if act in PLACE_OFFER.possible(state):
        assert PLACE_OFFER.after(state, act) != state
    else:
        with pytest.raises(IllegalActError):
            PLACE_OFFER.after(state, act)
