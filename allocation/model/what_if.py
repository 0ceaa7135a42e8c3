"""Answers to why not and what if: what was found when a meeting was run again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Change:
    """
    What would have been otherwise for one household; ``None`` or empty: as it is.

    ``points``: its total. ``place``: a commune (and section, when not empty) chosen last, and
    ``is_instead``: in the place of its last choice. ``agreement_id``: an agreement it would be
    presented under as well.
    """

    points: int | None = None
    order_date: date | None = None
    place: tuple[str, str] | None = None
    is_instead: bool = False
    kind_wanted: str = ""
    bedrooms: int | None = None
    agreement_id: str = ""


@dataclass(frozen=True)
class Ahead:
    """
    Households ranked before this one that could have one of the same dwellings.

    By what puts them ahead: the list or its nature of transfer (``by_list``), points, date, the
    published draw. ``n_served``: those of them who have one; ``nearest``: the last of these in
    rank, nearest first (some tens at most).
    """

    by_list: int = 0
    by_points: int = 0
    by_date: int = 0
    by_draw: int = 0
    n_served: int = 0
    nearest: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """All of them."""
        return self.by_list + self.by_points + self.by_date + self.by_draw


@dataclass(frozen=True)
class Gap:
    """
    What separated the household from the one it had to outrank.

    ``points`` (0 for equal points) and ``days`` of seniority; ``is_other_list``: that household
    is on the list served before, which points do not reach.
    """

    application_id: str
    points: int
    days: int
    is_other_list: bool


@dataclass(frozen=True)
class Enough:
    """A change under which the household is served: its dwelling, who loses theirs."""

    change: Change
    dwelling_id: str
    displaced: tuple[str, ...]


@dataclass(frozen=True)
class Shortfall:
    """
    Why not, and what would have been enough; ``None`` or empty: nothing of that kind would.

    ``more_points``: the fewest. ``earlier``: the latest date. ``places``: one more commune or
    section, those that cost the fewest other households their dwelling first; ``kinds``,
    ``bedrooms``, ``agreements`` likewise. ``refusals``: dwellings it has if refused.
    """

    ahead: Ahead
    gap: Gap | None
    more_points: Enough | None
    earlier: Enough | None
    places: tuple[Enough, ...]
    kinds: tuple[Enough, ...]
    bedrooms: tuple[Enough, ...]
    agreements: tuple[Enough, ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True)
class Margin:
    """
    What a served household could have lost.

    ``points_to_spare``: the most points it could lack and still be served (``None`` for a
    transfer); ``latest``: the latest date, for a transfer. ``follower``: who is served first
    once it is not. ``needs``: quotas in whose absence it is not served; ``needs_quotas``: it is
    not when all are absent.
    """

    points_to_spare: int | None
    is_safe_without_points: bool
    latest: date | None
    is_safe_whatever_the_date: bool
    follower: str
    needs: tuple[str, ...]
    needs_quotas: bool


@dataclass(frozen=True)
class IfRanked:
    """
    Rank of an application that takes no part, had it been admitted with the facts of its file.

    ``dwelling_id``: what it would have had, empty for nothing, ``None`` when that is not known.
    """

    rank: int
    points: int
    dwelling_id: str | None


@dataclass(frozen=True)
class Party:
    """
    Households as a price: how many, those on the points list with the sum of their points, and
    the days all of them have waited since their date.
    """

    households: tuple[str, ...]
    n_with_points: int
    points: int
    days: int


@dataclass(frozen=True)
class Effect:
    """Who is served under other quotas and was not, and the other way round, best rank first."""

    gained: Party
    lost: Party


@dataclass(frozen=True)
class QuotaEffects:
    """
    The meeting without a quota, with one seat more, with one seat less.

    ``None``: the quota has no seat to take, or the hard quotas cannot hold together so.
    """

    quota_id: str
    absent: Effect
    raised: Effect | None
    lowered: Effect | None
