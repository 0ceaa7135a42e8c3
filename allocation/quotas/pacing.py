"""From a share, or the seats of a year, to the seats of one meeting, in whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Literal

Pacing = Literal["linear", "year_end", "prefix"]


def whole_members(kind: Literal["floor", "cap"], share: Fraction, base: int) -> int:
    """Members a share of a base makes: a floor is rounded up, a cap down, in exact fractions."""
    return ceil(share * base) if kind == "floor" else floor(share * base)


def meeting_seats(
    kind: Literal["floor", "cap"],
    *,
    share: Fraction = Fraction(0),
    whole: int | None = None,
    opening: int,
    planned: int,
    forecast: int | None = None,
    pacing: Pacing = "linear",
) -> tuple[int | None, int | None, int]:
    """
    Interim target, closing target and seats of a quota at a meeting, net of the ledger.

    Parameters
    ----------
    share, whole
        The share of the base, or the seats of the whole year in its place.
    opening, planned
        Members in the ledger, and the base after this meeting.
    forecast
        The base of the whole year, never believed below ``planned``. Without it a floor is due
        at once, its share rounded up; with it the share is followed from below (rounded down)
        until the dwellings still to come are needed in full.
    pacing
        ``year_end``: the closing target alone.
    """
    if kind == "cap":
        most = whole if whole is not None else whole_members(kind, share, planned)
        return None, None, max(0, most - opening)
    if forecast is None:
        least = whole if whole is not None else whole_members(kind, share, planned)
        return None, None, max(0, least - opening)
    year = max(forecast, planned)
    if whole is not None:
        share = Fraction(whole, year) if year else Fraction(0)
    interim = max(0, floor(share * planned) - opening)
    closing = max(0, ceil(share * year) - opening - (year - planned))
    if pacing == "year_end":
        return None, closing, closing
    return interim, closing, max(interim, closing)
