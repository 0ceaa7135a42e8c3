"""Free capacity is exact, shown before a promise, and passed only with a written reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.accompaniment.capacity import (
    Capacity,
    CapacityError,
    Load,
    check_promise,
    free_capacity,
)
from allocation.accompaniment.plans import HOLDS_A_PLACE, PLAN
from allocation.accompaniment.scale import (
    ScaleError,
    default_levels,
    default_scale,
    modes,
    units_source,
)

SCALE = default_scale()
LOADS = st.lists(
    st.builds(Load, st.sampled_from(PLAN.states), st.sampled_from(sorted(SCALE.weights)))
)


def test_the_scale_proposed_is_that_of_the_opinion_and_says_it_is_a_proposal() -> None:
    weights = {"D": 400, "W": 200, "R": 100, "O": 50, "C": 25, "S": 10}
    assert dict(SCALE.weights) == weights
    assert SCALE.units_per_full_time == 2000
    assert {level.source.status for level in default_levels()} == {"proposal"}
    assert (units_source().status, SCALE.mark) == ("proposal", "proposal")
    assert set(modes()) == {"individual", "communal", "collective"}


@pytest.mark.parametrize(("code", "places"), [("W", 10), ("R", 20), ("D", 5), ("S", 200)])
def test_a_full_time_worker_holds_ten_weekly_or_twenty_regular_households(
    code: str, places: int
) -> None:
    empty = free_capacity(SCALE, full_time_hundredths=100, loads=())
    assert empty.places(SCALE.weight(code)) == places
    full = free_capacity(SCALE, full_time_hundredths=100, loads=[Load("active", code)] * places)
    assert full.free == 0


@given(LOADS)
def test_only_what_holds_a_place_weighs_and_order_does_not_matter(loads: list[Load]) -> None:
    found = free_capacity(SCALE, full_time_hundredths=350, loads=loads)
    counted = [load for load in loads if load.state in HOLDS_A_PLACE]
    by_hand = sum(
        10 if load.state == "standby" else SCALE.weights[load.intensity] for load in counted
    )
    assert (found.total, found.used) == (7000, by_hand)
    assert found == free_capacity(SCALE, full_time_hundredths=350, loads=reversed(loads))


@given(LOADS, st.sampled_from(["declined", "no_answer", "withdrawn_by_household", "closed"]))
def test_who_declines_or_leaves_gives_the_place_back_and_weighs_nothing(
    loads: list[Load], end: str
) -> None:
    left = [Load(end, load.intensity) for load in loads]
    assert free_capacity(SCALE, full_time_hundredths=100, loads=left).used == 0


def test_a_promise_beyond_what_is_free_needs_a_written_reason() -> None:
    full = Capacity(total=200, used=100)
    assert check_promise(full, 100) is False
    for reason in ("", "  "):
        with pytest.raises(CapacityError) as refused:
            check_promise(full, 101, reason=reason)
        assert refused.value.context == {"free": "1", "wanted": "1.01"}
    assert check_promise(full, 101, reason="Two plans end on Friday") is True


def test_an_overbooked_service_has_no_places_left() -> None:
    assert Capacity(total=100, used=300).places(50) == 0
    assert Capacity(total=100, used=0).places(0) == 0


def test_an_intensity_that_the_association_does_not_have_is_named() -> None:
    with pytest.raises(ScaleError) as refused:
        SCALE.weight("Z")
    assert refused.value.context == {"intensity": "Z", "known": "D, W, R, O, C, S"}
