"""
Overloaded lists against their fluid limits (V7 to V10), ten times as large, within one per cent.

Of the product: the whole committee of the simulator (order of the list, line, rounds, seats of
quotas from the ledger, exact matching) and its kernel and streams. A run starts near the state
that theory says and goes on for four times the patience of a candidate: it would drift to
another state if the committee decided otherwise.
"""

from fractions import Fraction
from math import exp, log

import pytest

from allocation.model import Group, QuotaRule
from tests.statistical.overloaded import Class, Lists

WITHIN = 0.01
SCALE = 10
THETA = 0.2


def ran(*classes: Class, quotas: tuple[QuotaRule, ...] = (), **pools: float) -> Lists:
    lists = Lists(classes, pools, THETA, quotas)
    lists.run()
    return lists


def test_v7_a_head_start_is_worth_its_points_in_years() -> None:
    cutoff = 5 * log((40 * exp(1.2) + 60) / 40)
    assert cutoff == pytest.approx(7.863991, abs=1e-6)
    lists = ran(
        Class(40 * SCALE, cutoff - 6, base=6, slope=1), Class(60 * SCALE, cutoff, slope=1), A=400
    )
    assert lists.waits() == pytest.approx([1.863991, 7.863991], rel=WITHIN)
    flows = lists.flows()
    assert flows[0, "A"] == pytest.approx(275.52169, rel=WITHIN)
    assert flows[1, "A"] == pytest.approx(124.47831, rel=WITHIN)


def test_v8_points_that_grow_twice_as_fast_halve_the_wait() -> None:
    lists = ran(Class(400, 3.002076, slope=2), Class(600, 6.004153, slope=1), A=400)
    assert lists.waits() == pytest.approx([3.002076, 6.004153], rel=WITHIN)
    flows = lists.flows()
    assert flows[0, "A"] == pytest.approx(219.43351, rel=WITHIN)
    assert flows[1, "A"] == pytest.approx(180.56649, rel=WITHIN)


def test_v9_a_floor_shortens_one_wait_and_lengthens_the_other_as_theory_says() -> None:
    floor = QuotaRule("floor", "floor", Group(income_categories=(1,)), share=Fraction(3, 10))
    common = log(2.5) / THETA
    without = ran(Class(200, common, category=1), Class(800, common), A=400)
    assert without.waits() == pytest.approx([common, common], rel=WITHIN)
    assert without.flows()[0, "A"] == pytest.approx(80, rel=WITHIN)
    reserved = ran(
        Class(200, log(20 / 12) / THETA, category=1),
        Class(800, log(80 / 28) / THETA),
        quotas=(floor,),
        A=400,
    )
    assert reserved.waits() == pytest.approx([2.554128, 5.249111], rel=WITHIN)
    assert reserved.flows()[0, "A"] == pytest.approx(120, rel=WITHIN)
    price = reserved.waits()[1] - without.waits()[1]
    assert price == pytest.approx(0.667657, abs=WITHIN * 5.249111)


def test_v10_pools_are_shared_when_dedicated_waits_would_cross() -> None:
    common = log(2) / THETA
    lists = ran(Class(600, common, ("A", "B")), Class(400, common, ("B",)), A=200, B=300)
    assert lists.waits() == pytest.approx([common, common], rel=WITHIN)
    flows = lists.flows()
    assert flows[0, "A"] == pytest.approx(200, rel=WITHIN)
    assert flows[0, "B"] == pytest.approx(100, rel=WITHIN)
    assert flows[1, "B"] == pytest.approx(200, rel=WITHIN)


def test_v10_pools_stay_apart_when_they_would_not() -> None:
    lists = ran(Class(300, 0.911608, ("A", "B")), Class(600, 5.493061, ("B",)), A=250, B=200)
    assert lists.waits() == pytest.approx([0.911608, 5.493061], rel=WITHIN)
    flows = lists.flows()
    assert flows[0, "A"] == pytest.approx(250, rel=WITHIN)
    assert (0, "B") not in flows
