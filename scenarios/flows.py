"""
Where people go in a year: into transit and out of it, into a home, commune by commune.

Counts of one run, in an order that does not depend on it, so that replications and arms add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.assessed import ORDINARY
from scenarios.observed import OUT_BY, Observed
from scenarios.window import Window

# From where to where; the places are codes of sentences.
FLOWS = (
    ("roofless", "transit"),
    ("roofless", "home"),
    ("transit", "home"),
    ("transit", "insertion"),
    ("transit", "elsewhere"),
    ("insertion", "home"),
    ("insertion", "elsewhere"),
    ("list", "home"),
    ("tenants", "home"),
)


def flows(seen: Observed, warm_up_days: int = 0) -> list[float]:
    """Households a year along each of ``FLOWS``."""
    w = Window(seen, warm_up_days)
    stays, x = seen.stays, w.lettings
    ended = stays["ended"] > w.first

    def out(is_transit: int, how: str) -> int:
        holds = ended & (stays["is_transit"] == is_transit)
        return int((holds & (stays["out_by"] == OUT_BY.index(how))).sum())

    off_the_list = (x["tier"] == 1) & (x["stay"] == ORDINARY) & (x["begins"] <= seen.end)
    counts = (
        len(w.stays()["begins"]),
        int((off_the_list & (x["in_need"] == 1)).sum()),
        out(1, "social"),
        out(1, "insertion"),
        out(1, "other"),
        out(0, "social"),
        out(0, "other"),
        int((off_the_list & (x["in_need"] == 0)).sum()),
        int(((x["tier"] == 0) & (x["begins"] <= seen.end)).sum()),
    )
    return [w.per_year(n) for n in counts]


def by_commune(
    seen: Observed, communes: Sequence[str], warm_up_days: int = 0, *, bridges_alone: bool = False
) -> list[float]:
    """Allocations a year in each commune; of those presented by a partner alone, if asked."""
    w = Window(seen, warm_up_days)
    kept = w.lettings["nis5"][(w.lettings["is_bridge"] == 1) | (not bridges_alone)]
    n = np.array([(kept == int(nis5)).sum() for nis5 in communes])
    return [w.per_year(float(k)) for k in n]
