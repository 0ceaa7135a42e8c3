"""
What a floor costs the general list in time, by size of dwelling, from the lettings observed.

The first candidates of the list are served one by one, in the order of the lettings of their size.
Where a floor took some of them, the candidate who would have had the ``i``-th letting has the
``i``-th of those that were left: the extra wait is the days between the two. Who is pushed beyond
the last letting observed waits for longer than can be known, and is counted so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import comb

# Two-sided, exact for a median whatever the distribution: below six it does not exist.
COVERS = 0.95


@dataclass(frozen=True)
class ExtraWait:
    """
    Extra wait of the first ``candidates`` of the list for one size, in days.

    ``lost``: lettings the floor took of it. ``median`` and its interval ``low`` to ``high`` at 95 %
    are ``None`` where they cannot be said: too few lettings, or beyond the last one observed.
    """

    lost: int
    candidates: int
    median: int | None
    low: int | None
    high: int | None


def extra_wait(lettings: Sequence[date], taken: Mapping[date, int]) -> ExtraWait:
    """
    Extra wait for one size of dwelling.

    Parameters
    ----------
    lettings
        Days of the lettings of that size observed, those that the floor took included.
    taken
        Day -> lettings of that day that the general list lost to the floor.

    Examples
    --------
    >>> every_month = [date(2026, month, 1) for month in range(1, 9)]
    >>> extra_wait(every_month, {date(2026, 1, 1): 1})
    ExtraWait(lost=1, candidates=8, median=31, low=28, high=None)
    """
    days = sorted(lettings)
    left = list(days)
    lost = 0
    for day, n in sorted(taken.items()):
        for _ in range(min(n, left.count(day))):
            left.remove(day)
            lost += 1
    waits = sorted((then - now).days for now, then in zip(days, left, strict=False))
    n = len(days)
    rank = _rank(n)
    if rank is None:
        return ExtraWait(lost, n, None, None, None)
    ranks = (n - 1) // 2, rank - 1, n - rank
    median, low, high = (waits[r] if r < len(waits) else None for r in ranks)
    return ExtraWait(lost, n, median, low, high)


def _rank(n: int) -> int | None:
    """Rank from either end of the interval of a median of ``n``; ``None``: too few for any."""
    tail, found = 0, None
    for rank in range(1, n // 2 + 1):
        tail += comb(n, rank - 1)
        if 2 * tail > (1 - COVERS) * 2**n:
            break
        found = rank
    return found
