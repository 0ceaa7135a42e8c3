"""
The kernel, the streams and the parts of the simulator against closed forms.

Criterion: see ``criterion``, over replications with fixed seeds. Numbers V1 to V18 are those of
the project's method.
"""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from math import log1p, sqrt

import numpy as np
import pytest

from allocation.quotas.pacing import meeting_seats
from scenarios.behaviour import ACCEPTED, Answers
from scenarios.estimates import student
from scenarios.homes import EMPTY, _reached
from scenarios.kernel import Kernel
from scenarios.measures import cumulative_incidence
from scenarios.parameters import Parameters
from scenarios.replication import committee_days
from scenarios.streams import streams
from scenarios.world import World
from tests.small_worlds import a_place, a_policy, a_world
from tests.statistical.criterion import agrees
from tests.statistical.simpy_register import mean_wait


def overloaded(seed: int, arrivals: float, vacancies: float, patience: float, until: float):
    """
    A register with departures and dwellings let at once (V6).

    Mean size, share housed, wait of those housed; then arrivals and vacancies a year, known.
    """
    kernel, rng = Kernel(), streams(seed).of("register")

    def after(rate: float) -> float:
        return kernel.now - log1p(-float(rng.random())) / rate

    waiting: dict[int, float] = {}
    area, before, housed, came, freed, waits = 0.0, 0.0, 0, 0, 0, []
    kernel.at(after(arrivals), "arrives")
    kernel.at(after(vacancies), "vacancy")
    n = 0

    def handle(name: str) -> Callable[..., None]:
        def event(*who: int) -> None:
            nonlocal area, before, housed, came, freed, n
            if kernel.now > until / 5:
                area += len(waiting) * (kernel.now - max(before, until / 5))
            before = kernel.now
            if name == "arrives":
                waiting[n] = kernel.now
                kernel.at(after(patience), "gives_up", n)
                n += 1
                came += kernel.now > until / 5
                kernel.at(after(arrivals), "arrives")
            elif name == "gives_up":
                waiting.pop(who[0], None)
            else:
                freed += kernel.now > until / 5
                if waiting:
                    oldest = next(iter(waiting))
                    since = waiting.pop(oldest)
                    if kernel.now > until / 5:
                        housed += 1
                        waits.append(kernel.now - since)
                kernel.at(after(vacancies), "vacancy")

        return event

    kernel.run(handle, until)
    years = until * 4 / 5
    return area / years, housed / came, float(np.mean(waits)), came / years, freed / years


def test_v6_an_overloaded_register_has_the_size_shares_and_waits_of_theory() -> None:
    runs = [overloaded(i, 12, 10, 0.25, 400) for i in range(60)]
    size, share, wait, came, freed = (list(column) for column in zip(*runs, strict=True))
    known = [(came, 12.0), (freed, 10.0)]
    assert not agrees(size, 9.390632, controls=known)
    assert not agrees(share, 0.804362, controls=known)
    assert not agrees(wait, 0.835854, controls=known)


def test_an_independent_simpy_model_of_the_same_register_agrees() -> None:
    ours = np.array([overloaded(100 + i, 12, 10, 0.25, 400)[2] for i in range(20)])
    theirs = np.array([mean_wait(i) for i in range(20)])
    error = sqrt(ours.var(ddof=1) / 20 + theirs.var(ddof=1) / 20)
    assert abs(ours.mean() - theirs.mean()) <= student(38) * error


HOUSEHOLD = 0


def staying_world() -> World:
    """A company that nobody leaves, on a first day without end."""
    figures = {"generator.vacancies.turnover_rate": 1e-9, "flows.eviction_rate": 1e-10}
    world = a_world(
        policy=a_policy(),
        place=a_place(candidates=60),
        figures={**figures, "stock.sales_per_year": 0},
        stock=4000,
    )
    world.kernel = Kernel(now=world.place.start_day)
    world.bridges.current.pop(HOUSEHOLD, None)
    return world


def test_v13_offers_and_strike_offs_follow_the_refusal_rate() -> None:
    figures = {"flows.refusal_rate_per_offer": 0.4, "simulator.offers.odds_by_choice": [1.0]}
    answers = Answers(streams(5), Parameters(figures))
    offers, struck = [], []
    for household in range(60_000):
        said = [answers.answer(household, dwelling, 1)[0] == ACCEPTED for dwelling in (1, 2)]
        offers.append(1.0 if said[0] else 2.0)
        struck.append(float(not any(said)))
    assert not agrees(offers, 1.4)
    assert not agrees(struck, 0.16)


def chain(world: World, dwelling: int, draws: Iterator[float]) -> int:
    """
    Lettings until a dwelling left is filled by a newcomer (V14).

    Three in ten go to a tenant of another dwelling, who frees it.
    """
    homes, kept = world.homes, HOUSEHOLD
    homes.leave(dwelling, world.day)
    n, next_free = 1, (dwelling + 1) % homes.n_start
    while next(draws) < 0.3:
        while homes.occupant[next_free] == EMPTY:
            next_free = (next_free + 1) % homes.n_start
        homes.occupant[next_free] = kept
        world.home_of[kept] = next_free
        homes.enter(dwelling, kept)
        world.offers.moves_in(kept, dwelling)
        assert list(homes.vacant) == [next_free], "a transfer frees the dwelling it leaves"
        dwelling, n = next_free, n + 1
    homes.enter(dwelling, kept)
    world.offers.moves_in(kept, dwelling)
    assert not homes.vacant, "a newcomer ends the chain: one for each vacancy, exactly"
    return n


def test_v14_a_share_of_transfers_makes_chains_and_takes_no_place() -> None:
    world = staying_world()
    means, squares, long = [], [], []
    for seed in range(40):
        draws = iter(streams(seed).under("chain").uniforms("transfer", np.arange(20_000)).tolist())
        lengths = np.array([chain(world, d, draws) for d in range(3600)], dtype=np.float64)
        means.append(float(lengths.mean()))
        squares.append(float((lengths**2).mean()))
        long.append(float((lengths >= 4).mean()))
    mean, second = 1 / 0.7, 0.612245 + 1 / 0.49
    assert not agrees(means, mean)
    assert not agrees(squares, second, controls=[(means, mean)])
    assert not agrees(long, 0.027, controls=[(means, mean), (squares, second)])


def test_a_hazard_multiplied_for_a_while_gives_the_exact_survival() -> None:
    """Follow-up halves a hazard during 18 months: the share still there at the end of it."""
    target = -np.log1p(-streams(7).uniforms("tenancy", np.arange(20_000)))
    times = [_reached(float(t), 0.02, 0.5, 18.0) for t in target]
    assert not agrees([float(t > 18) for t in times], float(np.exp(-0.02 * 0.5 * 18)))
    assert not agrees([float(t > 36) for t in times], float(np.exp(-0.02 * (9 + 18))))


def test_v17_a_dwelling_waits_half_a_month_for_a_monthly_committee() -> None:
    """Half of the time between two, longer months counting for more."""
    days = np.array(committee_days(date(2026, 12, 31), date(2036, 12, 31)))
    between = np.diff(days)
    half = float((between**2).sum() / between.sum() / 2)
    assert half == pytest.approx(365.25 / 24, abs=0.05)
    freed = days[0] + streams(8).uniforms("freed", np.arange(20_000)) * (days[-1] - days[0])
    assert not agrees((days[np.searchsorted(days, freed)] - freed).tolist(), half)


@pytest.mark.parametrize(
    ("pacing", "due"), [("below", [4, 7, 10, 14, 17, 20]), ("above", [1, 4, 7, 11, 14, 17])]
)
def test_v18_a_share_followed_from_below_or_above_asks_for_the_known_rounds(
    pacing: str, due: list[int]
) -> None:
    done, asked = 0, []
    for n in range(1, 21):
        forecast = 10_000 if pacing == "below" else None
        _, _, seats = meeting_seats(
            "floor", share=Fraction(3, 10), opening=done, planned=n, forecast=forecast
        )
        if seats:
            asked.append(n)
            done += 1
    assert asked == due


def test_the_incidence_of_one_end_among_others_is_that_of_theory() -> None:
    """Two exponential ends and a censoring: P(housed by t) = a/(a+b) (1 - exp(-(a+b) t))."""
    drawn = streams(9).uniforms("ends", np.arange(20_000), width=3)
    times = -np.log1p(-drawn) / np.array([0.2, 0.3, 0.1])
    first_end = times.argmin(axis=1)
    at_, shares = cumulative_incidence(times.min(axis=1), first_end == 0, first_end == 1)
    for t in (1.0, 3.0, 6.0):
        known = 0.4 * (1 - np.exp(-0.5 * t))
        assert shares[np.searchsorted(at_, t) - 1] == pytest.approx(known, abs=0.012)
