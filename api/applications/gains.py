"""What one missing fact could change of a place in the list: worked out with the list, and kept."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

Row = dict[str, Any]
Place = tuple[int, date, str]


def add_gains(
    rows: Sequence[Row], open_points: Mapping[str, int], candidates: Collection[str]
) -> None:
    """
    Add to each row of a list what the weightiest missing fact could give it.

    ``best_points``; ``best_rank``, among the candidates with those points; ``gain``, the places
    between, counted from the end of the list for who takes no part. A transfer has no points:
    admitted, it stands after the transfers that are ranked, at the latest.

    Parameters
    ----------
    rows
        In the order of the list, with ``rank``, ``points``, ``order_date`` and ``draw``.
    open_points
        Points the weightiest missing fact could add, by application.
    candidates
        Applications that have points.
    """
    ranked = [row for row in rows if row["rank"] is not None]
    order = sorted(
        _place(row, row["points"]) for row in ranked if row["application_id"] in candidates
    )
    n_transfers = len(ranked) - len(order)
    for row in rows:
        name, rank = row["application_id"], row["rank"]
        best = row["points"] + open_points[name]
        reached = n_transfers + 1
        if name in candidates:
            reached += bisect_left(order, _place(row, best))
        if rank is not None:
            reached = min(reached, rank)
        row["best_points"], row["best_rank"] = best, reached
        row["gain"] = (len(ranked) + 1 if rank is None else rank) - reached


def _place(row: Row, points: int) -> Place:
    return -points, row["order_date"], row["draw"]
