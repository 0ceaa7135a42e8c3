"""Going on from what is decided: offers stay, types split where one dwelling was refused."""

from __future__ import annotations

from dataclasses import replace

from allocation.model import Group, QuotaRule
from allocation.proposal.committed import let_again, remaining
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.rounds import run_rounds
from allocation.quotas import Opened
from allocation.ranking import accepted_types, dwelling_types
from tests.unit.allocation.proposal.test_following import HERE, THERE, a_meeting, a_vacancy


def with_a_hard_floor(meeting: FrozenMeeting) -> FrozenMeeting:
    """The transfers, one at least whatever it takes."""
    rule = QuotaRule("transfers", "floor", Group(list="transfer"), seats=1, is_hard=True)
    return replace(meeting, quotas=(Opened(rule, None, "", None, 0, 0, True, None),))


def test_a_hard_floor_nobody_left_can_fill_does_not_undo_the_offers() -> None:
    meeting = with_a_hard_floor(a_meeting(T1=(HERE,), C1=(HERE,), C2=(THERE,)))
    resolved = run_rounds(meeting, meeting.meeting.levels).resolved
    left = remaining(meeting, refused=[("T1", "D1")])
    assert let_again(left, resolved, {2: "D2"})[-1].assignment == {1: "D1", 2: "D2"}


def test_a_dwelling_refused_is_no_longer_like_the_others_of_its_type() -> None:
    meeting = a_meeting(C1=(HERE,), C2=(HERE,))
    vacancies = {d: a_vacancy(d, "52011") for d in ("D1", "D2", "D3")}
    types = dwelling_types(vacancies.values())
    costs = tuple(accepted_types(meeting.demands, types))
    meeting = replace(meeting, vacancies=vacancies, types=types, costs=costs)
    left = remaining(meeting, refused=[("C1", "D2")], withdrawn_dwellings=["D3"])
    assert [t.dwellings for t in left.types] == [("D1",), ("D2",)]
    assert left.accepts == (0b01, 0b11)
    assert left.left_out == {"D3": "withdrawn"}


def test_a_household_withdrawn_keeps_its_place_and_accepts_nothing() -> None:
    left = remaining(a_meeting(C1=(HERE,), C2=(HERE,)), withdrawn=["C1"])
    assert left.identifiers == ("C1", "C2")
    assert left.accepts[0] == 0
    assert left.accepts[1] != 0
