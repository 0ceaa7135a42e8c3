"""A run from the end of its warm-up on, and what a measure is: the ground all measures stand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.observed import Observed
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.record import HOUSED

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MONTH = DAYS_OF_A_YEAR / 12


@dataclass(frozen=True)
class Measure:
    """
    One measure. ``better``: 1 more is better, -1 less is better, 0 neither.

    ``population``: whom or what it looks at. ``per``: what it is divided by. ``window``: ``run``
    (what happens in the years measured), ``arrivals`` (who comes in those years, followed to the
    last day) or ``last_day``. The three are codes of sentences. ``needs_years``: shortest window
    it can be worked out in. ``needs_bridge``: some arm has an agreement. ``unit_cost``: the
    figure of the calibration that turns it into euros.
    """

    measure_id: str
    unit: str
    better: int
    compute: Callable[[Window], float]
    population: str
    per: str
    window: str = "run"
    needs_years: float = 1.0
    needs_bridge: bool = False
    unit_cost: str = ""


class Window:
    """A run from the end of its warm-up on."""

    def __init__(self, seen: Observed, warm_up_days: int = 0) -> None:
        self.seen = seen
        self.first = seen.start + warm_up_days
        self.years = (seen.end - self.first) / DAYS_OF_A_YEAR
        self.lettings = _rows(seen.lettings, seen.lettings["begins"] > self.first)
        self.households = seen.households

    def per_year(self, n: float) -> float:
        """A number of the window, per year."""
        return float(n) / self.years

    def newcomers(self, *, transfers: bool = False) -> Flags:
        """Households that came in the window, on the points list (or the transfer list)."""
        h = self.households
        found: Flags = (h["arrives"] > self.first) & (h["is_transfer"] == int(transfers))
        return found

    def incidence(self, holds: Flags) -> tuple[Floats, Floats]:
        """Share housed by each time since the arrival, in days (times, shares)."""
        h = self.households
        time = (h["ends"] - h["arrives"])[holds]
        how = h["how"][holds]
        return cumulative_incidence(time, how == HOUSED, (how != HOUSED) & (how != 0))

    def share_housed_within(self, holds: Flags, years: float) -> float:
        """Probability of being housed within so many years of the arrival."""
        times, shares = self.incidence(holds)
        return at(times, shares, years * DAYS_OF_A_YEAR)

    def restricted_mean(self, holds: Flags, years: float) -> float:
        """Mean time not housed within so many years of the arrival, in years."""
        times, shares = self.incidence(holds)
        horizon = years * DAYS_OF_A_YEAR
        inside = times < horizon
        edges = np.concatenate([[0.0], times[inside], [horizon]])
        levels = np.concatenate([[0.0], shares[inside]])
        return float(((1 - levels) * np.diff(edges)).sum() / DAYS_OF_A_YEAR)

    def stays(self, *, transit: bool = True) -> dict[str, Int]:
        """Stays that began in the window."""
        s = self.seen.stays
        return _rows(s, (s["begins"] > self.first) & (s["is_transit"] == int(transit)))


def _rows(table: Mapping[str, Int], holds: Flags) -> dict[str, Int]:
    return {name: column[holds] for name, column in table.items()}


def cumulative_incidence(
    time: Int | Floats, is_event: Flags, is_other: Flags
) -> tuple[Floats, Floats]:
    """
    The estimator of Aalen and Johansen for one event with competing ends.

    Parameters
    ----------
    time
        Time to the end, or to the last day for the censored.
    is_event, is_other
        Which ends are the event, and which compete with it; neither: censored.

    Returns
    -------
    tuple of arrays
        Distinct times of the event, and the probability of the event by then.
    """
    if not len(time):
        return np.zeros(0), np.zeros(0)
    times, place = np.unique(time, return_inverse=True)
    n = len(times)
    events = np.bincount(place[is_event], minlength=n).astype(np.float64)
    others = np.bincount(place[is_other], minlength=n).astype(np.float64)
    ended = np.bincount(place, minlength=n)
    at_risk = (len(time) - np.concatenate([[0], np.cumsum(ended)[:-1]])).astype(np.float64)
    survival = np.cumprod(1 - (events + others) / at_risk)
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before * events / at_risk)
    kept = events > 0
    return times[kept].astype(np.float64), incidence[kept]


def at(times: Floats, shares: Floats, when: float) -> float:
    """Value of a step function at a time."""
    place = int(np.searchsorted(times, when, side="right"))
    return float(shares[place - 1]) if place else 0.0


def ordinary(w: Window) -> Flags:
    """Newcomers of the points list who are never without a roof: those a reserve makes wait."""
    found: Flags = w.newcomers() & (w.households["in_need"] == 0)
    return found


def mean_of(values: Int | Flags) -> float:
    """Mean; not a number of nothing."""
    return float(np.mean(values)) if len(values) else float("nan")


def ratio(part: float, whole: float) -> float:
    """A part of a whole; not a number without a whole."""
    return float(part) / float(whole) if whole else float("nan")


def stay_nights(w: Window, *, transit: bool) -> float:
    """Nights of the window spent in transit, or in insertion."""
    s = w.seen.stays
    own = s["is_transit"] == int(transit)
    last = np.where(s["ended"] >= 0, s["ended"], w.seen.end)
    days = np.maximum(0, last - np.maximum(s["begins"], w.first))
    return float(days[own].sum())
