"""A whole meeting equals the naive one, certifies itself, and does not depend on input order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from allocation.documents import proposal_json
from allocation.model import TABLE_BY_NAME, Register, Table
from allocation.proof.certificate import build_certificate
from allocation.proof.checker import check
from allocation.proposal import propose
from allocation.rules import load_rulebook
from tests.oracles import naive_meeting
from tests.random_meetings import a_small_meeting

BATCHES = 20
PER_BATCH = 100


@pytest.mark.parametrize("batch", range(BATCHES))
def test_proposal_equals_the_naive_meeting_and_passes_the_audit(batch: int) -> None:
    rng = random.Random(7000 + batch)
    rulebook = load_rulebook("wallonia")
    for _ in range(PER_BATCH):
        register, assessments = a_small_meeting(rng)
        proposal = propose(register, rulebook, assessments)
        found = {d.dwelling_id: d.application_id for d in proposal.dwellings if d.application_id}
        try:
            expected = naive_meeting.meet(register, assessments)
        except naive_meeting.UnsettledError:
            assert "quota.base_not_settled" in {w.code for w in proposal.warnings}
            continue
        assert found == expected, register.content_hash
        certificate, _ = build_certificate(
            proposal, register, assessments, rulebook, proposal_bytes=proposal_json(proposal)
        )
        assert check(certificate)["served"] == len(found)  # the fairness audit finds nothing


def shuffled(register: Register, rng: random.Random) -> Register:
    """The same register with every table read in another order."""
    tables = {}
    for name, table in register.tables.items():
        rows = list(table.rows())
        rng.shuffle(rows)
        tables[name] = Table.of(TABLE_BY_NAME[name], rows)
    return replace(
        register,
        tables=tables,
        quotas=tuple(
            sorted(rng.sample(register.quotas, len(register.quotas)), key=lambda q: q.quota_id)
        ),
    )


def test_order_of_input_changes_nothing() -> None:
    rng = random.Random(7900)
    rulebook = load_rulebook("wallonia")
    for _ in range(40):
        register, assessments = a_small_meeting(rng)
        again = shuffled(register, rng)
        assert again.content_hash == register.content_hash
        assert propose(again, rulebook, assessments) == propose(register, rulebook, assessments)
