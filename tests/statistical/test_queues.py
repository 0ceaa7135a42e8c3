"""
Queues whose waits are known, served in the order of the list (V1 to V5).

Of the product: the kernel, the streams, and the order of the list (tier, points, date) that says
who is next. The work left in the system does not depend on the order of service and its mean is
known (Pollaczek and Khinchine): it takes most of the noise away, so that what is tested is how
the order shares the waiting out.
"""

from collections.abc import Callable

import numpy as np
import pytest

from allocation.ranking import POINTS_TIER, TRANSFER_TIER
from scenarios.streams import streams
from tests.statistical.criterion import Replications, agrees
from tests.statistical.queues import POINT, Customers, Desk, Floats, Ints

N_RUNS = 30
WARM_UP = 20  # one customer in so many comes too early to count


def waits_by_class(
    name: str,
    rates: tuple[float, ...],
    n: int,
    *,
    tiers: tuple[int, ...],
    slopes: tuple[float, ...] = (),
) -> tuple[list[Replications], list[tuple[Replications, float]]]:
    """Mean wait of each class in every run of one server, and what takes noise away."""
    load = sum(rates)
    means: list[list[float]] = [[] for _ in rates]
    work, service, gaps = [], [], []
    for seed in range(N_RUNS):
        customers = Customers(streams(seed).under(name), rates, 1.0, n)
        points = growing(np.array(slopes)[customers.kind], customers.comes) if slopes else None
        desk = Desk(customers, 1, tiers, points)
        desk.run()
        first = n // WARM_UP
        wait, lasts = desk.waits[first:], customers.lasts[first:]
        for kind, found in enumerate(means):
            found.append(float(wait[customers.kind[first:] == kind].mean()))
        work.append(float(load * (lasts * wait + lasts**2 / 2).mean()))
        service.append(float(lasts.mean()))
        gaps.append(float(np.diff(customers.comes[first:]).mean()))
    known = [(work, load / (1 - load)), (service, 1.0), (gaps, 1 / load)]
    return list(means), known


def growing(slope: Floats, since: Floats) -> Callable[[Ints, float], Ints]:
    def points(who: Ints, now: float) -> Ints:
        found: Ints = (slope[who] * (now - since[who]) * POINT).astype(np.int64)
        return found

    return points


def waits_of_theory(rates: tuple[float, ...], slopes: tuple[float, ...]) -> list[float]:
    """Kleinrock: points that grow at different speeds, classes by increasing slope."""
    load = sum(rates)
    found: list[float] = []
    for p, b in enumerate(slopes):
        below = sum(rates[i] * found[i] * (1 - slopes[i] / b) for i in range(p))
        above = sum(r * (1 - b / c) for r, c in zip(rates[p + 1 :], slopes[p + 1 :], strict=True))
        found.append((load / (1 - load) - below) / (1 - above))
    return found


@pytest.mark.parametrize(
    ("servers", "rate", "service", "n", "share_waiting", "wait"),
    [(3, 2.0, 1.0, 20_000, 4 / 9, 4 / 9), (25, 10.0, 0.5, 25_000, 0.209103, 0.0836411)],
)
def test_v1_several_servers_have_the_waits_of_erlang(
    servers: int, rate: float, service: float, n: int, share_waiting: float, wait: float
) -> None:
    """The mean of the 25, where few wait and long, is known to two per cent in this time."""
    shares, means, services, gaps = [], [], [], []
    for seed in range(60):
        customers = Customers(streams(seed).under("v1"), (rate,), service, n)
        desk = Desk(customers, servers)
        desk.run()
        first = n // WARM_UP
        shares.append(float((desk.waits[first:] > 0).mean()))
        means.append(float(desk.waits[first:].mean()))
        services.append(float(customers.lasts[first:].mean()))
        gaps.append(float(np.diff(customers.comes[first:]).mean()))
    known = [(services, 1 / service), (gaps, 1 / rate)]
    assert not agrees(shares, share_waiting, controls=known)
    assert not agrees(means, wait, controls=known, relative=0.01 if servers < 10 else 0.02)


@pytest.mark.parametrize(
    ("order", "second"), [("first come", 4.0), ("random", 16 / 3), ("last come", 8.0)]
)
def test_v3_the_order_of_service_changes_the_spread_and_not_the_mean(
    order: str, second: float
) -> None:
    means, squares, work = [], [], []
    for seed in range(40):
        drawn = streams(seed).under("v3")
        customers, n = Customers(drawn, (0.5,), 1.0, 20_000), 20_000
        lots = drawn.of("lots")
        points: dict[str, Callable[[Ints, float], Ints]] = {
            "random": lambda who, now, lots=lots: lots.integers(0, POINT, len(who)),
            "last come": lambda who, now: who,
        }
        desk = Desk(customers, 1, points=points.get(order))
        desk.run()
        wait, lasts = desk.waits[n // WARM_UP :], customers.lasts[n // WARM_UP :]
        means.append(float(wait.mean()))
        squares.append(float((wait**2).mean()))
        work.append(float((lasts * wait + lasts**2 / 2).mean() / 2))
    assert not agrees(means, 1.0, controls=[(work, 1.0)])
    assert not agrees(squares, second, controls=[(work, 1.0)])


def test_v2_the_line_is_as_long_as_arrivals_times_waits() -> None:
    """L_q of three servers, and Little's law on the path of this and two other queues."""
    lengths, rates, services = [], [], []
    for seed in range(60):
        customers = Customers(streams(seed).under("v2"), (2.0,), 1.0, 20_000)
        desk = Desk(customers, 3)
        desk.run()
        first = customers.n // WARM_UP
        time = customers.comes[-1] - customers.comes[first]
        lengths.append(float(desk.waits[first:].sum() / time))
        rates.append(float((customers.n - first) / time))
        services.append(float(customers.lasts[first:].mean()))
    assert not agrees(lengths, 0.888889, controls=[(rates, 2.0), (services, 1.0)])


@pytest.mark.parametrize(
    ("servers", "rate", "service"), [(3, 2.0, 1.0), (10, 9.0, 1.0), (25, 10.0, 0.5)]
)
def test_v2_little_holds_exactly_on_every_path(servers: int, rate: float, service: float) -> None:
    customers = Customers(streams(1).under("little"), (rate,), service, 10_000)
    desk = Desk(customers, servers)
    desk.run()
    assert desk.line == pytest.approx(float(desk.waits.sum()), rel=1e-12)
    assert not desk.waiting


def test_v4_a_tier_before_another_has_the_waits_of_strict_priority() -> None:
    means, known = waits_by_class("v4", (0.3, 0.5), 8000, tiers=(TRANSFER_TIER, POINTS_TIER))
    assert not agrees(means[0], 8 / 7, controls=known)
    assert not agrees(means[1], 40 / 7, controls=known)
    total = [0.3 * high + 0.5 * low for high, low in zip(*means, strict=True)]
    assert not agrees(total, 3.2, controls=known)


@pytest.mark.parametrize(
    ("rates", "slopes", "targets"),
    [
        ((0.5, 0.3), (1.0, 2.0), (4.705882, 2.823529)),
        ((0.5, 0.3), (1.0, 4.0), (5.161290, 2.064516)),
        ((0.3, 0.3, 0.2), (1.0, 2.0, 4.0), (5.714286, 3.492063, 2.190476)),
    ],
)
def test_v5_points_that_grow_at_other_speeds_have_the_waits_of_kleinrock(
    rates: tuple[float, ...], slopes: tuple[float, ...], targets: tuple[float, ...]
) -> None:
    assert waits_of_theory(rates, slopes) == pytest.approx(list(targets), abs=1e-6)
    tiers = (POINTS_TIER,) * len(rates)
    means, known = waits_by_class(f"v5 {slopes}", rates, 10_000, tiers=tiers, slopes=slopes)
    for found, target in zip(means, targets, strict=True):
        assert not agrees(found, target, controls=known)
