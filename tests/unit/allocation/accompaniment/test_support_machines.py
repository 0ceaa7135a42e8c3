"""Every state and act of plans, consents, supports and offers of contact."""

from __future__ import annotations

import itertools

import pytest

from allocation.accompaniment.consents import CONSENT
from allocation.accompaniment.plans import (
    ENDS,
    HOLDS_A_PLACE,
    IS_SUPPORT,
    PLAN,
    Alternative,
    check_plan_act,
)
from allocation.accompaniment.referrals import QUEUE, REFERRAL
from allocation.accompaniment.rights import RIGHT
from allocation.accompaniment.supports import CONTACT_OFFER, SUPPORT
from allocation.procedure import IllegalActError, Machine
from allocation.wording import LANGUAGES, catalogue

MACHINES = (PLAN, CONSENT, SUPPORT, CONTACT_OFFER, REFERRAL, QUEUE, RIGHT)
# Written by hand, apart from the code: act -> states it is possible in.
POSSIBLE = {
    "plan": {
        "offer": "not_offered declined no_answer",
        "accept": "offered",
        "decline": "offered",
        "note_no_answer": "offered",
        "take_back": "offered",
        "begin": "accepted",
        "pause": "active",
        "stand_by": "active paused",
        "resume": "paused standby",
        "close": "active paused standby",
        "withdraw": "accepted active paused standby",
        "end_by_service": "accepted active paused standby",
    },
    "consent": {"give": "asked", "refuse": "asked", "withdraw": "given"},
    "support": {
        "arrange": "asked",
        "note_none_available": "asked",
        "note_done": "arranged",
        "drop": "asked arranged",
    },
    "contact_offer": {
        "make": "to_make",
        "note_taken_up": "made",
        "note_not_taken_up": "made",
        "drop": "to_make made",
    },
    "referral": {
        "accept": "sent",
        "send_back": "sent taken_on",
        "call_back": "sent",
        "hand_over": "sent_back",
        "answer": "taken_on",
        "answer_oneself": "sent_back",
        "close_unanswered": "sent_back",
        "leave": "sent taken_on sent_back",
    },
    "right": {
        "tell": "unseen",
        "ask": "unseen told",
        "note_refusal": "asked",
        "ask_again": "refused",
        "note_obtained": "asked",
        "leave": "unseen told asked refused",
    },
    "queue": {"take_up": "waiting", "close": "taken_up", "leave": "waiting taken_up"},
}
PAIRS = [(m, s, a) for m in MACHINES for s, a in itertools.product(m.states, m.acts)]


@pytest.mark.parametrize(
    ("machine", "state", "act"), PAIRS, ids=[f"{m.name}-{s}-{a}" for m, s, a in PAIRS]
)
def test_an_act_is_possible_where_it_is_listed_and_refused_elsewhere(
    machine: Machine, state: str, act: str
) -> None:
    if state in POSSIBLE[machine.name][act].split():
        assert machine.after(state, act) in machine.states
        return
    with pytest.raises(IllegalActError) as refused:
        machine.after(state, act)
    assert refused.value.code == "procedure.illegal_act"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_every_state_is_reached_from_the_first_and_leads_to_an_end(machine: Machine) -> None:
    def reached(state: str) -> set[str]:
        found, queue = {state}, [state]
        for here in queue:
            new = {machine.after(here, act) for act in machine.possible(here)} - found
            found |= new
            queue += sorted(new)
        return found

    assert reached(machine.initial) == set(machine.states)
    ends = {state for state in machine.states if not machine.possible(state)}
    assert all(reached(state) & ends for state in machine.states)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_states_and_acts_have_words(machine: Machine, language: str) -> None:
    words = catalogue(language)
    keys = [f"support.machine.{machine.name}"]
    keys += [f"support.state.{state}" for state in machine.states]
    keys += [f"support.act.{act}" for act in machine.acts]
    assert [key for key in keys if key not in words] == []


@pytest.mark.parametrize("state", sorted(IS_SUPPORT))
def test_a_household_leaves_in_one_act_and_is_asked_nothing(state: str) -> None:
    assert check_plan_act("withdraw", state) == "withdrawn_by_household"
    with pytest.raises(IllegalActError) as refused:
        check_plan_act("withdraw", state, reason="moved")
    assert refused.value.code == "plan.reason_not_asked"


@pytest.mark.parametrize("state", sorted(IS_SUPPORT))
def test_a_service_that_ends_says_why_and_offers_something_else(state: str) -> None:
    other = Alternative(offered="the team of the next commune")
    assert check_plan_act("end_by_service", state, reason="r", alternative=other) in ENDS
    for reason, alternative, code in (
        ("", other, "plan.no_reason"),
        ("r", None, "plan.no_alternative"),
    ):
        with pytest.raises(IllegalActError) as refused:
            check_plan_act("end_by_service", state, reason=reason, alternative=alternative)
        assert refused.value.code == code


@pytest.mark.parametrize(("offered", "none"), [("", ""), (" ", ""), ("a", "b")])
def test_an_alternative_is_offered_or_said_not_to_exist(offered: str, none: str) -> None:
    with pytest.raises(IllegalActError) as refused:
        Alternative(offered, none)
    assert refused.value.code == "plan.no_alternative"


@pytest.mark.parametrize("state", ["declined", "no_answer"])
def test_who_declined_is_offered_anew_on_a_request_or_an_event_only(state: str) -> None:
    assert check_plan_act("offer", state, again="asked_by_household") == "offered"
    with pytest.raises(IllegalActError) as refused:
        check_plan_act("offer", state)
    assert refused.value.code == "plan.again_without_ground"


def test_states_are_a_place_or_an_end_or_free_of_both() -> None:
    assert HOLDS_A_PLACE | ENDS | {"not_offered", "declined", "no_answer"} == set(PLAN.states)
    assert not HOLDS_A_PLACE & ENDS


def test_nothing_goes_on_from_an_offer_of_contact() -> None:
    assert CONTACT_OFFER.possible("taken_up") == CONTACT_OFFER.possible("not_taken_up") == ()
