"""Counted income and income category of every household at once (order, art. 1, 8°)."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER
from allocation.rules.columns import RegisterColumns
from allocation.rules.in_force import RulesInForce
from allocation.rules.judge_columns import Truths, any_of_household, judge_each

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
CENTS = 100
ABOVE = 4  # place after category 3, for a household above every ceiling


@dataclass(frozen=True, eq=False)
class IncomeColumns:
    """
    Shapes
    ------
    One element per application. ``category``: 1 to 3, 0 above every ceiling, -1 unknown.
    ``counted_cents``: the highest possible reading, ``MISSING_INTEGER`` when unknown.
    """

    category: Ints
    counted_cents: Ints


def income_of_each(rules: RulesInForce, columns: RegisterColumns) -> IncomeColumns:
    """
    Counted income of every household, and its category.

    An unknown age, marriage or number of dependent children leaves the category known when no
    possible answer changes it.

    Legal source
    ------------
    AGW of 6 September 2007, article 1, 8°; code, article 1, 29° to 31°.
    """
    low, high, is_missing = _counted(rules, columns)
    dependent_low, dependent_high = _dependent(rules, columns)
    single_low, single_high = _is_single(rules, columns)
    best = _category(rules, low, dependent_high, ~single_low)
    worst = _category(rules, high, dependent_low, ~single_high)
    known = ~is_missing & (best == worst)
    category = np.where(known, best % ABOVE, -1)
    return IncomeColumns(category, np.where(is_missing, MISSING_INTEGER, high))


def _shares(rules: RulesInForce, columns: RegisterColumns, scale: int) -> tuple[Ints, Ints]:
    """Least and greatest share of each member's income that may count, times ``scale``."""
    n = columns.n_members
    low, high = np.full(n, scale, dtype=np.int64), np.zeros(n, dtype=np.int64)
    is_open = np.ones(n, dtype=np.bool_)
    for rule in rules.income_shares:
        truths = judge_each(rule.condition, columns, "member")
        possible = is_open & ~truths.no
        weight = int(rule.share * scale)
        low = np.where(possible, np.minimum(low, weight), low)
        high = np.where(possible, np.maximum(high, weight), high)
        is_open &= ~truths.yes
    high = np.where(is_open, scale, high)
    return low, high


def _counted(rules: RulesInForce, columns: RegisterColumns) -> tuple[Ints, Ints, Flags]:
    """Lowest and highest counted income in cents, and where an income is missing."""
    scale = lcm(1, *(r.share.denominator for r in rules.income_shares))
    low, high = _shares(rules, columns, scale)
    members = columns.register["household_members"]
    reference, current = members["taxable_income_cents"], members["current_income_cents"]
    has_reference, has_current = reference != MISSING_INTEGER, current != MISSING_INTEGER
    is_missing = any_of_household(~has_reference & ~has_current & (high > 0), columns)
    maintenance = members["maintenance_paid_cents"]
    paid = np.where(maintenance == MISSING_INTEGER, 0, maintenance)
    before = np.where(has_reference, reference, np.where(has_current, current, paid)) - paid
    now = np.where(has_current, current, np.where(has_reference, reference, paid)) - paid
    before_low, before_high = _summed(before, low, high, columns)
    now_low, now_high = _summed(now, low, high, columns)
    difference = rules.share("income.current_income_difference")
    replaces = np.abs(
        now_low - before_low
    ) * difference.denominator >= difference.numerator * np.abs(before_low)
    is_sure = ~any_of_household(low != high, columns)
    counted_low = np.where(replaces, now_low, before_low)
    lowest = np.where(is_sure, counted_low, np.minimum(before_low, now_low))
    highest = np.where(is_sure, counted_low, np.maximum(before_high, now_high))
    return -(-lowest // scale), -(-highest // scale), is_missing


def _summed(income: Ints, low: Ints, high: Ints, columns: RegisterColumns) -> tuple[Ints, Ints]:
    """Sums per household of the lowest and highest counted incomes (negative ones included)."""
    least, most = np.minimum(income * low, income * high), np.maximum(income * low, income * high)
    sums = []
    for part in (least, most):
        total = np.zeros(columns.n_applications, dtype=np.int64)
        np.add.at(total, columns.household_of, part)
        sums.append(total)
    return sums[0], sums[1]


def _dependent(rules: RulesInForce, columns: RegisterColumns) -> tuple[Ints, Ints]:
    """Fewest and most dependent children: those entered, or what the members allow (U06)."""
    entered = columns.register["applications"]["dependent_children"]
    is_entered = entered != MISSING_INTEGER
    is_child = columns.column("role").values == "child"
    children = np.bincount(columns.household_of[is_child], minlength=columns.n_applications)
    most = children * rules.whole("dependent_child.max_weight")
    return np.where(is_entered, entered, 0), np.where(is_entered, entered, most)


def grown_children(rules: RulesInForce, columns: RegisterColumns) -> Truths:
    """Members in the place of a child who are adults on their own: married, or past the age."""
    role, age = columns.column("role"), columns.column("age")
    married = columns.column("is_married")
    is_child = role.values == "child"
    is_past = age.is_known & (age.values > rules.whole("bedrooms.adult_child_to"))
    is_minor = age.is_known & (age.values < rules.whole("bedrooms.adult_child_from"))
    is_of_age = age.is_known & ~is_minor
    is_married = married.is_known & (married.values == "yes")
    is_unmarried = married.is_known & (married.values == "no")
    yes = is_child & (is_past | (is_of_age & is_married))
    no = ~is_child | is_minor | (age.is_known & ~is_past & is_unmarried)
    return Truths(yes, no)


def _is_single(rules: RulesInForce, columns: RegisterColumns) -> tuple[Flags, Flags]:
    """
    Households on the limb of the single person.

    Returns
    -------
    tuple of arrays
        First where it is certain (the reading most favourable to the household leaves it there),
        then where it is possible.
    """
    n = columns.n_applications
    is_child = columns.column("role").values == "child"
    adults = np.bincount(columns.household_of[~is_child], minlength=n)
    grown = grown_children(rules, columns)
    certain_several = (adults > 1) | any_of_household(grown.yes, columns)
    possible_several = (adults > 1) | any_of_household(~grown.no, columns)
    has_children = any_of_household(is_child, columns)
    if rules.value("single_parent_limb") != "a":
        certain_several = certain_several | has_children
        possible_several = possible_several | has_children
    return ~possible_several, ~certain_several


def _category(rules: RulesInForce, cents: Ints, dependent: Ints, is_several: Flags) -> Ints:
    """Lowest category whose ceiling is not exceeded, ``ABOVE`` when there is none."""
    row = rules.ceilings
    found = np.full(len(cents), ABOVE, dtype=np.int64)
    for category in ("3", "2", "1"):
        single, several = row.ceilings[category]
        ceiling = np.where(is_several, several, single) + dependent * row.per_child
        found = np.where(cents <= ceiling * CENTS, int(category), found)
    return found
