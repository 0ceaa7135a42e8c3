"""Who is next when a refusal frees more than one dwelling: a place of a full cap goes with it."""

from __future__ import annotations

from datetime import date

from allocation.model import Group, Meeting, QuotaRule
from allocation.model.proposal import DwellingLine, NextInLine, Vacancy
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.grounds import Grounds
from allocation.proposal.rounds import run_rounds
from allocation.quotas import Opened
from allocation.ranking import Demand, accepted_types, dwelling_types

ON = date(2026, 6, 30)
HERE, THERE = ("52011", ""), ("52012", "")


def a_vacancy(name: str, nis5: str) -> Vacancy:
    return Vacancy(name, nis5, "", "flat", 1, "ordinary", False, "", "vacated", ON)


def a_meeting(**choices: tuple[tuple[str, str], ...]) -> FrozenMeeting:
    """Two dwellings, one transfer at most; transfers are the households named T."""
    rule = QuotaRule("transfers", "cap", Group(list="transfer"), seats=1)
    vacancies = {"D1": a_vacancy("D1", "52011"), "D2": a_vacancy("D2", "52012")}
    wanted = tuple(Demand(1, "any", False, False, False, c, ()) for c in choices.values())
    types = dwelling_types(vacancies.values())
    is_transfer = [name.startswith("T") for name in choices]
    return FrozenMeeting(
        Meeting("s", ON, "seed", ""),
        tuple(choices),
        tuple(0 if t else 1 for t in is_transfer),
        wanted,
        tuple(accepted_types(wanted, types)),
        tuple(1 if t else 0 for t in is_transfer),
        ((),) * len(choices),
        types,
        vacancies,
        {},
        (Opened(rule, None, "", None, 0, 0, True, None),),
    )


def lines(meeting: FrozenMeeting) -> dict[str, DwellingLine]:
    outcome = run_rounds(meeting, meeting.meeting.levels)
    grounds = Grounds(meeting, outcome, meeting.meeting.levels)
    return {line.dwelling_id: line for line in grounds.dwellings()}


def test_a_household_that_gets_a_dwelling_left_empty_is_not_next_for_the_one_refused() -> None:
    found = lines(a_meeting(T1=(HERE,), T2=(THERE, HERE), C1=(HERE,)))
    assert found["D1"].application_id == "T1"
    assert found["D2"].ground == "cap"
    assert found["D1"].next == (
        NextInLine("T2", "served_elsewhere", (), "D2"),
        NextInLine("C1", "refusal"),
    )


def test_the_place_of_a_cap_goes_to_the_better_ranked_of_another_dwelling() -> None:
    found = lines(a_meeting(T1=(HERE,), T2=(THERE,), T3=(HERE,), C1=(HERE,)))
    assert found["D1"].application_id == "T1"
    assert found["D1"].next == (
        NextInLine("T3", "cap", ("transfers",)),
        NextInLine("C1", "refusal"),
    )


def test_a_household_that_refuses_may_want_what_was_left_empty() -> None:
    found = lines(a_meeting(T1=(HERE, THERE), T2=(HERE,)))
    assert found["D1"].application_id == "T1"
    assert found["D2"].ground == "nobody_left"
    assert found["D1"].next == (NextInLine("T2", "cap", ("transfers",)),)
