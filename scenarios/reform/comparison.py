"""What a reform changes, household by household: order, points, and who is proposed a dwelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from allocation.ranking import TRANSFER_TIER
from scenarios.reform.arms import Held
from scenarios.reform.profiles import Texts, profiles

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Side:
    """
    One side by application.

    Shapes
    ------
    Every array has one element per row of ``applications`` (same order). ``rank`` is 0 when not
    ranked; ``dwelling`` is empty when none is proposed; ``tier`` -1 when not ranked.
    """

    held: Held
    rank: Ints
    tier: Ints
    dwelling: npt.NDArray[np.object_]

    @staticmethod
    def of(held: Held) -> Side:
        """Spread a meeting over the rows of its register."""
        n, ranking = len(held.assessments.application_ids), held.session.ranking
        rank, tier = np.zeros(n, dtype=np.int64), np.full(n, -1, dtype=np.int64)
        rank[ranking.rows] = np.arange(1, len(ranking.rows) + 1)
        tier[ranking.rows] = ranking.tier
        dwelling = np.full(n, "", dtype=object)
        for position, name in held.assignment.items():
            dwelling[ranking.rows[position]] = name
        return Side(held, rank, tier, dwelling)

    @cached_property
    def is_ranked(self) -> Flags:
        """Takes part in the meeting."""
        return self.rank > 0

    @cached_property
    def is_served(self) -> Flags:
        """Is proposed a dwelling."""
        return np.asarray(self.dwelling != "", dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Both sides of a reform on the same register, the same day, the same vacancies and draw.

    Shapes
    ------
    Every array has one element per row of ``applications``. ``moved`` is the change of place
    among the households ranked on both sides (below 0: nearer to the front; 0 for the others),
    so that who enters or leaves moves nobody. ``days_waited``: since the registration.
    """

    before: Side
    after: Side
    profile: Mapping[str, Texts]
    moved: Ints
    points_gained: Ints
    days_waited: Ints

    @cached_property
    def is_in_both(self) -> Flags:
        """Ranked on both sides."""
        return self.before.is_ranked & self.after.is_ranked

    @cached_property
    def is_entering(self) -> Flags:
        """Ranked under the reform only."""
        return self.after.is_ranked & ~self.before.is_ranked

    @cached_property
    def is_leaving(self) -> Flags:
        """No longer ranked under the reform."""
        return self.before.is_ranked & ~self.after.is_ranked

    @cached_property
    def gains_dwelling(self) -> Flags:
        """Proposed a dwelling under the reform only."""
        return self.after.is_served & ~self.before.is_served

    @cached_property
    def loses_dwelling(self) -> Flags:
        """No longer proposed a dwelling under the reform."""
        return self.before.is_served & ~self.after.is_served

    @cached_property
    def is_on_list(self) -> Flags:
        """Of the points list on either side: transfers are ranked by another date."""
        return (self.before.tier > TRANSFER_TIER) | (self.after.tier > TRANSFER_TIER)


def compare(before: Held, after: Held) -> Comparison:
    """Set two meetings held on the same register side by side."""
    first, second = Side.of(before), Side.of(after)
    both = first.is_ranked & second.is_ranked
    moved = np.zeros(len(both), dtype=np.int64)
    rows = np.flatnonzero(both)
    moved[rows] = _places(second.rank[rows]) - _places(first.rank[rows])
    gained = np.where(both, after.assessments.points - before.assessments.points, 0)
    registered = before.arm.register["applications"]["registered_on"]
    waited = (np.datetime64(before.arm.meeting.meeting_on) - registered).astype(np.int64)
    return Comparison(first, second, profiles(before), moved, gained, waited)


def _places(ranks: Ints) -> Ints:
    """Places among themselves, from 0."""
    places = np.empty(len(ranks), dtype=np.int64)
    places[np.argsort(ranks)] = np.arange(len(ranks))
    return places
