"""Who comes next is asked of a tally changed by one household: as if everything were recounted."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import get_args

from allocation.matching import solve
from allocation.matching.shortage import RuleName
from allocation.matching.solve import Tally, shortage, weighted_tally
from tests.random_rounds import a_round, with_places

SAMPLES = 300


def test_one_household_in_the_place_of_another_counts_as_counting_again() -> None:
    rng = random.Random(31)
    n_changed = 0
    for _ in range(SAMPLES):
        rule: RuleName = rng.choice(get_args(RuleName))
        problem = with_places(rng, a_round(rng, with_scopes=True))
        problem = replace(problem, shortage_rule=rule)
        seats = dict(solve(problem.with_quotas([False] * len(problem.quotas))).seats)
        waiting = [p for p in range(len(problem.households)) if p not in seats]
        if not seats or not waiting:
            continue
        leaver, newcomer = rng.choice(sorted(seats)), rng.choice(waiting)
        t = seats.pop(leaver)
        masks = {"leaving": problem.members[leaver], "entering": problem.members[newcomer]}
        before = {**seats, leaver: t}
        after = {**seats, newcomer: t}
        assert Tally(problem, before).shorts(t, **masks) == Tally(problem, after).shorts()
        assert weighted_tally(problem, before).shortage(t, **masks) == shortage(problem, after)
        n_changed += shortage(problem, after) != shortage(problem, before)
    assert n_changed > 20
