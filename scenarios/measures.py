"""
The measures of a study: what each one is, its unit, and how it is worked out of one run.

A measure is of the window after the warm-up. Waits are told in two ways: of those housed (which
flatters an overloaded list) and over everybody who came, with those who still wait as censored
and those who left as a competing end (Aalen and Johansen).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from scenarios.measures_of_priority import of_priority
from scenarios.measures_of_support import of_euros, of_support
from scenarios.observed import Observed
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.record import HOUSED, STRUCK
from scenarios.window import (
    MONTH,
    Flags,
    Measure,
    Window,
    at,
    cumulative_incidence,
    mean_of,
    ordinary,
    ratio,
    stay_nights,
)

_SIZES = (1, 2, 3, 4)
_GROUPS = (
    ("women", "is_woman", 1),
    ("men", "is_woman", 0),
    ("single_parents", "is_single_parent", 1),
    ("in_need", "in_need", 1),
    ("agency_tenants", "in_agency", 1),
    ("working", "is_working", 1),
    ("not_working", "is_working", 0),
)


def _housed(w: Window, holds: Flags) -> float:
    h = w.households
    return w.per_year(int((holds & (h["how"] == HOUSED) & (h["ends"] > w.first)).sum()))


def _list_housed(w: Window) -> float:
    h = w.households
    return _housed(w, (h["is_transfer"] == 0) & (h["in_need"] == 0))


def _wait_of_housed(w: Window) -> float:
    h = w.households
    holds = (h["how"] == HOUSED) & ordinary(w)
    days = (h["ends"] - h["arrives"])[holds]
    return float(np.median(days)) / MONTH if len(days) else float("nan")


def _of_size(size: int) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        sizes = w.households["bedrooms"]
        own = sizes >= size if size == _SIZES[-1] else sizes == size
        return w.share_housed_within(ordinary(w) & own, 2)

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


def _blocked(w: Window) -> float:
    """Places of transit taken by stays past their last lease, on average."""
    s = w.seen.stays
    last = np.where(s["ended"] >= 0, s["ended"], w.seen.end)
    days = np.maximum(0, last - np.maximum(s["limit"], w.first))
    total = days[s["is_transit"] == 1].sum()
    return w.per_year(total / DAYS_OF_A_YEAR)


def _occupancy(w: Window) -> float:
    places = w.seen.counts["transit_places"] * w.years * DAYS_OF_A_YEAR
    return ratio(stay_nights(w, transit=True), places)


# ---- dwellings, offers, quotas ----


def _vacancy_days(w: Window) -> float:
    return mean_of(w.lettings["begins"] - w.lettings["vacated"])


def _days_after_ready(w: Window) -> float:
    return mean_of(w.lettings["begins"] - w.lettings["available"])


def _refusal_rate(w: Window) -> float:
    counts = w.seen.counts
    answered = {n: v for n, v in counts.items() if n.startswith("answer.")}
    return 1 - ratio(counts.get("answer.accepted", 0), sum(answered.values()))


def _compliance(w: Window) -> float:
    y = w.seen.years
    due = (y["is_bridge"] == 1) & (y["due"] > 0)
    return mean_of((y["members"] >= y["due"])[due])


def _chain(w: Window) -> float:
    n = len(w.lettings["tier"])
    return ratio(n, n - int((w.lettings["tier"] == 0).sum()))


def _waiting(w: Window) -> float:
    s = w.seen.sittings
    days = np.unique(s["day"])
    return ratio(s["waiting"].sum(), len(days))


def _of_people() -> Iterator[Measure]:
    """Transit, the ordinary list, and groups of candidates."""
    m, per_year, share, came = Measure, "per_year", "share", "arrivals"
    within = _stay_share_within
    yield m("transit.social_exits", per_year, 1, _social_exits, "stays", "year")
    yield m("transit.within_12_months", share, 1, within(12), "transit_stays", "stays", came, 2.0)
    yield m("transit.blocked_places", "places", -1, _blocked, "transit_places", "time")
    yield m("transit.occupancy", share, 0, _occupancy, "transit_places", "place_nights")
    yield m("transit.entries", per_year, 1, _entries, "transit_stays", "year")
    yield m("roofless.years", "household_years", -1, _roofless_years, "roofless", "time")
    yield m("list.housed", per_year, 1, _list_housed, "ordinary_list", "year")
    for years in (2, 5):
        name = f"list.within_{years}_years"
        told = ("ordinary", came, came, years + 1.0)
        yield m(name, share, 1, _within(years), *told)
    yield m(
        "list.not_housed_5_years", "years", -1, _not_housed, "ordinary", came, came, needs_years=6.0
    )
    yield m("list.wait_of_housed", "months", -1, _wait_of_housed, "ordinary", "housed", came, 3.0)
    for n in _SIZES:
        yield m(f"list.within_2_years.size_{n}", share, 1, _of_size(n), "ordinary", came, came, 3.0)
    for name, column, value in _GROUPS:
        own = _of_group(column, value)
        yield m(f"{name}.within_2_years", share, 1, own, name, came, came, 3.0)


def _of_dwellings() -> Iterator[Measure]:
    """Lettings, vacancies, offers, agreements, the register."""
    m, per_year, share = Measure, "per_year", "share"
    yield m("transfers.housed", per_year, 0, _transfers, "transfers", "year")
    yield m("lettings.number", per_year, 0, _lettings, "lettings", "year")
    yield m("lettings.chain", "lettings", 0, _chain, "lettings", "outside_vacancies")
    yield m("lettings.category_1", share, 0, _category_1, "lettings", "lettings")
    yield m("vacancy.days", "days", -1, _vacancy_days, "lettings", "lettings")
    yield m("vacancy.days_after_ready", "days", -1, _days_after_ready, "lettings", "lettings")
    yield m("offers.per_letting", "offers", -1, _offers_per_letting, "offers", "lettings")
    yield m("offers.refused", share, 0, _refusal_rate, "offers", "offers")
    yield m("strike_offs", per_year, -1, _struck, "candidates", "year")
    yield m(
        "bridge.served", per_year, 1, _bridge_served, "bridge_lettings", "year", needs_bridge=True
    )
    yield m("bridge.years_met", share, 1, _compliance, "reserves", "years_due", "run", 2.0, True)
    yield m("evictions", per_year, -1, _evictions, "tenants", "year")
    yield m("register.size", "households", 0, _waiting, "register", "committees")


def _entries(w: Window) -> float:
    return w.per_year(len(w.stays()["begins"]))


def _within(years: float) -> Callable[[Window], float]:
    return lambda w: w.share_housed_within(ordinary(w), years)


def _not_housed(w: Window) -> float:
    return w.restricted_mean(ordinary(w), 5)


def _lettings(w: Window) -> float:
    return w.per_year(len(w.lettings["tier"]))


def _category_1(w: Window) -> float:
    return mean_of(w.lettings["category"] == 1)


def _offers_per_letting(w: Window) -> float:
    return mean_of(w.lettings["n_offers"])


def _evictions(w: Window) -> float:
    return w.seen.counts["evictions"] / ((w.seen.end - w.seen.start) / DAYS_OF_A_YEAR)


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


MEASURES: Mapping[str, Measure] = {
    m.measure_id: m
    for m in (*_of_people(), *_of_dwellings(), *of_support(), *of_priority(), *of_euros())
}
__all__ = ["CURVE_MONTHS", "MEASURES", "Measure", "cumulative_incidence", "curves", "values"]
CURVE_MONTHS = tuple(range(0, 121, 3))


def values(seen: Observed, warm_up_days: int = 0) -> dict[str, float]:
    """Every measure of a run (``nan`` where nobody was concerned)."""
    window = Window(seen, warm_up_days)
    return {name: measure.compute(window) for name, measure in MEASURES.items()}


def curves(seen: Observed, warm_up_days: int = 0) -> dict[str, list[float]]:
    """Share housed of the ordinary list, and share of transit stays ended, by month."""
    w = Window(seen, warm_up_days)
    times, shares = w.incidence(ordinary(w))
    s = w.stays()
    last = np.where(s["ended"] >= 0, s["ended"], seen.end)
    ended = cumulative_incidence(
        last - s["begins"], s["ended"] >= 0, np.zeros(len(last), dtype=np.bool_)
    )
    return {
        "list": [at(times, shares, m * MONTH) for m in CURVE_MONTHS],
        "transit": [at(*ended, m * MONTH) for m in CURVE_MONTHS],
    }
