"""
The households a reform touches most, on both sides: never only losses, never only gains.

Inside the company they are households of the register. For others each is a look-alike: a group
of at least ten households alike, told as one with the group's medians; nobody in particular.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.small_cells import FEWEST_SHOWN
from scenarios.reform.comparison import Comparison, Flags, Side

SHOWN = 6
_ALIKE = ("household", "income", "situation", "bedrooms")
Rows = npt.NDArray[np.intp]


def households(c: Comparison) -> dict[str, list[dict[str, Any]]]:
    """``best`` and ``worst`` cases by name: dwelling won or lost first, then the longest way."""
    return {
        "best": [_household(c, row) for row in _first(c, sign=-1)],
        "worst": [_household(c, row) for row in _first(c, sign=1)],
    }


def _first(c: Comparison, *, sign: int) -> list[int]:
    """Rows in the order of what the reform gives them (``sign`` -1) or takes from them (1)."""
    wins, enters = (
        (c.gains_dwelling, c.is_entering) if sign < 0 else (c.loses_dwelling, c.is_leaving)
    )
    concerned = np.flatnonzero(wins | enters | (sign * c.moved > 0))
    rank = np.where(c.before.is_ranked, c.before.rank, c.after.rank)[concerned]
    order = np.lexsort((rank, -sign * c.moved[concerned], ~enters[concerned], ~wins[concerned]))
    return [int(row) for row in concerned[order][:SHOWN]]


def _household(c: Comparison, row: int) -> dict[str, Any]:
    return {
        "application_id": str(c.before.held.assessments.application_ids[row]),
        "profile": {name: str(values[row]) for name, values in c.profile.items()},
        "before": _told(c.before, row),
        "after": _told(c.after, row),
    }


def _told(side: Side, row: int) -> dict[str, Any]:
    assessed = side.held.assessments
    codes = [assessed.lines[at] for at in (assessed.housing_line[row], assessed.personal_line[row])
             if at >= 0]  # fmt: skip
    return {
        "rank": int(side.rank[row]) or None,
        "ground": str(assessed.ground[row]),
        "points": int(assessed.points[row]),
        "seniority_points": int(assessed.seniority_points[row]),
        "lines": codes,
        "bedrooms": int(assessed.bedrooms[row]),
        "dwelling_id": str(side.dwelling[row]),
    }


def look_alikes(c: Comparison) -> dict[str, list[dict[str, Any]]]:
    """``best`` and ``worst`` groups of at least ten households alike, ranked on both sides."""
    key = np.array(["|".join(v) for v in zip(*(c.profile[d] for d in _ALIKE), strict=True)])
    rows = np.flatnonzero(c.is_in_both)
    names, group, sizes = np.unique(key[rows], return_inverse=True, return_counts=True)
    told = [
        _alike(c, names[g], rows[group == g]) for g in range(len(names)) if sizes[g] >= FEWEST_SHOWN
    ]
    nearer = sorted((t for t in told if t["moved"] < 0), key=lambda t: (t["moved"], t["key"]))
    further = sorted((t for t in told if t["moved"] > 0), key=lambda t: (-t["moved"], t["key"]))
    return {"best": nearer[:SHOWN], "worst": further[:SHOWN]}


def _alike(c: Comparison, name: str, rows: Rows) -> dict[str, Any]:
    return {
        "key": str(name),
        "profile": dict(zip(_ALIKE, str(name).split("|"), strict=True)),
        "n": len(rows),
        "moved": int(np.median(c.moved[rows])),
        "points_before": int(np.median(c.before.held.assessments.points[rows])),
        "points_after": int(np.median(c.after.held.assessments.points[rows])),
        "rank_before": int(np.median(c.before.rank[rows])),
        "rank_after": int(np.median(c.after.rank[rows])),
    }


def changed(c: Comparison) -> Flags:
    """Everybody to whom something happens: what the list of households holds."""
    happens: Flags = (
        (c.moved != 0)
        | (c.points_gained != 0)
        | c.is_entering
        | c.is_leaving
        | (c.before.dwelling != c.after.dwelling)
    )
    return happens
