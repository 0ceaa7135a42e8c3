"""The rank said to be enough is the lowest one that is, whatever the rounds: each is tried."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from allocation.model import TABLE_BY_NAME, Table
from allocation.model.proposal import Proposal
from allocation.proposal import propose
from allocation.proposal.what_if_runs import Runs
from allocation.rules import load_rulebook
from tests.random_meetings import a_small_meeting

MEETINGS = 60


def held(mode: str) -> Iterator[Proposal]:
    """Meetings in seats in which many over 65 wait, half the dwellings designed for them."""
    source, rulebook = random.Random(2900), load_rulebook("wallonia")
    for _ in range(MEETINGS):
        register, assessments = a_small_meeting(source, n_households=14, n_dwellings=5)
        rows = [
            {**home, "designed_for_over_65": source.choice(("yes", "no"))}
            for home in register["dwellings"].rows()
        ]
        tables = {**register.tables, "dwellings": Table.of(TABLE_BY_NAME["dwellings"], rows)}
        n = len(assessments.points)
        over_65 = np.array([source.random() < 0.6 for _ in range(n)], dtype=bool)
        seats = tuple(
            replace(q, seats=source.randint(0, 2), share=None, period_seats=None)
            for q in register.quotas
        )
        assert register.meeting is not None
        meeting = replace(register.meeting, mode=mode)
        yield propose(
            replace(register, tables=tables, meeting=meeting, quotas=seats),
            rulebook,
            replace(assessments, has_member_over_65=over_65),
        )


@pytest.mark.parametrize("mode", ["joint", "serial"])
def test_the_rank_said_to_be_enough_is_the_lowest_one_that_is(mode: str) -> None:
    met: Counter[str] = Counter()
    for proposal in held(mode):
        runs, people = Runs(proposal), {h.application_id: h for h in proposal.households}
        rounds = {d.application_id: d.round for d in proposal.dwellings}
        for left in proposal.unserved:
            household = people[left.application_id]
            said = people[left.must_outrank].rank if left.must_outrank else 0
            for place in range(1, household.rank):
                served = runs.placed(household, place - 1)
                assert (household.application_id in served) == (place <= said)
            met[rounds.get(left.must_outrank or "", "nobody")] += 1
    assert all(met[name] >= 10 for name in ("over_65", "main", "nobody")), met
