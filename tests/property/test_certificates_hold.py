"""Every meeting the engine can hold leaves a certificate that the checker accepts."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from allocation.documents.proposal_json import proposal_json
from allocation.model import Register
from allocation.proof import checker
from allocation.proof.agreement import check_agreement
from allocation.proof.certificate import build_certificate
from allocation.proposal import propose
from allocation.rules import Assessments, Rulebook, load_rulebook
from scenarios.synthetic import synthesise
from tests.crossing_rounds import binding_crossing, crossing_round
from tests.oracles.differences import RULES
from tests.oracles.differences import certified as serve_and_certify
from tests.oracles.mutations import mutants
from tests.oracles.small_sessions import sealed
from tests.random_meetings import a_small_meeting
from tests.rounds_as_meetings import as_meeting, can_be_a_meeting
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


def is_accepted(changed: dict[str, Any]) -> bool:
    """A certificate changed, its hash recomputed: is it taken for true?"""
    try:
        checker.check(sealed(changed))
    except checker.FalseStatementError:
        return False
    return True


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
            assert not is_accepted(changed), f"meeting {n}, {name}: {done}"


def test_no_change_to_a_meeting_of_crossing_quotas_passes() -> None:
    tried: Counter[str] = Counter()
    for number in range(60):
        drawn = crossing_round(number)
        if not can_be_a_meeting(drawn.problem) or not binding_crossing(drawn.problem):
            continue
        levels = RULES["lex_units" if number % 2 else "lex"]
        _, certificate = serve_and_certify(*as_meeting(drawn, tuple(levels)))
        for name, done, changed in mutants(certificate, number, each=1):
            tried[name] += 1
            assert not is_accepted(changed), f"round {number}, {name}: {done}"
    assert len(tried) >= 50  # not those of forecasts: these meetings have none


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
