"""`proposal.json` alone gives back the meeting: the same rounds, the same answer, no register."""

from __future__ import annotations

import json
import random
from dataclasses import fields
from pathlib import Path

from jsonschema import Draft202012Validator

from allocation.documents import proposal_json, read_proposal
from allocation.proposal import frozen_meeting, prepare, propose
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.rounds import run_rounds
from allocation.proposal.serial_session import run_serial
from allocation.rules import load_rulebook
from tests.random_meetings import a_small_meeting

SCHEMA = Path("docs/reference/proposal.schema.json")
SAMPLES = 300
# The secret stays in the register; settings and where a share comes from are already applied.
KEPT = {f.name for f in fields(FrozenMeeting)} - {"meeting", "quotas"}


def test_the_rounds_of_a_proposal_read_back_are_those_of_its_register() -> None:
    rng = random.Random(2900)
    rulebook = load_rulebook("wallonia")
    schema = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for sample in range(SAMPLES):
        register, assessments = a_small_meeting(rng)
        session = prepare(register, rulebook, assessments)
        proposal = propose(register, rulebook, assessments)
        written = proposal_json(proposal)
        frozen = frozen_meeting(read_proposal(written))
        for name in KEPT:
            assert getattr(frozen, name) == getattr(session, name), name
        levels = frozen.meeting.levels
        assert levels == session.meeting.levels
        again, before = run_rounds(frozen, levels), run_rounds(session, levels)
        assert again.assignment == before.assignment
        assert [r.seats for r in again.resolved] == [r.seats for r in before.resolved]
        assert run_serial(frozen, again.resolved) == run_serial(session, before.resolved)
        if sample < 20:
            schema.validate(json.loads(written))


def test_what_a_household_accepts_follows_from_what_the_proposal_says_of_it() -> None:
    rng = random.Random(2901)
    rulebook = load_rulebook("wallonia")
    for _ in range(60):
        register, assessments = a_small_meeting(rng)
        proposal = propose(register, rulebook, assessments)
        frozen = frozen_meeting(proposal)
        for household, costs in zip(proposal.households, frozen.costs, strict=True):
            dwellings = {d: c for t, c in costs.items() for d in frozen.types[t].dwellings}
            assert dwellings == household.accepts
