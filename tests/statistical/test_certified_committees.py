"""
The proposal of a simulated committee has a certificate that the checker accepts (4.3, viii).

The register of the day is exported from the run, as a company would keep it; propose, certify,
check. A few committees in the suite; every one of several runs in the long test.
"""

from collections.abc import Collection
from random import Random

import pytest

from allocation.documents.proposal_json import proposal_json
from allocation.proof import checker
from allocation.proof.agreement import check_agreement
from allocation.proof.certificate import build_certificate
from allocation.proof.rulebook_agreement import check_rulebook
from allocation.proposal import propose
from allocation.rules.evaluate_register import evaluate_register
from scenarios.committee import Sitting
from scenarios.export import register_of_the_day
from scenarios.policy import Policy
from scenarios.world import World
from tests.small_worlds import RULEBOOK, a_bridge, a_place, a_policy, a_world

POLICIES = (
    a_policy(a_bridge(10)),
    a_policy(a_bridge(0, named_share=a_bridge(8).share)),
    a_policy(a_bridge(6), mode="serial"),
    a_policy(a_bridge(6), levels=("floors", "units", "priority", "fit")),
)


def certify(world: World, sitting: Sitting) -> int:
    """Check the certificate of one committee; how many dwellings it lets."""
    register = register_of_the_day(world, sitting)
    meeting = register.meeting
    assert meeting is not None
    said = evaluate_register(RULEBOOK, register, meeting.meeting_on, settings=meeting.settings)
    proposal = propose(register, RULEBOOK, said)
    content = proposal_json(proposal)
    certificate, annex = build_certificate(
        proposal, register, said, RULEBOOK, proposal_bytes=content
    )
    assert not checker.check(certificate, annex)["unproved"]
    check_agreement(certificate, annex, content)
    assert check_rulebook(certificate, RULEBOOK)
    served = sum(1 for d in proposal.dwellings if d.application_id)
    assert served == len(sitting.offers())
    return served


def certified(seed: int, policy: Policy, *, committees: Collection[int], years: int) -> list[int]:
    """Dwellings let at the committees chosen (their numbers) of one run."""
    found: list[int] = []

    def hold(world: World, sitting: Sitting) -> None:
        if world.days.index(sitting.day) in committees:
            found.append(certify(world, sitting))

    place = a_place("sambr-habitat", 500, years)
    a_world(seed, policy=policy, place=place, on_committee=hold).run()
    return found


@pytest.mark.parametrize("case", range(len(POLICIES)))
def test_committees_of_a_run_are_certified(case: int) -> None:
    chosen = Random(case).sample(range(3, 24), 3)
    let = certified(40 + case, POLICIES[case], committees=chosen, years=2)
    assert len(let) >= 2
    assert sum(let) > 0


@pytest.mark.slow
@pytest.mark.parametrize("case", range(len(POLICIES)))
@pytest.mark.parametrize("seed", range(3))
def test_every_committee_of_longer_runs_is_certified(seed: int, case: int) -> None:
    let = certified(60 + seed, POLICIES[case], committees=range(48), years=4)
    assert len(let) >= 40
    assert sum(let) > 0
