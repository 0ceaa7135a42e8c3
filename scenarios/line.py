"""
Who stands in line at a committee: everybody who could have one of its dwellings, best first.

A meeting of thousands is decided by few. Households that accept the same dwellings, count in the
same quotas and enter the same rounds are interchangeable but for their rank, so those served are
always the first of them (theorem of the prefix), and never more than there are dwellings for
them. Only those are handed to the committee's rounds; the others stand behind, as columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.proposal.session import counted_in, rounds_of
from allocation.quotas import Opened
from allocation.ranking import Cost, DwellingType
from scenarios.wanted import NOT_HAD, Wanted, cost_of, kinds_of

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
_WORD = 62  # types that go in one column of bits


@dataclass(frozen=True, eq=False)
class Line:
    """
    The households concerned by a committee, best first.

    Shapes
    ------
    All (n,): ``households``, position in the population; ``identifiers``; ``tier``; ``demand``,
    position in ``wanted.demands``; ``under``, in ``agreements``, those it is presented under;
    ``members``, in ``masks``, the quotas that count it; ``rounds``, in ``preferences``.
    ``costs`` : (n, types), cost of fit as one number, ``NOT_HAD`` for a dwelling it may not have
    """

    households: Int
    identifiers: Texts
    tier: Int
    demand: Int
    under: Int
    members: Int
    rounds: Int
    costs: Int
    wanted: Wanted
    agreements: Sequence[tuple[str, ...]]
    masks: Sequence[int]
    preferences: Sequence[tuple[str, ...]]

    @cached_property
    def _classes(self) -> tuple[Int, Int]:
        """First household of each class, and the class of each household."""
        accepts = self.costs != NOT_HAD
        words = [
            (accepts[:, t : t + _WORD] << np.arange(min(_WORD, accepts.shape[1] - t))).sum(axis=1)
            for t in range(0, accepts.shape[1], _WORD)
        ]
        return kinds_of((*words, self.members, self.rounds))

    def first_of(
        self, free: Sequence[int], *, out: Flags | None = None, refused: Collection[str] = ()
    ) -> Int:
        """
        Positions in the line of all who can be served, in order.

        Parameters
        ----------
        free
            Dwellings to let, by type.
        out
            Households that accept nothing any more.
        refused
            Households that may not have some of the dwellings: each lets one more of its class in.
        """
        first, classes = self._classes
        open_to = (self.costs[first] != NOT_HAD) @ np.array(free, dtype=np.int64)
        holds = open_to[classes] > 0
        if out is not None:
            holds &= ~out
        positions = np.flatnonzero(holds)
        if refused:
            mine = classes[self.among(refused)]
            open_to = open_to + np.bincount(mine, minlength=len(first))
        own = classes[positions]
        order = np.argsort(own, kind="stable")
        sorted_own = own[order]
        place = np.arange(len(order)) - np.searchsorted(sorted_own, sorted_own)
        found: Int = np.sort(positions[order[place < open_to[sorted_own]]])
        return found

    def fields(self, positions: Int) -> dict[str, Any]:
        """The fields of a meeting that hold one element per household, for some of the line."""
        known: dict[tuple[int, ...], Mapping[int, Cost]] = {}
        costs = []
        for row in map(tuple, self.costs[positions].tolist()):
            if row not in known:
                known[row] = {t: cost_of(code) for t, code in enumerate(row) if code != NOT_HAD}
            costs.append(known[row])
        pairs = zip(self.demand[positions].tolist(), self.under[positions].tolist(), strict=True)
        demands = self.wanted.demands
        return {
            "identifiers": tuple(self.identifiers[positions].tolist()),
            "tier": tuple(self.tier[positions].tolist()),
            "demands": tuple(
                replace(demands[d], agreements=self.agreements[a]) if a else demands[d]
                for d, a in pairs
            ),
            "costs": tuple(costs),
            "members": tuple(self.masks[i] for i in self.members[positions].tolist()),
            "preferences": tuple(self.preferences[i] for i in self.rounds[positions].tolist()),
        }

    def among(self, identifiers: Iterable[str]) -> Flags:
        """Which of the line are these."""
        found = np.zeros(len(self.households), dtype=np.bool_)
        found[[self._position[name] for name in identifiers]] = True
        return found

    @cached_property
    def _position(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.identifiers.tolist())}

    def place(self, identifier: str) -> int:
        """Place of a household in the line, the best is 0."""
        return self._position[identifier]

    @property
    def classes(self) -> tuple[Int, Int]:
        """First household of each class, and the class of each household."""
        return self._classes

    def accepts(self, t: int) -> Flags:
        """Which classes may have a type of dwelling."""
        found: Flags = self.costs[self._classes[0], t] != NOT_HAD
        return found

    def cost(self, identifier: str, t: int) -> Cost:
        """Cost of fit of a type of dwelling for a household of the line."""
        return cost_of(int(self.costs[self._position[identifier], t]))


@dataclass(frozen=True, eq=False)
class Standings:
    """
    What is known of households in rank order when they get in line.

    Shapes
    ------
    As in ``Line``; ``category``: income category; ``has_won``: an appeal won.
    """

    households: Int
    identifiers: Texts
    demand: Int
    under: Int
    tier: Int
    category: Int
    has_won: Flags


def line_of(
    who: Standings,
    wanted: Wanted,
    agreements: Sequence[tuple[str, ...]],
    *,
    types: Sequence[DwellingType],
    quotas: tuple[Opened, ...],
) -> Line:
    """The line of a committee; ``agreements``: sets of them that ``who.under`` points at."""
    first, members = kinds_of((who.category, who.tier, who.under))
    counted = zip(*(c[first].tolist() for c in (who.category, who.tier, who.under)), strict=True)
    masks = [counted_in(quotas, category, tier, agreements[a]) for category, tier, a in counted]
    number: dict[int, int] = {}
    same = np.array([number.setdefault(mask, len(number)) for mask in masks], dtype=np.int64)
    marks = (who.has_won, wanted.is_disabled[who.demand], wanted.is_over_65[who.demand])
    first, rounds = kinds_of(marks)
    flags = zip(*(column[first].tolist() for column in marks), strict=True)
    preferences = [rounds_of(won=w, disabled=d, over_65=o) for w, d, o in flags]
    costs = np.empty((len(who.households), len(types)), dtype=np.int64)
    for t, offered in enumerate(types):
        costs[:, t] = wanted.costs(offered)[who.demand]
        if offered.agreement_id:
            named = np.array([offered.agreement_id in names for names in agreements])
            costs[~named[who.under], t] = NOT_HAD
    return Line(
        who.households,
        who.identifiers,
        who.tier,
        who.demand,
        who.under,
        same[members],
        rounds,
        costs,
        wanted,
        agreements,
        list(number),
        preferences,
    )
