"""Conditions judged for every household at once, in three values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.rules.columns import FactColumn, RegisterColumns
from allocation.rules.condition import (
    DAY_MEASURES,
    All,
    AnyMember,
    AnyOf,
    Condition,
    Is,
    Measure,
    Not,
)
from allocation.rules.periods import after_months_each

Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[np.int64]

COMPARISONS: dict[str, Callable[..., Flags]] = {
    "at_least": np.greater_equal,
    "more_than": np.greater,
    "at_most": np.less_equal,
    "less_than": np.less,
}


@dataclass(frozen=True, eq=False)
class Truths:
    """A condition per row: met (``yes``), not met (``no``), unknown when neither."""

    yes: Flags
    no: Flags

    @property
    def unknown(self) -> Flags:
        """Rows where facts are missing to say."""
        neither: Flags = ~(self.yes | self.no)
        return neither

    def counted(self, unknown: str) -> Flags:
        """Rows where the rule counts, given what the rule says of the unknown."""
        met: Flags = ~self.no if unknown == "counts" else self.yes
        return met


def judge_each(condition: Condition, columns: RegisterColumns, level: str) -> Truths:
    """
    Judge a condition for every row of a level.

    Parameters
    ----------
    condition
        Resolved for the date.
    columns
        The register.
    level
        ``household`` or ``member``.
    """
    if isinstance(condition, All):
        parts = [judge_each(p, columns, level) for p in condition.parts]
        return Truths(
            np.logical_and.reduce([p.yes for p in parts]),
            np.logical_or.reduce([p.no for p in parts]),
        )
    if isinstance(condition, AnyOf):
        parts = [judge_each(p, columns, level) for p in condition.parts]
        return Truths(
            np.logical_or.reduce([p.yes for p in parts]),
            np.logical_and.reduce([p.no for p in parts]),
        )
    if isinstance(condition, Not):
        part = judge_each(condition.part, columns, level)
        return Truths(part.no, part.yes)
    if isinstance(condition, AnyMember):
        members = judge_each(condition.part, columns, "member")
        return Truths(
            any_of_household(members.yes, columns), ~any_of_household(~members.no, columns)
        )
    return _judge_leaf(condition, columns)


def any_of_household(flags: Flags, columns: RegisterColumns) -> Flags:
    """Households with at least one member flagged."""
    found = np.zeros(columns.n_applications, dtype=np.bool_)
    found[columns.household_of[flags]] = True
    return found


def _judge_leaf(leaf: Is | Measure, columns: RegisterColumns) -> Truths:
    column = columns.column(leaf.fact)
    definition = columns.rulebook.facts[leaf.fact]
    is_no = column.values == "no" if definition.type == "flag" else np.zeros(1, dtype=np.bool_)
    is_known = column.is_known
    if leaf.proofs:
        accepted = [columns.proof_names[p] for p in leaf.proofs]
        is_known = is_known & (is_no | np.isin(column.proofs, accepted))
    if isinstance(leaf, Is):
        met = np.isin(column.values, leaf.values)
        absent_is_met = "no" in leaf.values
    else:
        met, has_measure = _measured(leaf, column, columns)
        is_known = is_known & has_measure
        absent_is_met = False
    reads_no = column.is_absent if definition.if_absent == "no" else np.zeros_like(is_known)
    yes = is_known & met
    no = is_known & ~met
    return Truths(yes | reads_no, no) if absent_is_met else Truths(yes, no | reads_no)


def _measured(leaf: Measure, column: FactColumn, columns: RegisterColumns) -> tuple[Flags, Flags]:
    """Whether the bound holds, and whether everything measured is there."""
    compare = COMPARISONS[leaf.operator]
    always = np.ones(len(column.values), dtype=np.bool_)
    if leaf.measure == "number":
        return compare(column.values, leaf.limit), always
    on = np.datetime64(columns.on, "D")
    if leaf.measure == "ends_in_months":
        limit = after_months_each(np.array([on]), leaf.months)[0]
        return compare(column.values, limit) & (column.values >= on), always
    if leaf.until == "on":
        until = np.full(len(column.values), on)
    else:
        # An anchor that never happened (no renewal yet): nothing was held until then.
        until = columns.column(leaf.until).values
        if columns.rulebook.facts[leaf.fact].level == "member":
            until = until[columns.household_of]
    since = column.issued_on if leaf.measure == "proof_age_days" else column.values
    if leaf.measure in DAY_MEASURES:
        met = compare(until - since, np.timedelta64(leaf.limit, "D"))
    else:
        met = compare(until, after_months_each(since, leaf.months))
    if leaf.operator in ("at_most", "less_than"):
        met = met & (since <= until)
    is_there = always if leaf.measure != "proof_age_days" else ~np.isnat(column.issued_on)
    return met & ~np.isnat(until), is_there
