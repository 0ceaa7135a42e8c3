"""The four rules of shortage on one round small enough to be worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from allocation.matching import Problem, Quota, solve
from allocation.matching.shortage import Measure, RuleName

# Three dwellings for ten households: five of A, then four of B, then one of C, in rank order.
# A asks for four seats of weight 2, B for two and C for one of weight 1.
A, B, C = 1, 2, 4


def a_short_round(rule: RuleName, *, precedences: tuple[int, int, int] = (0, 0, 0)) -> Problem:
    seats_and_weights = ((4, 2), (2, 1), (1, 1))
    quotas = tuple(
        Quota(name, "floor", seats, weight=weight, precedence=precedence)
        for name, (seats, weight), precedence in zip(
            "ABC", seats_and_weights, precedences, strict=True
        )
    )
    members = (A,) * 5 + (B,) * 4 + (C,)
    names = tuple(f"h{i}" for i in range(len(members)))
    return Problem(
        names, (1,) * len(names), members, (("d1", "d2", "d3"),), quotas, shortage_rule=rule
    )


@pytest.mark.parametrize(
    ("rule", "precedences", "served", "measure"),
    [
        # Every seat of A weighs double: three of A leave 2 + 2 + 1.
        ("weighted", (0, 0, 0), (0, 1, 2), (5,)),
        # B and C first, in that order; nothing is left for A.
        ("precedence", (2, 0, 1), (5, 6, 9), (0, 0, 8)),
        # A first, then B and C together: the fourth seat of A cannot be had.
        ("precedence", (0, 1, 1), (0, 1, 2), (2, 3)),
        # Two floors can be met, B and C; A with C would meet one only.
        ("number_met", (0, 0, 0), (5, 6, 9), (1, 8)),
        # C must have its seat, else it lacks everything; then A and B lack 3/4 and 1/2.
        ("leximin", (0, 0, 0), (0, 5, 9), (Fraction(3, 4), Fraction(1, 2), Fraction(0))),
    ],
)
def test_each_rule_gives_its_own_answer(
    rule: RuleName,
    precedences: tuple[int, int, int],
    served: tuple[int, ...],
    measure: Measure,
) -> None:
    found = solve(a_short_round(rule, precedences=precedences))
    assert (found.served, found.measure) == (served, measure)


def test_a_floor_that_weighs_nothing_takes_nobody_from_one_declared_later() -> None:
    """One dwelling; the only member of B, declared second and short, is also one of A's."""
    quotas = (
        Quota("A", "floor", 1, counting="once", weight=0, precedence=0),
        Quota("B", "floor", 1, counting="once", weight=1, precedence=1),
    )
    problem = Problem(
        ("h0", "h1"), (1, 1), (A, A | B), (("d1",),), quotas, shortage_rule="precedence"
    )
    found = solve(problem)
    assert (found.served, found.measure) == ((1,), (0,))


def test_weights_far_apart_do_not_overflow_a_precedence() -> None:
    """Twenty floors one after the other would need a weight of 10,000 to the power of twenty."""
    n = 20
    quotas = tuple(Quota(f"q{i}", "floor", 1000, weight=9_999, precedence=n - i) for i in range(n))
    members = tuple(1 << i for i in range(n))
    problem = Problem(
        tuple(f"h{i}" for i in range(n)), (1,) * n, members, (("d1", "d2"),), quotas,
        shortage_rule="precedence",
    )  # fmt: skip
    assert solve(problem).served == (n - 2, n - 1)


def test_several_places_of_a_capacity_are_taken_by_one_household() -> None:
    cap = Quota("capacity", "cap", 3)
    problem = Problem(
        ("heavy", "light", "none"), (1, 1, 1), (0b11, 0b01, 0b00), (("d1", "d2"),), (cap,),
        places=((0, 3),),
    )  # fmt: skip
    assert solve(problem).served == (0, 2)


def test_a_person_counted_once_cannot_take_several_places() -> None:
    floor = Quota("seats", "floor", 2, counting="once")
    with pytest.raises(ValueError, match="one seat"):
        Problem(("a",), (1,), (0b11,), (("d1",),), (floor,), places=((0, 2),))
