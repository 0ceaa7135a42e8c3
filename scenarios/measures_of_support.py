"""Accompaniment, what becomes of those housed through a bridge, and euros by line of the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from scenarios.observed import WHY_LEFT
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.synthetic.calibration import figure
from scenarios.window import (
    MONTH,
    Flags,
    Int,
    Measure,
    Window,
    at,
    cumulative_incidence,
    ratio,
    stay_nights,
)

_HIGH = 0.95
_RETURNS = ("eviction", "term", "trial", "not_slid")
_COSTS = "simulator.costs."


def of_support() -> Iterator[Measure]:
    """Workers needed, households followed, free places, slides, homes kept, ends of leases."""
    m, bridge = Measure, "bridge_lettings"
    yield m("support.fte", "fte", 0, _fte, "followed", "workers", needs_bridge=True)
    yield m("support.caseload", "households", 0, _caseload, "followed", "time", needs_bridge=True)
    yield m("support.peak", "households", 0, _peak, "followed", "days", needs_bridge=True)
    yield m("support.free", "places", 1, _free, "support_places", "time", needs_bridge=True)
    yield m("support.full", "share", -1, _full, "support_places", "days", needs_bridge=True)
    yield m("sliding.slid", "share", 1, _slid, "sliding", "reviews", "run", 3.0, True)
    for name, is_bridge in (("bridge", True), ("list", False)):
        own = bridge if is_bridge else "ordinary_lettings"
        kept = _kept_home(is_bridge=is_bridge)
        args = ("arrivals", 3.0, is_bridge)
        yield m(f"{name}.kept_home_2_years", "share", 1, kept, own, "lettings", *args)
    yield m("bridge.returns", "per_year", -1, _returns, bridge, "year", needs_bridge=True)
    ends = _ended(("term", "trial"))
    yield m("leases.ended_by_term", "per_year", -1, ends, "new_tenants", "year")


def of_euros() -> Iterator[Measure]:
    """Euros a year, each line at the unit cost of the calibration; the report tells ranges."""
    for name, compute, population, cost in (
        ("vacancy_rent", _rent_lost, "lettings", "stock.average_rent"),
        ("support", _fte, "followed", f"{_COSTS}support_fte"),
        ("transit_nights", _nights, "stays", f"{_COSTS}transit_night"),
    ):
        amount = _times(compute, cost)
        yield Measure(f"euros.{name}", "euros", 0, amount, population, "year", unit_cost=cost)


def _times(compute: Callable[[Window], float], cost: str) -> Callable[[Window], float]:
    return lambda w: compute(w) * float(figure(cost))


def _rent_lost(w: Window) -> float:
    """Months of rent a year that the dwellings let again stood empty."""
    days = (w.lettings["begins"] - w.lettings["vacated"]).sum()
    return w.per_year(days / MONTH)


def _nights(w: Window) -> float:
    return w.per_year(stay_nights(w, transit=True) + stay_nights(w, transit=False))


def _followed(w: Window) -> tuple[Int, Int]:
    """First day and day after the last of every follow-up, inside the window."""
    f = w.seen.followed
    begins, ends = np.maximum(f["begins"], w.first), np.minimum(f["ends"], w.seen.end)
    holds = ends > begins
    return begins[holds], ends[holds]


def _caseload(w: Window) -> float:
    begins, ends = _followed(w)
    return ratio((ends - begins).sum(), w.years * DAYS_OF_A_YEAR)


def _fte(w: Window) -> float:
    return ratio(_caseload(w), w.seen.counts["caseload"] / w.seen.counts["companies"])


def _per_day(w: Window) -> Int:
    """Households followed on each day of the window."""
    begins, ends = _followed(w)
    n = w.seen.end - w.first
    change = np.bincount(begins - w.first, minlength=n + 1)
    change -= np.bincount(ends - w.first, minlength=n + 1)
    return np.cumsum(change)[:n]


def _peak(w: Window) -> float:
    return float(np.quantile(_per_day(w), _HIGH, method="inverted_cdf"))


def _free(w: Window) -> float:
    places = w.seen.counts["support_places"]
    return float(np.maximum(0, places - _per_day(w)).mean()) if places else float("nan")


def _full(w: Window) -> float:
    places = w.seen.counts["support_places"]
    return float((_per_day(w) >= places).mean()) if places else float("nan")


def _slid(w: Window) -> float:
    slid = w.seen.counts.get("slides.slid", 0.0)
    return ratio(slid, slid + w.seen.counts.get("slides.ended", 0.0))


def _why(w: Window, reasons: tuple[str, ...]) -> Flags:
    found: Flags = np.isin(w.lettings["why_left"], [WHY_LEFT.index(name) for name in reasons])
    return found


def _kept_home(*, is_bridge: bool) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        x = w.lettings
        holds = (x["is_bridge"] == int(is_bridge)) & (x["tier"] == 1) & (x["begins"] <= w.seen.end)
        left = x["left"][holds]
        last = np.where(left >= 0, left, w.seen.end)
        times, shares = cumulative_incidence(
            last - x["begins"][holds], left >= 0, np.zeros(len(left), dtype=np.bool_)
        )
        return 1 - at(times, shares, 2 * DAYS_OF_A_YEAR) if len(left) else float("nan")

    return compute


def _returns(w: Window) -> float:
    return w.per_year((_why(w, _RETURNS) & (w.lettings["is_bridge"] == 1)).sum())


def _ended(reasons: tuple[str, ...]) -> Callable[[Window], float]:
    return lambda w: w.per_year(_why(w, reasons).sum())
