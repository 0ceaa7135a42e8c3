"""Bedrooms required by every household at once (order, art. 1, 15°)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER
from allocation.rules.columns import FactColumn, RegisterColumns, known_where
from allocation.rules.in_force import RulesInForce
from allocation.rules.income_columns import grown_children
from allocation.rules.judge_columns import any_of_household, judge_each
from allocation.rules.periods import after_months_each
from allocation.rules.rooms import most_pairs_each, pairs_of

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MONTHS_PER_YEAR = 12
UNKNOWN_BEDROOMS = -1


@dataclass(frozen=True, eq=False)
class _Children:
    """
    Children who may share a room, sorted by household.

    Shapes
    ------
    One element per child: household, date of birth (NaT unknown), sex (`f`, `m`, or `x` when not
    known), over the sharing age, whether it may rather be an adult with a room of its own.
    """

    household: Ints
    born_on: npt.NDArray[np.datetime64]
    sex: npt.NDArray[np.str_]
    is_over: Flags
    may_be_adult: Flags


def household_kinds(rules: RulesInForce, columns: RegisterColumns) -> None:
    """Work out the facts ``is_couple`` and ``is_alone``."""
    n = columns.n_applications
    everyone = np.ones(n, dtype=np.bool_)
    is_couple = any_of_household(columns.column("role").values == "partner", columns)
    lives_here = _lives_here(rules, columns)
    residents = np.bincount(columns.household_of[lives_here], minlength=n)
    columns.computed["is_couple"] = known_where(_yes_no(is_couple), everyone)
    columns.computed["is_alone"] = known_where(_yes_no(residents == 1), everyone)


def bedrooms_of_each(rules: RulesInForce, columns: RegisterColumns) -> Ints:
    """
    Bedrooms of every household: one for the couple or single person, one for every other adult,
    the fewest for the children, one more under letters c) or d).

    Shapes
    ------
    One element per application; -1 where missing facts leave more than one answer, and no
    exception was recorded.

    Legal source
    ------------
    AGW of 6 September 2007, article 1, 15°.
    """
    n = columns.n_applications
    role, lives_here = columns.column("role").values, _lives_here(rules, columns)
    is_child = (role == "child") & lives_here
    grown = grown_children(rules, columns)
    is_grown, may_be_grown = grown.yes & is_child, grown.unknown & is_child
    if rules.value("adult_child_room_rule") != "as_child":
        age = columns.column("age")
        is_of_age = age.values >= rules.whole("bedrooms.adult_child_from")
        is_grown = is_child & age.is_known & is_of_age
        may_be_grown = is_child & ~age.is_known
    is_adult = (~np.isin(role, ("applicant", "partner", "child")) & lives_here) | is_grown
    counts_adults = rules.value("adult_room_rule") == "one_each"
    own = _own_room(rules, columns) & is_child & ~is_grown
    sharing = is_child & ~is_grown & ~own
    rooms = np.full(n, rules.whole("bedrooms.for_couple_or_single"), dtype=np.int64)
    rooms += _extra(rules, columns)
    rooms += np.bincount(columns.household_of[own], minlength=n)
    if counts_adults:
        rooms += np.bincount(columns.household_of[is_adult], minlength=n)
    children = _children(rules, columns, sharing, may_be_grown)
    fewest, most = _rooms_of_children(rules, children, n, counts_adults=counts_adults)
    exception = columns.register["applications"]["bedrooms_exception"]
    required = np.where(fewest == most, rooms + fewest, UNKNOWN_BEDROOMS)
    return np.where(exception != MISSING_INTEGER, exception, required)


def _lives_here(rules: RulesInForce, columns: RegisterColumns) -> Flags:
    """Members counted: all but children shared by a private agreement only."""
    if rules.value("bedrooms.private_custody_counts"):
        return np.ones(columns.n_members, dtype=np.bool_)
    lodging = columns.from_table("household_members", "lodging")
    is_private = lodging.is_known & (lodging.values == "shared_private")
    lives_here: Flags = ~(is_private & (columns.column("role").values == "child"))
    return lives_here


def _own_room(rules: RulesInForce, columns: RegisterColumns) -> Flags:
    own = np.zeros(columns.n_members, dtype=np.bool_)
    for rule in rules.own_room:
        own |= judge_each(rule.condition, columns, "member").counted(rule.unknown)
    return own


def _extra(rules: RulesInForce, columns: RegisterColumns) -> Ints:
    """The additional bedroom, once, whatever the number of reasons."""
    met = np.zeros(columns.n_applications, dtype=np.bool_)
    for rule in rules.extra_rooms:
        met |= judge_each(rule.condition, columns, "household").counted(rule.unknown)
    return met * np.int64(rules.whole("bedrooms.extra"))


def _children(
    rules: RulesInForce, columns: RegisterColumns, sharing: Flags, may_be_adult: Flags
) -> _Children:
    born_on = columns.column("born_on").values
    sex_column = columns.from_table("household_members", "sex")
    sex = np.where(sex_column.is_known, sex_column.values, "x")
    household = columns.household_of
    if rules.value("unborn_counts"):
        unborn = _unborn(columns)
        rows = np.flatnonzero(unborn.is_known)
        household = np.concatenate([household, rows])
        born_on = np.concatenate([born_on, unborn.values[rows]])
        sex = np.concatenate([sex, np.full(len(rows), "x")])
        sharing = np.concatenate([sharing, np.ones(len(rows), dtype=np.bool_)])
        may_be_adult = np.concatenate([may_be_adult, np.zeros(len(rows), dtype=np.bool_)])
    kept = np.flatnonzero(sharing)
    kept = kept[np.argsort(household[kept], kind="stable")]
    born_on = born_on[kept]
    return _Children(
        household[kept], born_on, sex[kept], _over_sharing_age(rules, born_on), may_be_adult[kept]
    )


def _unborn(columns: RegisterColumns) -> FactColumn:
    """Expected births with their proof."""
    column = columns.column("expected_birth_on")
    accepted = [columns.proof_names[p] for p in columns.rulebook.facts["expected_birth_on"].proofs]
    return known_where(column.values, column.is_known & np.isin(column.proofs, accepted))


def _over_sharing_age(rules: RulesInForce, born_on: npt.NDArray[np.datetime64]) -> Flags:
    age = rules.whole("bedrooms.sharing_age")
    on = np.datetime64(rules.on, "D")
    if rules.value("age_gt_10") == "exact_age":
        over: Flags = after_months_each(born_on, age * MONTHS_PER_YEAR) < on
    else:  # completed years: over 10 means 11 completed
        over = after_months_each(born_on, (age + 1) * MONTHS_PER_YEAR) <= on
    return over


def _rooms_of_children(
    rules: RulesInForce, children: _Children, n: int, *, counts_adults: bool
) -> tuple[Ints, Ints]:
    """Fewest and most rooms over every possible answer to the missing facts."""
    fewest, most = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    sizes = np.bincount(children.household, minlength=n)
    starts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes[sizes > 0]).tolist():
        households = np.flatnonzero(sizes == size)
        rows = starts[households][:, None] + np.arange(size)
        can, must = _may_share(rules, children, rows, counts_adults=counts_adults)
        dropped = 0 if counts_adults else children.may_be_adult[rows].sum(axis=1)
        fewest[households] = size - dropped - most_pairs_each(can, size)
        most[households] = size - most_pairs_each(must, size)
    return fewest, most


def _may_share(
    rules: RulesInForce, children: _Children, rows: Ints, *, counts_adults: bool
) -> tuple[Flags, Flags]:
    """
    Pairs that may share whatever is missing says: possibly, and certainly.

    Shapes
    ------
    ``rows``: (households, children). Results: (households, pairs).
    """
    pairs = pairs_of(rows.shape[1])
    if not pairs:
        nothing = np.zeros((len(rows), 0), dtype=np.bool_)
        return nothing, nothing
    first = rows[:, [i for i, _ in pairs]]
    second = rows[:, [j for _, j in pairs]]
    over_1, over_2 = children.is_over[first], children.is_over[second]
    born_1, born_2 = children.born_on[first], children.born_on[second]
    is_dated = ~np.isnat(born_1) & ~np.isnat(born_2)
    months = rules.whole("bedrooms.years_apart") * MONTHS_PER_YEAR
    apart = after_months_each(np.minimum(born_1, born_2), months) <= np.maximum(born_1, born_2)
    past_age = over_1 & over_2 if rules.value("same_sex_rule") == "A" else over_1 | over_2
    same, different = ~(past_age & apart), ~(over_1 | over_2)
    sex_1, sex_2 = children.sex[first], children.sex[second]
    is_sexed = (sex_1 != "x") & (sex_2 != "x")
    by_sex = np.where(sex_1 == sex_2, same, different)
    can = np.where(is_sexed, by_sex, same | different)
    must = np.where(is_sexed, by_sex, same & different)
    grown = children.may_be_adult[first] | children.may_be_adult[second]
    can = np.where(is_dated, can, True) & (counts_adults | ~grown)
    must = must & is_dated & ~grown
    return can, must


def _yes_no(flags: Flags) -> npt.NDArray[np.str_]:
    return np.where(flags, "yes", "no")
