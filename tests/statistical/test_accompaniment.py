"""
Accompaniment and sliding leases against closed forms (V15, V16).

Of the product: a real world's places, follow-ups, reviews, tenancies and their hazards, on its
kernel, with starts drawn from its streams; committees are left out.
"""

from fractions import Fraction
from math import ceil, log

import numpy as np
import pytest

from scenarios.bridges import MONTH
from scenarios.policy import Bridge
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.streams import streams
from tests.statistical.criterion import agrees
from tests.statistical.followed import Followed

SHARE = Fraction(1, 10)
MONTHS = "simulator.accompaniment.months"
# Nobody leaves: the load is that of the follow-ups alone.
STAYING = {"generator.vacancies.turnover_rate": 1e-9, "flows.eviction_rate": 1e-10}


def gaps(seed: int, rate: float, n: int) -> np.ndarray:
    """Days between starts, so many a year."""
    drawn = streams(seed).under("starts").uniforms("gap", np.arange(n))
    return -np.log1p(-drawn) * DAYS_OF_A_YEAR / rate


def test_v15_without_a_limit_the_load_is_that_of_poisson() -> None:
    """
    Twelve starts a year, a year and a half each: P(25 or more followed) = 0.0682602.

    The first two moments, tested first, take part of the noise away.
    """
    often, means, squares, between = [], [], [], []
    for seed in range(40):
        drawn = gaps(seed, 12, 10_000)
        followed = Followed(Bridge("support", (), share=SHARE), **{MONTHS: 18.0, **STAYING})
        followed.run(np.cumsum(drawn).tolist())
        load = np.array(followed.load[500:], dtype=np.float64)
        often.append(float((load >= 25).mean()))
        means.append(float(load.mean()))
        squares.append(float((load**2).mean()))
        between.append(float(drawn[500:].mean()))
    pace = [(between, DAYS_OF_A_YEAR / 12)]
    assert not agrees(means, 18, controls=pace)
    assert not agrees(squares, 18 + 18**2, controls=pace)
    assert not agrees(often, 0.0682602, controls=[(means, 18), (squares, 18 + 18**2)])


@pytest.mark.parametrize(
    ("rate", "months", "places", "lost"), [(12, 18.0, 20, 0.109213), (9, 12.0, 12, 0.0830866)]
)
def test_v15_with_few_places_the_share_of_starts_lost_is_that_of_erlang(
    rate: int, months: float, places: int, lost: float
) -> None:
    shares, carried, between = [], [], []
    for seed in range(28):
        drawn = gaps(seed, rate, 10_000)
        bridge = Bridge("support", (), share=SHARE, places=Fraction(places))
        followed = Followed(bridge, **{MONTHS: months, **STAYING})
        followed.run(np.cumsum(drawn).tolist())
        shares.append(float(np.mean(followed.lost[500:])))
        carried.append(float(np.mean(followed.load[500:])))
        between.append(float(drawn[500:].mean()))
        assert max(followed.load) == places
    pace = [(between, DAYS_OF_A_YEAR / rate)]
    assert not agrees(shares, lost, controls=pace)
    assert not agrees(carried, rate * months / 12 * (1 - lost), controls=pace)


def sliding(months: float) -> Followed:
    """A failure in one month out of fifty, and no other reason to leave."""
    yearly, transfers = -12 * log(0.98), 0.25
    return Followed(
        Bridge("support", (), share=SHARE, is_sliding=True),
        stock=12_000,
        **{
            MONTHS: months,
            "simulator.accompaniment.sliding_months": 24.0,
            "bridges.sliding_lease_success": 1.0,
            "flows.eviction_rate": yearly,
            "flows.share_transfers": transfers,
            "generator.vacancies.turnover_rate": yearly * (1 + 1e-9) / (1 - transfers),
            "accompaniment.effect_on_eviction": 1.0,
            "accompaniment.effect_on_early_exit": 1.0,
            "stock.sales_per_year": 0,
        },
    )


def test_v16_a_sliding_lease_succeeds_as_often_and_lasts_as_long_as_theory_says() -> None:
    """A review after 24 months: 0.98^24 slide; the months begun, their mean."""
    followed = sliding(24.0)
    n = len(followed.homes_to_let)
    followed.run([0.0] * n)
    world = followed.world
    slid = world.record.slides["slid"]
    assert not agrees([1.0] * slid + [0.0] * (n - slid), 0.98**24)
    months = [ceil((last - first) / MONTH) for first, last in world.record.followed]
    assert len(months) == n
    assert not agrees([min(24, m) for m in months], 19.210983)


def test_v16_the_load_at_one_start_a_month_is_the_mean_of_the_months() -> None:
    """Whose lease failed is followed no more: places are free again. Means of 29 stretches."""
    followed = sliding(23.98)
    n = len(followed.homes_to_let)
    followed.run([MONTH * i for i in range(n)])
    load = np.array(followed.load[24:]) + 1
    stretches = [float(part.mean()) for part in np.array_split(load, 29)]
    assert not agrees(stretches, 19.210983)
    assert not followed.world.support.following
