"""The core gives the one right answer: ten thousand small rounds against every oracle."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from allocation.matching import LEX, LEX_UNITS, Reasons, solve
from tests.oracles import brute_force, naive_round
from tests.oracles.differences import examine, smallest
from tests.random_rounds import a_round, as_instance

ROUNDS, CHUNKS = 10_000, 20
GROUNDS_EVERY, CERTIFICATE_EVERY = 50, 20  # more at night: ``make nightly``


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_ten_thousand_rounds_equal_exhaustive_search(chunk: int) -> None:
    met: Counter[str] = Counter()
    for number in range(chunk, ROUNDS, CHUNKS):
        turn = number // CHUNKS
        found = examine(
            number,
            with_grounds=turn % GROUNDS_EVERY == chunk % GROUNDS_EVERY,
            with_certificate=turn % CERTIFICATE_EVERY == chunk % CERTIFICATE_EVERY,
        )
        if found.fault:
            pytest.fail(f"round {number}: {found.fault}; the smallest: {smallest(number)}")
        met.update(rounds=1, crossing=found.is_binding_crossing, certified=found.is_certified)
    print(f"{met['crossing']} of {met['rounds']} rounds have two quotas that bind and cross")
    assert met["crossing"] >= met["rounds"] / 2  # the sample is not a collection of easy cases
    assert met["certified"]


@pytest.mark.parametrize("batch", range(4))
def test_quotas_limited_to_some_dwellings_equal_the_naive_round(batch: int) -> None:
    rng = random.Random(2000 + batch)
    for _ in range(25):
        problem = a_round(rng, most_households=8, with_scopes=True)
        for levels in (LEX, LEX_UNITS):
            expected = naive_round.solve(problem, most_served_first=levels is LEX_UNITS)
            assert solve(problem, levels=levels).served == expected, problem


@pytest.mark.parametrize("batch", range(2))
def test_who_closed_the_door_with_scoped_quotas_equals_exhaustive_search(batch: int) -> None:
    rng = random.Random(5000 + batch)
    for _ in range(12):
        problem = a_round(rng, most_households=5, with_scopes=True)
        instance = as_instance(problem)
        reasons = Reasons(problem, solve(problem))
        for p in range(len(problem.households)):
            if p not in reasons.served:
                assert reasons.must_outrank(p) == brute_force.must_outrank(instance, p), problem
