"""Every state and every act of every procedure: what is drawn is possible, the rest is refused."""

from __future__ import annotations

import itertools

import pytest

from allocation import accompaniment, procedure
from allocation.procedure import IllegalActError, Machine, Step
from allocation.wording import LANGUAGES, catalogue

MACHINES = procedure.MACHINES + accompaniment.MACHINES
PAIRS = [(m, s, a) for m in MACHINES for s, a in itertools.product(m.states, m.acts)]


@pytest.mark.parametrize(
    ("machine", "state", "act"), PAIRS, ids=[f"{m.name}-{s}-{a}" for m, s, a in PAIRS]
)
def test_an_act_is_possible_where_it_is_drawn_and_refused_elsewhere(
    machine: Machine, state: str, act: str
) -> None:
    drawn = [
        line
        for line in machine.diagram().splitlines()
        if line.strip().startswith(f"{state} --> ") and f": {act} (" in line
    ]
    if drawn:
        assert [f"{state} --> {machine.after(state, act)}:" in line for line in drawn] == [True]
        return
    with pytest.raises(IllegalActError) as refused:
        machine.after(state, act)
    assert refused.value.code == "procedure.illegal_act"
    assert refused.value.context["possible"] == ", ".join(machine.possible(state))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_every_state_can_be_reached_and_leads_to_an_end(machine: Machine) -> None:
    reached, queue = {machine.initial}, [machine.initial]
    for state in queue:
        for act in machine.possible(state):
            after = machine.after(state, act)
            if after not in reached:
                reached.add(after)
                queue.append(after)
    assert reached == set(machine.states)
    ends = {s for s in machine.states if not machine.possible(s)}
    assert ends, "a procedure ends"
    for state in machine.states:
        inside, queue = {state}, [state]
        for here in queue:
            for act in machine.possible(here):
                after = machine.after(here, act)
                if after not in inside:
                    inside.add(after)
                    queue.append(after)
        assert inside & ends, f"no end from {state}"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_states_and_acts_have_words_in_every_language(machine: Machine) -> None:
    for language in LANGUAGES:
        words = catalogue(language)
        assert words.text(f"procedure.machine.{machine.name}")
        for state in machine.states:
            assert words.text(f"procedure.state.{state}")
        for act in machine.acts:
            assert words.text(f"procedure.act.{act}")


def test_two_outcomes_for_one_act_are_refused() -> None:
    steps = (Step("go", ("a",), "b", "slsp"), Step("go", ("a",), "c", "slsp"))
    with pytest.raises(ValueError, match="go twice in a"):
        Machine("m", "a", steps)


def test_replaying_acts_gives_the_state() -> None:
    offer = next(m for m in MACHINES if m.name == "offer")
    assert offer.replay([]) == "open"
    assert offer.replay(["refuse_with_ground", "find_justified"]) == "refused_justified"
