"""Pairs passed over, counted one by one beside the count by classes; no pair without a ground."""

from fractions import Fraction
from typing import Any

import numpy as np

from scenarios.passed_over import passed_over
from scenarios.policy import Bridge
from scenarios.population import Place
from scenarios.wanted import NOT_HAD
from scenarios.world import World
from tests.small_worlds import a_bridge, a_place, a_policy, a_world

LARGER = a_place("logis-saint-ghislainois", 715, 5)


def pairs_one_by_one(sitting: Any) -> tuple[int, int]:
    """Pairs in all, and households in at least one."""
    line, meeting = sitting.line, sitting.meeting
    served = {line.place(a): meeting.type_of[d] for d, a in sitting.offers().items()}
    found = {
        (q, k)
        for k, t in served.items()
        for q in range(k)
        if q not in served and line.costs[q, t] != NOT_HAD
    }
    return len(found), len({q for q, _ in found})


def committees(mode: str, place: Place, *bridges: Bridge) -> list[tuple[int, int, Any]]:
    seen: list[tuple[int, int, Any]] = []

    def look(world: World, sitting: Any) -> None:
        points = np.zeros(len(sitting.line.households), dtype=np.int64)
        seen.append((*pairs_one_by_one(sitting), passed_over(sitting, points)))

    policy = a_policy(*bridges, mode=mode)
    a_world(policy=policy, place=place, on_committee=look).run()
    return seen


def test_classes_give_the_pairs_counted_one_by_one_and_each_has_a_ground() -> None:
    seen = committees("joint", a_place(years=3), a_bridge(15))
    for n_pairs, n_households, found in seen:
        told = found.preference + found.cap + found.floor + found.without_ground
        assert (told, found.households) == (n_pairs, n_households)
        assert found.without_ground == 0
    assert sum(found.floor for *_, found in seen) > 0
    assert sum(found.cap for *_, found in seen) > 0
    assert sum(found.displaced for *_, found in seen) > 0


def test_the_serial_reading_leaves_pairs_that_the_joint_one_does_not() -> None:
    seen = committees("serial", LARGER, a_bridge(10))
    assert sum(n for n, _, _ in seen) == sum(
        f.preference + f.cap + f.floor + f.without_ground for *_, f in seen
    )
    assert sum(found.without_ground for *_, found in seen) > 0


def test_households_counted_in_two_floors_leave_no_pair_without_a_ground() -> None:
    homes = Bridge("homes", ("transit", "homeless", "unfit"), share=Fraction(1, 4))
    work = Bridge("work", ("working",), share=Fraction(3, 10), is_accompanied=False)
    seen = committees("joint", LARGER, homes, work)
    assert sum(found.without_ground for *_, found in seen) == 0
    assert sum(found.floor for *_, found in seen) > 0
