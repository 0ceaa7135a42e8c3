"""
The kernel, the streams and the parts of the simulator against closed forms.

Criterion: the mean is within three standard errors of the target, over replications with fixed
seeds. Numbers V1 to V18 are those of the project's method.
"""

from collections.abc import Callable
from fractions import Fraction
from math import log1p, sqrt

import numpy as np
import pytest

from allocation.quotas.pacing import meeting_seats
from scenarios.behaviour import ACCEPTED, Answers
from scenarios.estimates import student
from scenarios.homes import _reached
from scenarios.kernel import Kernel
from scenarios.measures import cumulative_incidence
from scenarios.parameters import Parameters
from scenarios.streams import Streams, streams
from tests.statistical.simpy_register import mean_wait

N_ERRORS = 3.0


def is_near(values: list[float], target: float) -> bool:
    found = np.array(values)
    error = found.std(ddof=1) / sqrt(len(found))
    return bool(abs(found.mean() - target) <= N_ERRORS * error)


class Queue:
    """A queue of several servers on the simulator's kernel; ``choose`` picks who is next."""

    def __init__(
        self,
        drawn: Streams,
        arrivals: float,
        servers: int,
        service: float,
        choose: Callable[[list[tuple[float, int]], int], int],
    ) -> None:
        self.kernel, self.rng = Kernel(), drawn.of("queue")
        self.arrivals, self.service, self.choose = arrivals, service, choose
        self.free, self.waiting = servers, list[tuple[float, int]]()
        self.waits: list[float] = []
        self.n = 0

    def exponential(self, rate: float) -> float:
        return -log1p(-float(self.rng.random())) / rate

    def arrives(self) -> None:
        self.kernel.at(self.kernel.now + self.exponential(self.arrivals), "arrives")
        self.waiting.append((self.kernel.now, self.n))
        self.n += 1
        self.begin()

    def begin(self) -> None:
        while self.free and self.waiting:
            since, _ = self.waiting.pop(self.choose(self.waiting, self.n))
            self.waits.append(self.kernel.now - since)
            self.free -= 1
            self.kernel.at(self.kernel.now + self.exponential(self.service), "leaves")

    def leaves(self) -> None:
        self.free += 1
        self.begin()

    def run(self, until: float) -> list[float]:
        self.kernel.at(self.exponential(self.arrivals), "arrives")
        self.kernel.run(lambda name: getattr(self, name), until)
        return self.waits


def first(waiting: list[tuple[float, int]], n: int) -> int:
    return 0


def last(waiting: list[tuple[float, int]], n: int) -> int:
    return len(waiting) - 1


@pytest.mark.parametrize(
    ("servers", "arrivals", "service", "wait", "mean"),
    [(3, 2.0, 1.0, 0.444444, 0.444444), (25, 10.0, 0.5, 0.209103, 0.0836411)],
)
def test_v1_waits_of_several_servers_follow_erlang(
    servers: int, arrivals: float, service: float, wait: float, mean: float
) -> None:
    found = [
        Queue(streams(i).under("v1"), arrivals, servers, service, first).run(4000 / arrivals)
        for i in range(30)
    ]
    kept = [w[len(w) // 10 :] for w in found]
    assert is_near([float(np.mean(w)) for w in kept], mean)
    assert is_near([float(np.mean(np.array(w) > 0)) for w in kept], wait)


def test_v3_the_order_of_service_changes_the_spread_and_not_the_mean() -> None:
    for name, choose, second in (("fcfs", first, 4.0), ("lcfs", last, 8.0)):
        runs = [Queue(streams(i).under(name), 0.5, 1, 1.0, choose).run(8000) for i in range(30)]
        kept = [np.array(w[len(w) // 10 :]) for w in runs]
        assert is_near([float(w.mean()) for w in kept], 1.0)
        assert is_near([float((w**2).mean()) for w in kept], second)


def overloaded(seed: int, arrivals: float, vacancies: float, patience: float, until: float):
    """A register with departures and dwellings let at once (V6): mean size, housed, waits."""
    kernel, rng = Kernel(), streams(seed).of("register")

    def after(rate: float) -> float:
        return kernel.now - log1p(-float(rng.random())) / rate

    waiting: dict[int, float] = {}
    area, before, housed, came, waits = 0.0, 0.0, 0, 0, []
    kernel.at(after(arrivals), "arrives")
    kernel.at(after(vacancies), "vacancy")
    n = 0

    def handle(name: str) -> Callable[..., None]:
        def event(*who: int) -> None:
            nonlocal area, before, housed, came, n
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
                if waiting:
                    oldest = next(iter(waiting))
                    since = waiting.pop(oldest)
                    if kernel.now > until / 5:
                        housed += 1
                        waits.append(kernel.now - since)
                kernel.at(after(vacancies), "vacancy")

        return event

    kernel.run(handle, until)
    return area / (until * 4 / 5), housed / came, float(np.mean(waits))


def test_v6_an_overloaded_register_has_the_size_shares_and_waits_of_theory() -> None:
    runs = [overloaded(i, 12, 10, 0.25, 400) for i in range(30)]
    assert is_near([r[0] for r in runs], 9.390632)
    assert is_near([r[1] for r in runs], 0.804362)
    assert is_near([r[2] for r in runs], 0.835854)


def test_an_independent_simpy_model_of_the_same_register_agrees() -> None:
    ours = np.array([overloaded(100 + i, 12, 10, 0.25, 400)[2] for i in range(20)])
    theirs = np.array([mean_wait(i) for i in range(20)])
    error = sqrt(ours.var(ddof=1) / 20 + theirs.var(ddof=1) / 20)
    assert abs(ours.mean() - theirs.mean()) <= student(38) * error


def test_v13_offers_and_strike_offs_follow_the_refusal_rate() -> None:
    figures = {"flows.refusal_rate_per_offer": 0.4, "simulator.offers.odds_by_choice": [1.0]}
    answers = Answers(streams(5), Parameters(figures))
    offers, struck = [], []
    for household in range(20_000):
        said = [answers.answer(household, dwelling, 1)[0] == ACCEPTED for dwelling in (1, 2)]
        offers.append(1.0 if said[0] else 2.0)
        struck.append(float(not any(said)))
    assert is_near(offers, 1.4)
    assert is_near(struck, 0.16)


def test_v14_a_share_of_transfers_makes_chains_and_takes_no_place() -> None:
    rng = streams(6).of("chain")
    lengths = []
    for _ in range(20_000):
        n = 1
        while rng.random() < 0.3:
            n += 1
        lengths.append(float(n))
    assert is_near(lengths, 1 / 0.7)
    assert is_near([float(n >= 4) for n in lengths], 0.027)


def test_v15_a_hazard_multiplied_for_a_while_gives_the_exact_survival() -> None:
    """Follow-up halves a hazard during 18 months: the share still there at the end of it."""
    target = -np.log1p(-streams(7).uniforms("tenancy", np.arange(20_000)))
    times = [_reached(float(t), 0.02, 0.5, 18.0) for t in target]
    assert is_near([float(t > 18) for t in times], float(np.exp(-0.02 * 0.5 * 18)))
    assert is_near([float(t > 36) for t in times], float(np.exp(-0.02 * (9 + 18))))


def test_v17_a_dwelling_waits_half_a_month_for_a_monthly_committee() -> None:
    freed = streams(8).uniforms("freed", np.arange(20_000)) * 3650
    committees = np.arange(0, 4000, 365.25 / 12)
    waits = committees[np.searchsorted(committees, freed)] - freed
    assert is_near(waits.tolist(), 15.21875)


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
