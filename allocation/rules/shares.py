"""Shares turned into whole dwellings: derogation caps, balance rent, floors and ceilings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from allocation.model import Setting
from allocation.rules.in_force import rules_in_force
from allocation.rules.rulebook import Rulebook


@dataclass(frozen=True)
class DerogationCap:
    """
    How many derogations a commune may have in a calendar year.

    ``total`` of the year's allocations, ``urgency`` and ``cohesion`` their own limits;
    ``undecided``: places of the total that neither limit gives, left to people. ``warning``:
    ``rule.derogation_split_unverified`` where the text provides another split, not read.
    """

    share: Fraction
    total: int
    urgency: int
    cohesion: int
    undecided: int
    warning: str


def derogation_cap(
    rulebook: Rulebook,
    on: date,
    *,
    social_share: Fraction,
    allocations: int,
    stock_growth: Fraction = Fraction(0),
    settings: Iterable[Setting] = (),
) -> DerogationCap:
    """
    Cap on derogations for urgency and cohesion together, in one commune.

    Parameters
    ----------
    rulebook, on, settings
        The rules, on a date.
    social_share
        Share of social dwellings in the commune.
    allocations
        Allocations of the calendar year in the commune.
    stock_growth
        Growth of the stock over the five years before the antepenultimate year.

    Legal source
    ------------
    AGW of 6 September 2007, article 23.
    """
    rules = rules_in_force(rulebook, on, settings)
    if social_share >= rules.share("derogation.high_from"):
        share = rules.share("derogation.cap_high")
    elif social_share >= rules.share("derogation.middle_from") or (
        stock_growth >= rules.share("derogation.growth_from")
    ):
        share = rules.share("derogation.cap_middle")
    else:
        share = rules.share("derogation.cap_low")
    total = most_of(share, allocations)
    split = rules.share("derogation.urgency_split")
    urgency, cohesion = most_of(split, total), most_of(1 - split, total)
    is_other = social_share >= rules.share("derogation.other_split_from")
    warning = "rule.derogation_split_unverified" if is_other else ""
    return DerogationCap(share, total, urgency, cohesion, total - urgency - cohesion, warning)


def balance_rent_share(
    rulebook: Rulebook, on: date, *, public_share: Fraction, settings: Iterable[Setting] = ()
) -> Fraction:
    """
    Share of a commune's dwellings that may be let at the balance rent.

    Legal source
    ------------
    AGW of 8 February 2024, in force on 1 October 2024.
    """
    rules = rules_in_force(rulebook, on, settings)
    if public_share < rules.share("balance_rent.low_below"):
        return rules.share("balance_rent.low")
    if public_share < rules.share("balance_rent.high_from"):
        return rules.share("balance_rent.middle")
    return rules.share("balance_rent.high")


def most_of(share: Fraction, base: int) -> int:
    """A legal maximum in whole dwellings: rounded down."""
    return floor(share * base)


def least_of(share: Fraction, base: int) -> int:
    """A legal minimum in whole dwellings: rounded up."""
    return ceil(share * base)
