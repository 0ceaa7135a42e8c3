"""Every meeting the engine can hold leaves a certificate that the checker accepts."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from allocation.documents.proposal_json import proposal_json
from allocation.model import Register
from allocation.proof import checker
from allocation.proof.agreement import check_agreement
from allocation.proof.certificate import build_certificate
from allocation.proposal import propose
from allocation.rules import Assessments, Rulebook, load_rulebook
from scenarios.synthetic import synthesise
from tests.oracles.mutations import mutants
from tests.oracles.small_sessions import sealed
from tests.random_meetings import a_small_meeting
from tests.unit.allocation.proof.test_demo_session import Written, is_refused

LEX_UNITS = ("floors", "units", "priority", "fit")


@cache
def rulebook() -> Rulebook:
    """The rules of the demo."""
    return load_rulebook("wallonia")


def certified(register: Register, assessments: Assessments) -> Written:
    """The meeting proposed and certified."""
    proposal = propose(register, rulebook(), assessments)
    content = proposal_json(proposal)
    documents = build_certificate(
        proposal, register, assessments, rulebook(), proposal_bytes=content
    )
    return Written(register, content, *documents)


def held_as(register: Register, reading: str) -> Register:
    """The same meeting in another mode or under the other rule."""
    meeting = register.meeting
    assert meeting is not None
    other = {
        "joint": meeting,
        "serial": replace(meeting, mode="serial"),
        "lex_units": replace(meeting, levels=LEX_UNITS),
    }
    return replace(register, meeting=other[reading])


@pytest.mark.parametrize("reading", ["joint", "serial", "lex_units"])
def test_every_small_meeting_leaves_a_certificate_that_holds(reading: str) -> None:
    source = random.Random(4100)
    met: Counter[str] = Counter()
    for _ in range(120):
        register, assessments = a_small_meeting(source)
        made = certified(held_as(register, reading), assessments)
        # These assessments are invented without lines of points, so the annex is not opened.
        checker.check(made.certificate)
        check_agreement(made.certificate, made.annex, made.proposal)
        met.update(q["ground"] for q in made.certificate["quotas"])
    assert {"met", "short", "reached", "open"} <= set(met)


def test_no_change_to_a_small_meeting_passes() -> None:
    source = random.Random(4200)
    for n in range(25):
        made = certified(*a_small_meeting(source))
        if not made.certificate["households"]:
            continue  # nobody takes part: nothing to change
        for name, done, changed in mutants(made.certificate, n, each=1):
            try:
                checker.check(sealed(changed))
            except checker.FalseStatementError:
                continue
            pytest.fail(f"meeting {n}, {name}: {done}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_no_change_to_the_demo_passes(seed: int) -> None:
    from allocation.rules import evaluate_register

    register = synthesise(seed)
    meeting = register.meeting
    assert meeting is not None
    assessments = evaluate_register(
        rulebook(), register, meeting.meeting_on, settings=meeting.settings
    )
    made = certified(register, assessments)
    checker.check(made.certificate, made.annex)
    for name, done, changed in mutants(made.certificate, seed, each=4):
        assert is_refused(changed, made), f"{name}: {done}"
