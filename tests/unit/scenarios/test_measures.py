"""Measures worked out by hand on small runs written down as columns."""

from collections.abc import Sequence

import numpy as np
import pytest

from allocation.wording import catalogue
from scenarios.measures import MEASURES, values
from scenarios.measures_of_priority import gini, pairs_in_order
from scenarios.observed import PAIRS, WHY_LEFT, Observed
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.record import HOUSED
from scenarios.synthetic.calibration import figure, figures

START = 1000
YEAR = round(DAYS_OF_A_YEAR)
END = START + 4 * YEAR
LANGUAGES = ("fr", "nl", "de", "en")

HOUSEHOLD = {
    "arrives": START + 1,
    "registered": START + 1,
    "ends": END,
    "how": 0,
    "is_new": 1,
    "is_transfer": 0,
    "is_single_parent": 0,
    "is_woman": 0,
    "bedrooms": 2,
    "in_need": 0,
    "in_agency": 0,
    "is_working": 0,
    "roofless_days": 0,
}
LETTING = {
    "household": 0,
    "decided": START + 10,
    "begins": START + 40,
    "vacated": START + 10,
    "available": START + 30,
    "tier": 1,
    "category": 1,
    "points": 5,
    "bedrooms": 2,
    "choice": 0,
    "stay": 0,
    "n_offers": 1,
    "left": -1,
    "is_bridge": 0,
    "why_left": 0,
    "nis5": 53014,
    "is_woman": 0,
    "is_single_parent": 0,
    "in_need": 0,
}
STAY = {"is_transit": 1, "begins": START + 1, "limit": START + 366, "ended": -1, "out_by": 0}
COMMITTEE = {"day": START + 10, **dict.fromkeys(PAIRS, 0)}
COUNTS = {
    "offers": 0.0,
    "answer.accepted": 1.0,
    "evictions": 0.0,
    "followed_days": 0.0,
    "stock": 100.0,
    "transit_places": 1.0,
    "insertion_places": 0.0,
    "support_places": 0.0,
    "caseload": 10.0,
    "companies": 1.0,
}


def table(usual: dict[str, int], rows: Sequence[dict[str, int]]) -> dict[str, np.ndarray]:
    found = [{**usual, **row} for row in rows]
    return {name: np.array([row[name] for row in found], dtype=np.int64) for name in usual}


def seen(
    *,
    households: Sequence[dict[str, int]] = (),
    lettings: Sequence[dict[str, int]] = (),
    stays: Sequence[dict[str, int]] = (),
    passed: Sequence[dict[str, int]] = (),
    followed: Sequence[tuple[int, int]] = (),
    **counts: float,
) -> Observed:
    spans = [{"begins": a, "ends": b} for a, b in followed]
    return Observed(
        START,
        END,
        households=table(HOUSEHOLD, households),
        lettings=table(LETTING, lettings),
        stays=table(STAY, stays),
        sittings=table({"day": START, "waiting": 1, "admitted": 1, "dwellings": 1}, [{}]),
        years=table({"year": 2027, "is_bridge": 1, "due": 0, "members": 0, "base": 0}, []),
        passed_over=table(COMMITTEE, passed),
        followed=table({"begins": 0, "ends": 0}, spans),
        counts={**COUNTS, **counts},
    )


def test_gini_of_hand_worked_waits() -> None:
    assert gini(np.array([1, 2, 3, 4])) == pytest.approx(0.25)
    assert gini(np.array([3, 3, 3])) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 0, 7])) == pytest.approx(4 / 5)
    assert np.isnan(gini(np.array([0, 0])))


def test_pairs_in_order_of_hand_worked_lettings() -> None:
    """Three days: 9 and 7 points, then 8, then 5; the 7 before the 8 is the only one broken."""
    days, points = np.array([1, 1, 2, 3]), np.array([9, 7, 8, 5])
    assert pairs_in_order(days, points) == (4, 1)
    assert pairs_in_order(days, np.array([9, 9, 9, 9])) == (0, 0)
    assert pairs_in_order(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)) == (0, 0)
    rng = np.random.default_rng(1)
    days, points = rng.integers(0, 9, 60), rng.integers(0, 9, 60)
    one_by_one = [
        (days[i] - days[j]) * (points[i] - points[j]) for i in range(60) for j in range(i)
    ]
    assert pairs_in_order(days, points) == (
        sum(x < 0 for x in one_by_one),
        sum(x > 0 for x in one_by_one),
    )


def test_the_order_of_points_is_told_within_each_size() -> None:
    rows = [
        {"begins": START + 10, "decided": START + 9, "points": 8, "bedrooms": 2},
        {"begins": START + 40, "decided": START + 39, "points": 6, "bedrooms": 2},
        {"begins": START + 70, "decided": START + 69, "points": 7, "bedrooms": 2},
        {"begins": START + 10, "decided": START + 9, "points": 1, "bedrooms": 3},
    ]
    found = values(seen(lettings=[{"tier": 1, "is_bridge": 0, **row} for row in rows]))
    assert found["list.kendall_tau"] == pytest.approx(1 / 3)


def test_disparity_is_the_best_served_size_over_the_least() -> None:
    def came(bedrooms: int, days: int, how: int) -> dict[str, int]:
        return {
            "arrives": START + 1,
            "ends": START + 1 + days,
            "how": how,
            "bedrooms": bedrooms,
            "is_transfer": 0,
            "in_need": 0,
        }

    one = [came(1, 100, HOUSED), came(1, 800, HOUSED)]
    two = [came(2, 100, HOUSED)] + [came(2, 800, HOUSED)] * 3
    found = values(seen(households=one + two))
    assert found["list.disparity_of_sizes"] == pytest.approx(2.0)


def test_inversions_are_pairs_per_offer_and_the_price_is_per_household_displaced() -> None:
    found = values(
        seen(
            passed=[
                {
                    "offers": 3,
                    "cap": 4,
                    "floor": 2,
                    "priced": 1,
                    "displaced": 2,
                    "points": 5,
                    "rank": 300,
                },
                {"offers": 1, "preference": 2, "displaced": 0},
            ]
        )
    )
    assert found["inversions.cap"] == 1
    assert found["inversions.floor"] == found["inversions.preference"] == 0.5
    assert found["inversions.without_ground"] == 0
    assert found["floors.displaced"] == pytest.approx(2 * 2 / (4 * YEAR / DAYS_OF_A_YEAR))
    assert found["floors.points_lost"] == 2.5
    assert found["floors.rank_lost"] == pytest.approx(0.15)


def test_the_cutoff_is_the_median_over_months_of_the_last_served_off_the_list() -> None:
    month = {"decided": START + 10}
    later = {"decided": START + 40}
    last = {"decided": START + 70}
    found = values(
        seen(
            lettings=[
                {**month, "points": 7},
                {**month, "points": 4},
                {**month, "points": 1, "is_bridge": 1},
                {**month, "points": 0, "tier": 0},
                {**later, "points": 9},
                {**last, "points": 6},
                {**last, "points": 2, "bedrooms": 5},
            ]
        )
    )
    assert found["cutoff.points.size_2"] == 6  # 4, 9 and 6
    assert found["cutoff.points.size_4"] == 2
    assert np.isnan(found["cutoff.points.size_1"])


def test_points_when_housed_are_told_by_sex_and_for_single_parents() -> None:
    found = values(
        seen(
            lettings=[
                {"points": 4, "is_woman": 1, "is_single_parent": 1},
                {"points": 8, "is_woman": 1},
                {"points": 5},
                {"points": 1, "tier": 0, "is_woman": 1},
            ]
        )
    )
    assert found["women.points_when_housed"] == 6
    assert found["men.points_when_housed"] == 5
    assert found["single_parents.points_when_housed"] == 4


def test_overdue_and_age_are_of_those_still_on_the_points_list_since_they_registered() -> None:
    limit = round(figure("simulator.measures.overdue_years") * DAYS_OF_A_YEAR)
    found = values(
        seen(
            households=[
                {"registered": END - limit - 30},
                {"registered": END - 60},
                {"registered": END - 30},
                {"registered": END - limit - 99, "how": 2},
                {"registered": END - limit - 99, "is_transfer": 1},
            ]
        )
    )
    assert found["register.overdue"] == pytest.approx(1 / 3)
    assert found["register.age"] == pytest.approx(60 / (DAYS_OF_A_YEAR / 12))


def test_caseload_peak_and_free_places_follow_the_days() -> None:
    days = END - START
    found = values(
        seen(
            followed=[(START, END), (START, START + days // 2), (END, END + 9)], support_places=2.0
        )
    )
    assert found["support.caseload"] == pytest.approx(1.5)
    assert found["support.fte"] == pytest.approx(0.15)
    assert found["support.peak"] == 2
    assert found["support.free"] == pytest.approx(0.5)
    assert found["support.full"] == pytest.approx(0.5)
    assert np.isnan(values(seen())["support.full"])


def test_homes_kept_count_those_under_way_and_returns_are_ends_nobody_chose() -> None:
    bridge = {"is_bridge": 1, "begins": START + 10}
    found = values(
        seen(
            lettings=[
                {**bridge, "left": START + 10 + YEAR, "why_left": WHY_LEFT.index("eviction")},
                {**bridge, "left": START + 10 + YEAR, "why_left": WHY_LEFT.index("left")},
                {**bridge, "left": START + 10 + 3 * YEAR, "why_left": WHY_LEFT.index("not_slid")},
                {**bridge},
                {"left": START + 200, "why_left": WHY_LEFT.index("term")},
            ]
        )
    )
    years = 4 * YEAR / DAYS_OF_A_YEAR
    assert found["bridge.kept_home_2_years"] == pytest.approx(0.5)
    assert found["list.kept_home_2_years"] == 0
    assert found["bridge.returns"] == pytest.approx(2 / years)
    assert found["leases.ended_by_term"] == pytest.approx(1 / years)


def test_euros_are_the_quantity_times_the_unit_cost() -> None:
    found = values(
        seen(
            lettings=[{"vacated": START + 10, "begins": START + 71}],
            stays=[{"begins": START + 5, "ended": START + 105}],
            followed=[(START, END)],
        )
    )
    years = 4 * YEAR / DAYS_OF_A_YEAR
    rent = figure("stock.average_rent") * 61 / (DAYS_OF_A_YEAR / 12) / years
    assert found["euros.vacancy_rent"] == pytest.approx(rent)
    nights = figure("simulator.costs.transit_night") * 100 / years
    assert found["euros.transit_nights"] == pytest.approx(nights)
    assert found["euros.support"] == pytest.approx(figure("simulator.costs.support_fte") * 0.1)


def test_every_measure_says_of_whom_over_what_and_when_in_four_languages() -> None:
    for measure in MEASURES.values():
        keys = (
            f"measure.{measure.measure_id}",
            f"unit.{measure.unit}",
            f"population.{measure.population}",
            f"per.{measure.per}",
            f"window.{measure.window}",
        )
        for language in LANGUAGES:
            words = catalogue(language)
            assert all(words.text(f"study.{key}") != f"study.{key}" for key in keys)
        if measure.unit_cost:
            low, high = figures()[measure.unit_cost].range
            assert low < figure(measure.unit_cost) < high
