"""The first one a refusal serves is who the continuation of the meeting would serve."""

from __future__ import annotations

import random

from allocation.model.proposal import Proposal
from allocation.proposal import prepare, propose
from allocation.proposal.frozen import MAIN, ROUNDS
from allocation.proposal.rounds import run_rounds
from allocation.proposal.session import Session
from allocation.rules import load_rulebook
from tests.oracles import brute_force
from tests.random_meetings import a_small_meeting

SAMPLES = 300


def continuation(session: Session, proposal: Proposal, dwelling: str) -> str | None:
    """Who gets a dwelling refused, every other offer locked, by exhaustive search."""
    outcome = run_rounds(session, session.meeting.levels)
    t = session.type_of[dwelling]
    others = {p: d for p, d in outcome.assignment.items() if d != dwelling}
    refused = next(p for p, d in outcome.assignment.items() if d == dwelling)
    waiting = [
        p
        for p, mask in enumerate(session.accepts)
        if mask >> t & 1 and p not in others and p != refused
    ]
    locked = tuple((_groups(session, p, d), 1) for p, d in others.items())
    for place, name in enumerate(ROUNDS):
        entering = [p for p in waiting if name == MAIN or session.preference(p, t) <= place]
        if name != MAIN:
            entering = [p for p in entering if name in session.preferences[p]]
            entering = [p for p in entering if session.preference(p, t) == place]
        quotas = tuple(
            brute_force.Quota(
                r.rule.quota_id,
                "none" if name == "appeal" or (name != MAIN and r.rule.kind == "floor")
                else r.rule.kind,
                max(r.seats, sum(i in _groups(session, p, d) for p, d in others.items())),
                r.rule.counting,
                r.rule.weight,
            )
            if r.rule.kind == "cap"
            else brute_force.Quota(
                r.rule.quota_id, "floor" if name == MAIN else "none", r.seats, r.rule.counting,
                r.rule.weight,
            )
            for i, r in enumerate(outcome.resolved)
        )  # fmt: skip
        instance = brute_force.Instance(
            tuple((0,) for _ in entering),
            tuple(_groups(session, p, dwelling) for p in entering),
            2,
            quotas,
            locked,
        )
        served, _ = brute_force.solve(instance, ("floors", "units", "priority"))
        if served:
            return session.identifiers[entering[served[0]]]
    return None


def _groups(session: Session, p: int, dwelling: str) -> tuple[int, ...]:
    """Quotas that count a household on that dwelling."""
    nis5 = session.types[session.type_of[dwelling]].nis5
    return tuple(
        i
        for i, quota in enumerate(session.quotas)
        if session.members[p] >> i & 1 and quota.rule.nis5 in ("", nis5)
    )


def test_the_first_one_a_refusal_serves_is_the_continuation_of_the_meeting() -> None:
    rng = random.Random(9100)
    rulebook = load_rulebook("wallonia")
    n_checked = n_held_back = 0
    for _ in range(SAMPLES):
        register, assessments = a_small_meeting(rng)
        proposal = propose(register, rulebook, assessments)
        session = prepare(register, rulebook, assessments)
        for line in proposal.dwellings:
            if line.application_id is None:
                continue
            first = next((n.application_id for n in line.next if n.needs == "refusal"), None)
            assert first == continuation(session, proposal, line.dwelling_id)
            n_checked += 1
            n_held_back += any(n.needs != "refusal" for n in line.next)
    assert n_checked > 200
    assert n_held_back > 10
