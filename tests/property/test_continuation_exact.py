"""After the meeting: the continuation is the naive one, step by step, until nobody answers no."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from allocation.documents import proposal_json, read_proposal
from allocation.model.continuation import KINDS, Answer
from allocation.model.proposal import Proposal
from allocation.proposal import continue_meeting, propose
from allocation.rules import load_rulebook
from tests.oracles import naive_meeting
from tests.oracles.naive_continuation import NaiveContinuation
from tests.random_meetings import ON, a_small_meeting

SAMPLES = 150
FIRST_DAY = ON + timedelta(days=1)


def offers(proposal: Proposal) -> dict[str, str]:
    return {d.dwelling_id: d.application_id for d in proposal.dwellings if d.application_id}


def meetings(seed: int, n: int) -> Iterator[tuple[random.Random, Proposal, NaiveContinuation]]:
    """Random meetings whose seats settle, with their naive twin."""
    rng = random.Random(seed)
    rulebook = load_rulebook("wallonia")
    for _ in range(n):
        register, assessments = a_small_meeting(rng, n_households=9)
        proposal = propose(register, rulebook, assessments)
        try:
            yield rng, proposal, NaiveContinuation(register, assessments)
        except naive_meeting.UnsettledError:
            continue


def answers_of_a_day(
    rng: random.Random, proposal: Proposal, on: date, open_offers: dict[str, str], refusal: float
) -> list[Answer]:
    """Some of the open offers are answered; now and then a dwelling or a household is gone."""
    said = []
    for dwelling, household in sorted(open_offers.items()):
        draw = rng.random()
        if draw < 0.25:
            continue
        kind = rng.choice(("refused", "refused", "silence", "withdrawn_application"))
        if rng.random() > refusal:
            kind = "accepted"
        elif rng.random() < 0.08:
            kind = "withdrawn_dwelling"
        said.append(Answer(on, kind, dwelling, household))
    rng.shuffle(said)
    return said


def continued(proposal: Proposal, answers: list[Answer]) -> Proposal:
    """The continuation, through the file it is written in."""
    of = hashlib.sha256(proposal_json(proposal)).hexdigest()
    return read_proposal(proposal_json(continue_meeting(proposal, answers, of=of)))


def test_every_step_is_that_of_the_naive_continuation_until_all_is_answered() -> None:
    n_steps = n_refused = n_let_again = 0
    for rng, proposal, naive in meetings(4100, SAMPLES):
        refusal = rng.uniform(0.30, 0.58)
        accepted: set[str] = set()
        on = FIRST_DAY
        for _ in range(60):
            before = offers(proposal)
            assert before == naive.offers
            open_offers = {d: a for d, a in before.items() if d not in accepted}
            if not open_offers:
                break
            said = answers_of_a_day(rng, proposal, on, open_offers, refusal)
            if not said:
                continue
            naive.answer(said)
            proposal = continued(proposal, said)
            check_step(before, proposal, said)
            accepted |= {a.dwelling_id for a in said if a.kind == "accepted"}
            n_refused += sum(a.kind != "accepted" for a in said)
            n_let_again += len(offers(proposal).items() - before.items())
            n_steps += 1
            on += timedelta(days=3)
        else:
            raise AssertionError("the answers never end")
    assert n_steps > 100
    assert n_refused > 50
    assert n_let_again > 20


def check_step(before: dict[str, str], proposal: Proposal, said: list[Answer]) -> None:
    """What holds whatever the answers were."""
    after = offers(proposal)
    freed = {a.dwelling_id for a in said if a.kind != "accepted"}
    assert all(after.get(d) == a for d, a in before.items() if d not in freed)
    assert len(set(after.values())) == len(after)
    for line in proposal.quotas:
        if line.kind == "cap" and line.used > line.seats:
            assert line.ground == "exceeded_before" or _only_appeals(proposal, line.quota_id)
    served = set(after.values())
    grounds = {u.application_id: u for u in proposal.unserved}
    assert grounds.keys() == {h.application_id for h in proposal.households} - served
    assert proposal.continuation is not None
    for offer in proposal.continuation.steps[-1].offers:
        assert all(p.quotas for p in offer.passed_over)  # never passed over without a ground
    assert all(a.kind in KINDS for s in proposal.continuation.steps for a in s.answers)


def _only_appeals(proposal: Proposal, quota_id: str) -> bool:
    """Winners before the chamber are beyond the caps; they alone may carry one over its seats."""
    people = {h.application_id: h for h in proposal.households}
    members = [people[a] for a in offers(proposal).values() if quota_id in people[a].groups]
    return any("appeal" in h.preferences for h in members)


def test_the_next_in_line_of_every_dwelling_is_who_a_refusal_serves() -> None:
    n_checked = n_held_back = 0
    for _, proposal, naive in meetings(4200, SAMPLES):
        start, closed = dict(naive.offers), set(naive.closed)
        for line in proposal.dwellings:
            if not line.application_id:
                continue
            naive.offers, naive.closed = dict(start), set(closed)
            naive.answer([Answer(FIRST_DAY, "refused", line.dwelling_id, line.application_id)])
            first = next((n.application_id for n in line.next if n.needs == "refusal"), None)
            assert first == naive.offers.get(line.dwelling_id)
            n_held_back += any(n.needs != "refusal" for n in line.next)
            n_checked += 1
    assert n_checked > 100
    assert n_held_back > 10


def test_the_next_in_line_of_a_serial_meeting_is_who_a_refusal_serves() -> None:
    rng, rulebook = random.Random(4250), load_rulebook("wallonia")
    n_checked = n_held_back = n_short = 0
    for _ in range(SAMPLES):
        register, assessments = a_small_meeting(rng, n_households=9)
        assert register.meeting is not None
        serial = replace(register, meeting=replace(register.meeting, mode="serial"))
        proposal = propose(serial, rulebook, assessments)
        for line in proposal.dwellings:
            if line.application_id:
                refusal = Answer(FIRST_DAY, "refused", line.dwelling_id, line.application_id)
                after = offers(continue_meeting(proposal, [refusal], of="0" * 64))
                first = next((n.application_id for n in line.next if n.needs == "refusal"), None)
                assert first == after.get(line.dwelling_id)
                n_checked += 1
                n_held_back += any(n.needs == "cap" for n in line.next)
                n_short += any(n.needs == "reserve" for n in line.next)
    assert n_checked > 100
    assert n_held_back > 10
    assert n_short > 0


def test_the_order_of_the_answers_of_one_day_changes_nothing() -> None:
    for rng, proposal, _ in meetings(4300, 60):
        said = answers_of_a_day(rng, proposal, FIRST_DAY, offers(proposal), 0.6)
        once = continue_meeting(proposal, said, of="0" * 64)
        assert continue_meeting(proposal, sorted(said), of="0" * 64) == once


def test_one_file_of_two_days_is_two_files_one_after_the_other() -> None:
    for rng, proposal, _ in meetings(4400, 40):
        first = answers_of_a_day(rng, proposal, FIRST_DAY, offers(proposal), 0.6)
        middle = continued(proposal, first)
        accepted = {a.dwelling_id for a in first if a.kind == "accepted"}
        left = {d: a for d, a in offers(middle).items() if d not in accepted}
        second = answers_of_a_day(rng, middle, FIRST_DAY + timedelta(days=2), left, 0.6)
        at_once = continued(proposal, first + second)
        in_turn = continued(middle, second)
        assert offers(at_once) == offers(in_turn)
        assert at_once.unserved == in_turn.unserved
        assert at_once.dwellings == in_turn.dwellings
        assert at_once.quotas == in_turn.quotas
        assert at_once.continuation is not None
        assert in_turn.continuation is not None
        assert at_once.continuation.steps == in_turn.continuation.steps
        assert at_once.continuation.differences == in_turn.continuation.differences


def test_a_serial_meeting_goes_on_too_and_keeps_its_caps() -> None:
    rng = random.Random(4500)
    rulebook = load_rulebook("wallonia")
    n_let_again = 0
    for _ in range(60):
        register, assessments = a_small_meeting(rng, n_households=9)
        assert register.meeting is not None
        serial = replace(register, meeting=replace(register.meeting, mode="serial"))
        proposal = propose(serial, rulebook, assessments)
        on = FIRST_DAY
        for _ in range(20):
            before = offers(proposal)
            said = answers_of_a_day(rng, proposal, on, before, 1.0)
            if not said:
                break
            proposal = continued(proposal, said)
            check_step(before, proposal, said)
            n_let_again += len(offers(proposal).items() - before.items())
            on += timedelta(days=3)
    assert n_let_again > 20


def test_who_says_no_is_told_so_and_not_that_another_came_first() -> None:
    n_checked = 0
    for rng, proposal, _ in meetings(4600, 60):
        said = answers_of_a_day(rng, proposal, FIRST_DAY, offers(proposal), 0.9)
        after = continue_meeting(proposal, said, of="0" * 64)
        grounds = {u.application_id: u.reason for u in after.unserved}
        for answer in said:
            if answer.kind in ("refused", "silence") and answer.application_id in grounds:
                assert grounds[answer.application_id] == answer.kind
                n_checked += 1
    assert n_checked > 10
