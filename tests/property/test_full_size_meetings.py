"""At the size of a real committee: joint never houses fewer than serial, and nothing is unfair."""

from __future__ import annotations

import random

import pytest

from allocation.documents import proposal_json
from allocation.proof.certificate import build_certificate
from allocation.proof.checker import check
from allocation.proposal import propose
from allocation.rules import load_rulebook
from tests.random_meetings import a_full_meeting

N_MEETINGS = 50


@pytest.mark.parametrize("seed", range(N_MEETINGS))
def test_joint_houses_at_least_as_many_as_serial_and_passes_the_audit(seed: int) -> None:
    register, assessments = a_full_meeting(
        random.Random(8000 + seed), n_households=3000, n_dwellings=60
    )
    rulebook = load_rulebook("wallonia")
    proposal = propose(register, rulebook, assessments)
    joint = [d for d in proposal.dwellings if d.application_id]
    (serial,) = (a for a in proposal.alternatives if a.name == "serial")
    assert len(joint) >= len(serial.assignment)
    certificate, _ = build_certificate(
        proposal, register, assessments, rulebook, proposal_bytes=proposal_json(proposal)
    )
    assert check(certificate)["served"] == len(joint)
