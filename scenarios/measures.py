"""
The measures of a study: what each one is, its unit, and how it is worked out of one run.

A measure is of the window after the warm-up. Waits are told in two ways: of those housed (which
flatters an overloaded list) and over everybody who came, with those who still wait as censored
and those who left as a competing end (Aalen and Johansen).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.observed import Observed
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.record import HOUSED, STRUCK

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MONTH = DAYS_OF_A_YEAR / 12
_SIZES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Measure:
    """
    One measure. ``better``: 1 more is better, -1 less is better, 0 neither.

    ``needs_years``: shortest window it can be worked out in. ``needs_bridge``: some arm has an
    agreement.
    """

    measure_id: str
    unit: str
    better: int
    compute: Callable[[Window], float]
    needs_years: float = 1.0
    needs_bridge: bool = False


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


def _mean(values: Int | Flags) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


# ---- the ordinary list ----


def _ordinary(w: Window) -> Flags:
    """Candidates who are never without a roof: those a reserve makes wait."""
    found: Flags = w.newcomers() & (w.households["in_need"] == 0)
    return found


def _housed(w: Window, holds: Flags) -> float:
    h = w.households
    return w.per_year(int((holds & (h["how"] == HOUSED) & (h["ends"] > w.first)).sum()))


def _list_housed(w: Window) -> float:
    h = w.households
    return _housed(w, (h["is_transfer"] == 0) & (h["in_need"] == 0))


def _wait_of_housed(w: Window) -> float:
    h = w.households
    holds = (h["how"] == HOUSED) & _ordinary(w)
    days = (h["ends"] - h["arrives"])[holds]
    return float(np.median(days)) / MONTH if len(days) else float("nan")


def _of_size(size: int) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        sizes = w.households["bedrooms"]
        own = sizes >= size if size == _SIZES[-1] else sizes == size
        return w.share_housed_within(_ordinary(w) & own, 2)

    return compute


def _of_group(name: str, value: int = 1) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        return w.share_housed_within(w.newcomers() & (w.households[name] == value), 2)

    return compute


# ---- without a roof ----


def _social_exits(w: Window) -> float:
    s = w.seen.stays
    return w.per_year(int(((s["ended"] > w.first) & (s["out_by"] == 1)).sum()))


def _stay_share_within(months: float) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        s = w.stays()
        last = np.where(s["ended"] >= 0, s["ended"], w.seen.end)
        times, shares = cumulative_incidence(
            last - s["begins"], s["ended"] >= 0, np.zeros(len(last), dtype=np.bool_)
        )
        return at(times, shares, months * MONTH)

    return compute


def _stay_nights(w: Window, *, transit: bool) -> float:
    s = w.seen.stays
    own = s["is_transit"] == int(transit)
    last = np.where(s["ended"] >= 0, s["ended"], w.seen.end)
    days = np.maximum(0, last - np.maximum(s["begins"], w.first))
    return float(days[own].sum())


def _blocked(w: Window) -> float:
    """Places of transit taken by stays past their last lease, on average."""
    s = w.seen.stays
    last = np.where(s["ended"] >= 0, s["ended"], w.seen.end)
    days = np.maximum(0, last - np.maximum(s["limit"], w.first))
    total = days[s["is_transit"] == 1].sum()
    return w.per_year(total / DAYS_OF_A_YEAR)


def _occupancy(w: Window) -> float:
    places = w.seen.counts["transit_places"] * w.years * DAYS_OF_A_YEAR
    return _ratio(_stay_nights(w, transit=True), places)


# ---- dwellings, offers, quotas ----


def _vacancy_days(w: Window) -> float:
    return _mean(w.lettings["begins"] - w.lettings["vacated"])


def _days_after_ready(w: Window) -> float:
    return _mean(w.lettings["begins"] - w.lettings["available"])


def _refusal_rate(w: Window) -> float:
    counts = w.seen.counts
    answered = {n: v for n, v in counts.items() if n.startswith("answer.")}
    return 1 - _ratio(counts.get("answer.accepted", 0), sum(answered.values()))


def _compliance(w: Window) -> float:
    y = w.seen.years
    due = (y["is_bridge"] == 1) & (y["due"] > 0)
    return _mean((y["members"] >= y["due"])[due])


def _chain(w: Window) -> float:
    n = len(w.lettings["tier"])
    return _ratio(n, n - int((w.lettings["tier"] == 0).sum()))


def _fte(w: Window) -> float:
    days = w.seen.counts["followed_days"]
    whole = (w.seen.end - w.seen.start) * w.seen.counts["caseload"] / w.seen.counts["companies"]
    return _ratio(days, whole)


def _slid(w: Window) -> float:
    slid = w.seen.counts.get("slides.slid", 0.0)
    return _ratio(slid, slid + w.seen.counts.get("slides.ended", 0.0))


def _waiting(w: Window) -> float:
    s = w.seen.sittings
    days = np.unique(s["day"])
    return _ratio(s["waiting"].sum(), len(days))


def _of_people() -> tuple[Measure, ...]:
    """Transit, the ordinary list, and groups of candidates."""
    per_year, months, share, m = "per_year", "months", "share", Measure
    return (
        m("transit.social_exits", per_year, 1, _social_exits),
        m("transit.within_12_months", share, 1, _stay_share_within(12), 2.0),
        m("transit.blocked_places", "places", -1, _blocked),
        m("transit.occupancy", share, 0, _occupancy),
        m("transit.entries", per_year, 1, lambda w: w.per_year(len(w.stays()["begins"]))),
        m("roofless.years", "household_years", -1, _roofless_years),
        m("list.housed", per_year, 1, _list_housed),
        m("list.within_2_years", share, 1, lambda w: w.share_housed_within(_ordinary(w), 2), 3.0),
        m("list.within_5_years", share, 1, lambda w: w.share_housed_within(_ordinary(w), 5), 6.0),
        m(
            "list.not_housed_5_years",
            "years",
            -1,
            lambda w: w.restricted_mean(_ordinary(w), 5),
            6.0,
        ),
        m("list.wait_of_housed", months, -1, _wait_of_housed, 3.0),
        *(m(f"list.within_2_years.size_{n}", share, 1, _of_size(n), 3.0) for n in _SIZES),
        m("women.within_2_years", share, 1, _of_group("is_woman"), 3.0),
        m("men.within_2_years", share, 1, _of_group("is_woman", 0), 3.0),
        m("single_parents.within_2_years", share, 1, _of_group("is_single_parent"), 3.0),
        m("in_need.within_2_years", share, 1, _of_group("in_need"), 3.0),
    )


def _of_dwellings() -> tuple[Measure, ...]:
    """Lettings, vacancies, offers, agreements, the register."""
    per_year, share, days, m = "per_year", "share", "days", Measure
    return (
        m("transfers.housed", per_year, 0, _transfers),
        m("lettings.number", per_year, 0, lambda w: w.per_year(len(w.lettings["tier"]))),
        m("lettings.chain", "lettings", 0, _chain),
        m("lettings.category_1", share, 0, lambda w: _mean(w.lettings["category"] == 1)),
        m("vacancy.days", days, -1, _vacancy_days),
        m("vacancy.days_after_ready", days, -1, _days_after_ready),
        m("offers.per_letting", "offers", -1, lambda w: _mean(w.lettings["n_offers"])),
        m("offers.refused", share, 0, _refusal_rate),
        m("strike_offs", per_year, -1, _struck),
        m("bridge.served", per_year, 1, _bridge_served, needs_bridge=True),
        m("bridge.years_met", share, 1, _compliance, 2.0, needs_bridge=True),
        m("support.fte", "fte", 0, _fte, needs_bridge=True),
        m("sliding.slid", share, 1, _slid, 3.0, needs_bridge=True),
        m("evictions", per_year, -1, lambda w: w.per_year(w.seen.counts["evictions"])),
        m("register.size", "households", 0, _waiting),
    )


def _roofless_years(w: Window) -> float:
    total = w.households["roofless_days"].sum() / DAYS_OF_A_YEAR
    return float(total) / ((w.seen.end - w.seen.start) / DAYS_OF_A_YEAR)


def _transfers(w: Window) -> float:
    return w.per_year(int((w.lettings["tier"] == 0).sum()))


def _struck(w: Window) -> float:
    h = w.households
    return w.per_year(int(((h["how"] == STRUCK) & (h["ends"] > w.first)).sum()))


def _bridge_served(w: Window) -> float:
    return w.per_year(int(w.lettings["is_bridge"].sum()))


MEASURES: Mapping[str, Measure] = {m.measure_id: m for m in (*_of_people(), *_of_dwellings())}
CURVE_MONTHS = tuple(range(0, 121, 3))


def values(seen: Observed, warm_up_days: int = 0) -> dict[str, float]:
    """Every measure of a run (``nan`` where nobody was concerned)."""
    window = Window(seen, warm_up_days)
    return {name: measure.compute(window) for name, measure in MEASURES.items()}


def curves(seen: Observed, warm_up_days: int = 0) -> dict[str, list[float]]:
    """Share housed of the ordinary list, and share of transit stays ended, by month."""
    w = Window(seen, warm_up_days)
    times, shares = w.incidence(_ordinary(w))
    s = w.stays()
    last = np.where(s["ended"] >= 0, s["ended"], seen.end)
    ended = cumulative_incidence(
        last - s["begins"], s["ended"] >= 0, np.zeros(len(last), dtype=np.bool_)
    )
    return {
        "list": [at(times, shares, m * MONTH) for m in CURVE_MONTHS],
        "transit": [at(*ended, m * MONTH) for m in CURVE_MONTHS],
    }
