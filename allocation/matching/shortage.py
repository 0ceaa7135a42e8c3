"""
The declared rules that compare shortages of floors, in whole numbers and exact fractions.

A floor asks for seats; what it lacks is its shortage. When not all floors can be met, one of four
rules says which shortages are least:

``weighted``
    The sum of the shortages, each times the weight of its floor.
``precedence``
    The weighted sum over the floors declared first, then over those declared second, and so on.
``number_met``
    The number of floors not fully met, then the weighted sum.
``leximin``
    The largest share lacking (shortage over seats), then the second largest, and so on.

Floors of the round that count a person once are filled in the way that is best under the same
rule. A rule gives a *measure* to compare (smaller is better, item after item), and the *terms*
that an integer programme makes least one after the other to reach the same optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from allocation.matching.problem import Quota

RuleName = Literal["weighted", "precedence", "number_met", "leximin"]
Measure = tuple[int | Fraction, ...]


@dataclass(frozen=True)
class Term:
    """
    A whole number to make small, over floors given as (position, number).

    ``sum``: shortages times their number. ``count``: how many floors lack more than theirs.
    """

    kind: Literal["sum", "count"]
    floors: tuple[tuple[int, int], ...]


NOTHING = Term("sum", ())
Limits = tuple[tuple[Term, int], ...]


class ShortageRule:
    """
    One rule over soft floors given by their positions in ``quotas``.

    ``floors``: those whose shortage the rule looks at (a sum passes over a weight of zero).
    """

    def __init__(self, name: RuleName, quotas: Sequence[Quota], floors: Sequence[int]) -> None:
        self.name = name
        self.quotas = tuple(quotas)
        is_sum = name in ("weighted", "precedence")
        self.floors = tuple(
            i for i in sorted(floors) if quotas[i].seats and (quotas[i].weight or not is_sum)
        )
        self._seats = {i: quotas[i].seats for i in self.floors}
        # Floors that ask for nothing have no rank: with or without them the measure is the same.
        ranks = sorted({quotas[i].precedence for i in self.floors}) or [0]  # an empty sum to settle
        self._sums = (
            [self._sum(i for i in self.floors if quotas[i].precedence == rank) for rank in ranks]
            if name == "precedence"
            else [self._sum(self.floors)]
        )

    def _sum(self, floors: Iterable[int]) -> Term:
        return Term("sum", tuple((i, self.quotas[i].weight) for i in floors))

    def measure(self, shorts: Mapping[int, int]) -> Measure:
        """What to compare, from the shortage of each floor."""
        if self.name == "leximin":
            return tuple(
                sorted((Fraction(shorts[i], n) for i, n in self._seats.items()), reverse=True)
            )
        sums = tuple(sum(w * shorts[i] for i, w in term.floors) for term in self._sums)
        if self.name == "number_met":
            return (sum(shorts[i] > 0 for i in self.floors), *sums)
        return sums

    def limits(self, measure: Measure) -> Limits:
        """Terms and the most each may be for the measure to be no larger than this optimum."""
        if self.name == "leximin":
            return tuple(
                (self._lacking_more_than(share), sum(other > share for other in measure))
                for share in sorted(set(map(Fraction, measure)), reverse=True)
            )
        return tuple((term, int(most)) for term, most in zip(self._terms(), measure, strict=True))

    def settle(self, least: Callable[[Term, Limits], int]) -> None:
        """
        Make the terms least one after the other.

        ``least(term, limits)`` gives the smallest value of a term within limits already fixed;
        the last call made is at the optimum of the rule.
        """
        if self.name == "leximin":
            return self._settle_shares(least)
        limits: Limits = ()
        for term in self._terms():
            limits = (*limits, (term, least(term, limits)))
        return None

    def _terms(self) -> tuple[Term, ...]:
        if self.name == "number_met":
            return (self._lacking_more_than(Fraction(0)), *self._sums)
        return tuple(self._sums)

    def _lacking_more_than(self, share: Fraction) -> Term:
        return Term("count", tuple((i, floor(share * n)) for i, n in self._seats.items()))

    def _settle_shares(self, least: Callable[[Term, Limits], int]) -> None:
        """
        Largest share first; the number of floors lacking it, found by halving, then the next.

        The shares that a floor may lack are listed downwards, so that each term (floors lacking
        that share or more) is at least the one before: all up to some place can stay at the
        number already fixed.
        """
        shares = sorted({Fraction(k, n) for n in self._seats.values() for k in range(1, n + 1)})
        terms = [
            Term("count", tuple((i, ceil(share * n) - 1) for i, n in self._seats.items()))
            for share in reversed(shares)
        ]
        limits: Limits = ()
        start, lacking = 0, 0
        while start < len(terms):
            low, high = start, len(terms)
            while low < high:
                middle = (low + high) // 2
                if least(terms[middle], limits) <= lacking:
                    low = middle + 1
                else:
                    high = middle
            if low > start:
                limits = (*limits, (terms[low - 1], lacking))
            if low < len(terms):
                lacking = least(terms[low], limits)
                limits = (*limits, (terms[low], lacking))
            start = low + 1
        least(NOTHING, limits)

    def next_seat(self, i: int, filled: int) -> tuple[int | Fraction, ...]:
        """
        Order in which seats counted once are filled: the smallest first.

        Each rule but ``number_met`` adds up convex losses over sets of seats that form a
        matroid, so the best filling is greedy (`number_met` first chooses which to fill). Seats
        that weigh nothing come last, however early their floor was declared.
        """
        quota = self.quotas[i]
        if self.name == "leximin":
            lacking = quota.seats - filled
            return (-Fraction(lacking, quota.seats), Fraction(lacking - 1, quota.seats), i)
        rank = quota.precedence if self.name == "precedence" else 0
        return (not quota.weight, rank, -quota.weight, i)
