"""The simulated committee is the committee: same register, same proposal."""

from random import Random

import pytest

from allocation.proposal import propose
from allocation.rules.evaluate_register import evaluate_register
from scenarios.assessed import FIELDS
from scenarios.committee import Sitting
from scenarios.export import register_of_the_day
from scenarios.policy import Policy
from scenarios.world import World
from tests.small_worlds import RULEBOOK, a_bridge, a_place, a_policy, a_world

N_COMMITTEES = 5


def policies() -> list[Policy]:
    named = a_bridge(0, named_share=a_bridge(8).share)
    return [
        a_policy(),
        a_policy(a_bridge(10)),
        a_policy(named),
        a_policy(a_bridge(6), mode="serial"),
    ]


@pytest.mark.parametrize("case", range(4))
def test_a_simulated_committee_is_the_proposal_on_the_register_of_the_day(case: int) -> None:
    compared: list[int] = []

    def hold_again(world: World, sitting: Sitting) -> None:
        if world.days.index(sitting.day) not in chosen:
            return
        register = register_of_the_day(world, sitting)
        meeting = register.meeting
        assert meeting is not None
        said = evaluate_register(RULEBOOK, register, meeting.meeting_on, settings=meeting.settings)
        proposal = propose(register, RULEBOOK, said)
        offers = {d.dwelling_id: d.application_id for d in proposal.dwellings if d.application_id}
        assert offers == sitting.offers()
        seats = {q.quota_id: (q.seats, q.opening, q.base_done) for q in proposal.quotas}
        assert seats == {
            r.rule.quota_id: (r.seats, r.opening, r.base_done) for r in sitting.outcome.resolved
        }
        names = register["applications"]["application_id"].tolist()
        for i, name in enumerate(names):
            household = world.committee.position[name]
            row = world.committee.said[household, world.stay[household]]
            for field in FIELDS:
                assert getattr(said, field)[i] == world.assessed.values[field][row], field
        compared.append(len(offers))

    place = a_place("sambr-habitat", 500, 2)
    world = a_world(20 + case, policy=policies()[case], place=place, on_committee=hold_again)
    chosen = set(Random(case).sample(range(4, len(world.days)), N_COMMITTEES))
    world.run()
    assert len(compared) >= N_COMMITTEES - 1
    assert sum(compared) > 0
