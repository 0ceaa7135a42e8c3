"""Meetings with crossing quotas: what a change of the register may and may not do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from allocation.matching import LEX
from allocation.proposal import propose
from tests.crossing_rounds import CrossingRound, binding_crossing, crossing_round
from tests.oracles.differences import rulebook
from tests.rounds_as_meetings import as_meeting, can_be_a_meeting


def crossing_meetings(first: int) -> Iterator[CrossingRound]:
    """Numbered rounds that can be held as meetings and in which quotas bind and cross."""
    for number in range(first, first + 10_000):
        drawn = crossing_round(number)
        if can_be_a_meeting(drawn.problem) and binding_crossing(drawn.problem):
            yield drawn


def let(drawn: CrossingRound) -> dict[str, int]:
    """Dwelling -> rank of the household that gets it."""
    rank = drawn.problem.rank
    register, assessments = as_meeting(drawn, tuple(LEX))
    proposal = propose(register, rulebook(), assessments)
    return {
        line.dwelling_id: rank[line.application_id]
        for line in proposal.dwellings
        if line.application_id in rank
    }


def test_other_identifiers_change_nothing_when_nobody_is_tied() -> None:
    for drawn in islice(crossing_meetings(20_000), 12):
        problem = drawn.problem
        names = tuple(f"a{99 - h}" for h in range(len(problem.households)))
        renamed = replace(drawn, problem=replace(problem, households=names))
        assert let(renamed) == let(drawn), drawn


def test_the_ledger_and_the_shares_give_what_the_same_seats_would() -> None:
    for drawn in islice(crossing_meetings(21_000), 12):
        seats = replace(
            drawn,
            limits=tuple(
                replace(limit, seats=quota.seats, share=None, period_seats=None)
                for limit, quota in zip(drawn.limits, drawn.problem.quotas, strict=True)
            ),
        )
        assert let(seats) == let(drawn), drawn


def test_points_more_never_lose_a_served_household_its_place() -> None:
    n_moved = 0
    for drawn in islice(crossing_meetings(22_000), 12):
        problem = drawn.problem
        for h in (rank for rank in let(drawn).values() if rank):
            order = [h, *(k for k in range(len(problem.households)) if k != h)]
            first = replace(
                problem,
                households=tuple(problem.households[k] for k in order),
                accepts=tuple(problem.accepts[k] for k in order),
                members=tuple(problem.members[k] for k in order),
            )
            assert 0 in let(replace(drawn, problem=first)).values(), (drawn, h)
            n_moved += 1
    assert n_moved > 12
