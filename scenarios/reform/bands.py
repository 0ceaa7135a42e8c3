"""Movement between bands of points, as a ministry reads it."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocation.ranking import TRANSFER_TIER
from allocation.small_cells import hidden
from scenarios.reform.comparison import Comparison

# First number of points of each band; the last one is open.
STARTS = (0, 1, 3, 5, 7, 10)


def bands(c: Comparison, *, hides: bool) -> dict[str, Any]:
    """
    Households of the points list by band of points before and after.

    ``n[i][j]``: from band ``i`` to band ``j``. With ``hides`` a figure under ten is ``None``, and
    so is one that the total of its row would give back.
    """
    on_list = c.is_in_both & (c.before.tier > TRANSFER_TIER) & (c.after.tier > TRANSFER_TIER)
    sides = [side.held.assessments.points[on_list] for side in (c.before, c.after)]
    first, second = (np.searchsorted(STARTS, points, side="right") - 1 for points in sides)
    n = np.zeros((len(STARTS), len(STARTS)), dtype=np.int64)
    np.add.at(n, (first, second), 1)
    rows = [_shown(row) if hides else row for row in n.tolist()]
    return {"starts": list(STARTS), "n": rows}


def _shown(row: list[int]) -> list[int | None]:
    closed = hidden({str(j): v for j, v in enumerate(row) if v})
    return [None if str(j) in closed else v for j, v in enumerate(row)]
