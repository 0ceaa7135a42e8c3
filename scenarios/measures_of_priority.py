"""
Who is passed over and why, what the floors cost, how far down the list each size was served.

Pairs are told per letting of the committee (``passed_over``): an unserved household and a served
one ranked below it, on a dwelling the first could have had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from scenarios.population import DAYS_OF_A_YEAR
from scenarios.synthetic.calibration import figure
from scenarios.window import Floats, Int, Measure, Window, mean_of, ordinary, ratio

GROUNDS = ("preference", "cap", "floor", "without_ground")
_SIZES = (1, 2, 3, 4)
_GROUPS = (
    ("women", "is_woman", 1),
    ("men", "is_woman", 0),
    ("single_parents", "is_single_parent", 1),
)


def of_priority() -> Iterator[Measure]:
    """Inversions by ground, price of the floors, cutoffs, points at housing, spread of waits."""
    m = Measure
    for ground in GROUNDS:
        yield m(f"inversions.{ground}", "pairs", -1, _per_offer(ground), "pairs", "offers_made")
    yield m("floors.displaced", "per_year", -1, _displaced, "displaced", "year")
    yield m("floors.points_lost", "points", -1, _each("points"), "displaced", "displaced")
    yield m("floors.rank_lost", "share", -1, _rank_lost, "displaced", "displaced")
    for n in _SIZES:
        yield m(f"cutoff.points.size_{n}", "points", 0, _cutoff(n), "ordinary_lettings", "months")
    for name, column, value in _GROUPS:
        own = _points_of(column, value)
        yield m(f"{name}.points_when_housed", "points", 0, own, f"{name}_housed", "housed")
    yield m("list.gini_of_waits", "index", -1, _gini, "ordinary", "arrivals", "arrivals", 3.0)
    yield m("list.kendall_tau", "index", 1, _kendall, "ordinary_lettings", "pairs_of_lettings")
    yield m(
        "list.disparity_of_sizes", "index", -1, _disparity, "ordinary", "arrivals", "arrivals", 3.0
    )
    yield m("register.overdue", "share", -1, _overdue, "register", "candidates", "last_day")
    yield m("register.age", "months", -1, _age, "register", "candidates", "last_day")


def gini(waits: Floats | Int) -> float:
    """
    Gini coefficient of waits: 0 when all are equal, (n - 1) / n when one holds everything.

    Shapes
    ------
    waits : (n,), not negative
    """
    n, total = len(waits), float(waits.sum())
    if not n or not total:
        return float("nan")
    place = np.arange(1, n + 1)
    return float(2 * (place * np.sort(waits)).sum() / (n * total) - (n + 1) / n)


def pairs_in_order(days: Int, points: Int) -> tuple[int, int]:
    """
    Pairs of lettings of different days and points: more points first, and more points last.

    Shapes
    ------
    days, points : (n,)
    """
    _, day = np.unique(days, return_inverse=True)
    _, level = np.unique(points, return_inverse=True)
    if not len(days):
        return 0, 0
    n = np.zeros((day.max() + 1, level.max() + 1), dtype=np.int64)
    np.add.at(n, (day, level), 1)
    later = n[::-1].cumsum(axis=0)[::-1] - n
    up_to = later.cumsum(axis=1)
    return int((n * (up_to - later)).sum()), int((n * (up_to[:, -1:] - up_to)).sum())


def _rows(w: Window) -> dict[str, Int]:
    table = w.seen.passed_over
    return {name: column[table["day"] > w.first] for name, column in table.items()}


def _per_offer(ground: str) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        rows = _rows(w)
        return ratio(rows[ground].sum(), rows["offers"].sum())

    return compute


def _displaced(w: Window) -> float:
    """Those of the committees priced, as many as all committees would have displaced."""
    rows = _rows(w)
    return w.per_year(ratio(rows["displaced"].sum() * len(rows["day"]), rows["priced"].sum()))


def _each(column: str) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        rows = _rows(w)
        return ratio(rows[column].sum(), rows["displaced"].sum())

    return compute


def _rank_lost(w: Window) -> float:
    return _each("rank")(w) / 1000


def _cutoff(size: int) -> Callable[[Window], float]:
    """Points of the last candidate served off the list, the median of the months."""

    def compute(w: Window) -> float:
        x = w.lettings
        own = x["bedrooms"] >= size if size == _SIZES[-1] else x["bedrooms"] == size
        holds = own & (x["tier"] == 1) & (x["is_bridge"] == 0)
        days, points = x["decided"][holds], x["points"][holds]
        if not len(days):
            return float("nan")
        order = np.lexsort((points, days))
        first = np.flatnonzero(np.diff(days[order], prepend=days[order][0] - 1))
        return float(np.median(points[order][first]))

    return compute


def _points_of(column: str, value: int) -> Callable[[Window], float]:
    def compute(w: Window) -> float:
        x = w.lettings
        return mean_of(x["points"][(x["tier"] == 1) & (x[column] == value)])

    return compute


def _gini(w: Window) -> float:
    h, holds = w.households, ordinary(w)
    return gini((h["ends"] - h["arrives"])[holds])


def _kendall(w: Window) -> float:
    """Kendall's tau within each size, ties left out."""
    x = w.lettings
    own = (x["tier"] == 1) & (x["is_bridge"] == 0)
    kept = broken = 0
    for size in np.unique(x["bedrooms"][own]):
        holds = own & (x["bedrooms"] == size)
        found = pairs_in_order(x["decided"][holds], x["points"][holds])
        kept, broken = kept + found[0], broken + found[1]
    return ratio(kept - broken, kept + broken)


def _disparity(w: Window) -> float:
    """Largest share housed within two years among sizes of dwelling over the least."""
    sizes, holds = w.households["bedrooms"], ordinary(w)
    most = _SIZES[-1]
    groups = [sizes >= n if n == most else sizes == n for n in _SIZES]
    found = [w.share_housed_within(holds & g, 2) for g in groups if (holds & g).any()]
    return ratio(max(found, default=0.0), min(found, default=0.0))


def _still_there(w: Window) -> Int:
    h = w.households
    holds = (h["how"] == 0) & (h["is_transfer"] == 0) & (h["arrives"] <= w.seen.end)
    found: Int = w.seen.end - h["registered"][holds]
    return found


def _overdue(w: Window) -> float:
    limit = figure("simulator.measures.overdue_years") * DAYS_OF_A_YEAR
    return mean_of(_still_there(w) > limit)


def _age(w: Window) -> float:
    days = _still_there(w)
    return float(np.median(days)) / (DAYS_OF_A_YEAR / 12) if len(days) else float("nan")
