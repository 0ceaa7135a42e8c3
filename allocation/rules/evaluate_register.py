"""The rulebook applied to a whole register at once: columns in, columns out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER, Register, Setting
from allocation.rules.bedrooms_columns import bedrooms_of_each, household_kinds
from allocation.rules.columns import RegisterColumns, known_where
from allocation.rules.in_force import HOUSING, PERSONAL, RulesInForce, rules_in_force
from allocation.rules.income_columns import IncomeColumns, income_of_each
from allocation.rules.judge_columns import Truths, judge_each
from allocation.rules.outcome import NO, UNKNOWN, YES, Assessments
from allocation.rules.periods import completed_years_each
from allocation.rules.rulebook import Rulebook

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def evaluate_register(
    rulebook: Rulebook, register: Register, on: date, *, settings: Iterable[Setting] = ()
) -> Assessments:
    """
    Points, bedrooms, income category and admission of every application.

    Parameters
    ----------
    rulebook
        The rules.
    register
        The snapshot; its rows are not changed.
    on
        Date of the evaluation: the meeting.
    settings
        Switches fixed by the SLSP.

    Raises
    ------
    ProblemsError
        Facts the rulebook cannot read, each with its row.
    RulebookError
        ``rule.no_value_in_force`` before the first date of a value; a wrong setting.
    """
    rules = rules_in_force(rulebook, on, settings)
    columns = RegisterColumns(register, rulebook, on)
    household_kinds(rules, columns)
    income = income_of_each(rules, columns)
    bedrooms = bedrooms_of_each(rules, columns)
    _compute_household_facts(columns, income, bedrooms)
    is_candidate = columns.from_table("applications", "list").values == "candidate"
    truths = {line.code: judge_each(line.condition, columns, "household") for line in rules.lines}
    housing, housing_points = _best(rules, truths, HOUSING, is_candidate)
    personal, personal_points = _best(rules, truths, PERSONAL, is_candidate)
    seniority, seniority_unknown = _seniority(rules, columns)
    seniority = np.where(is_candidate, seniority, 0)
    best = {HOUSING: housing_points, PERSONAL: personal_points}
    admission = _admission_conditions(rules, truths, best, columns, is_candidate)
    admissible, ground, n_open = _admission(admission, columns.n_applications)
    is_blocked = n_open > 0
    n_open = n_open + (seniority_unknown & is_candidate)
    n_open_lines, open_points = _open_lines(rules, truths, best, is_candidate)
    preferences = _preferences(rules, columns)
    return Assessments(
        application_ids=register["applications"]["application_id"],
        admissible=admissible,
        ground=ground,
        income_category=income.category,
        counted_income_cents=income.counted_cents,
        housing_line=housing,
        housing_points=housing_points,
        personal_line=personal,
        personal_points=personal_points,
        seniority_points=seniority,
        points=housing_points + personal_points + seniority,
        bedrooms=bedrooms,
        has_disabled_member=preferences["adapted"],
        has_member_over_65=preferences["over_65"],
        n_unknown=n_open + n_open_lines,
        open_points=open_points,
        is_blocked=is_blocked,
        lines=tuple(line.code for line in rules.lines),
    )


def _preferences(rules: RulesInForce, columns: RegisterColumns) -> dict[str, Flags]:
    """Households of each preferential group."""
    return {
        rule.code: judge_each(rule.condition, columns, "household").counted(rule.unknown)
        for rule in rules.preferences
    }


def _compute_household_facts(
    columns: RegisterColumns, income: IncomeColumns, bedrooms: Ints
) -> None:
    n = columns.n_applications
    everyone = np.ones(n, dtype=np.bool_)
    columns.computed["income_category"] = known_where(
        np.array(["0", "1", "2", "3", ""])[income.category], income.category >= 0
    )
    columns.computed["bedrooms_known"] = known_where(np.full(n, "yes"), bedrooms >= 0)
    choices = columns.register["choices"]
    rows = columns.household_of_choice
    counts = np.bincount(rows, minlength=n)
    columns.computed["n_choices"] = known_where(counts, everyone)
    is_excluded = np.fromiter(
        map(columns.rulebook.excluded_communes.__contains__, choices["nis5"].tolist()),
        dtype=np.bool_,
        count=len(choices),
    )
    excluded = np.bincount(rows[is_excluded], minlength=n) > 0
    columns.computed["chooses_excluded_commune"] = known_where(
        np.where(excluded, "yes", "no"), everyone
    )


def _best(
    rules: RulesInForce, truths: dict[str, Truths], table: str, is_candidate: Flags
) -> tuple[Ints, Ints]:
    """Position and points of the best line of one table (lines never add up)."""
    n = len(is_candidate)
    position, points = np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for place, line in enumerate(rules.lines):
        if line.table == table:
            is_better = truths[line.code].counted(line.unknown) & is_candidate
            is_better &= line.points > points
            position = np.where(is_better, place, position)
            points = np.where(is_better, line.points, points)
    return position, points


def _open_lines(
    rules: RulesInForce, truths: dict[str, Truths], best: dict[str, Ints], is_candidate: Flags
) -> tuple[Ints, Ints]:
    """Lines left open by missing facts that could change the points; the most one could add."""
    n_open = np.zeros(len(is_candidate), dtype=np.int64)
    most = np.zeros(len(is_candidate), dtype=np.int64)
    for line in rules.lines:
        is_open = truths[line.code].unknown & is_candidate
        could_add = line.points - best[line.table]
        if line.unknown == "counts":  # it has its points already
            n_open += is_open
            continue
        is_open &= could_add > 0
        n_open += is_open
        most = np.where(is_open, np.maximum(most, could_add), most)
    return n_open, most


def _seniority(rules: RulesInForce, columns: RegisterColumns) -> tuple[Ints, Flags]:
    """Points of seniority, and where the way of counting needs a fact that is missing."""
    applications = columns.register["applications"]
    mode = rules.value("seniority_mode")
    if mode == "confirmations":
        confirmations = applications["confirmations"]
        is_missing = confirmations == MISSING_INTEGER
        years = np.where(is_missing, 0, confirmations)
    elif mode == "calendar":
        registered = applications["registered_on"].astype("datetime64[Y]")
        years = (np.datetime64(rules.on, "Y") - registered).astype(np.int64)
        is_missing = np.zeros(len(years), dtype=np.bool_)
    else:
        years = completed_years_each(applications["registered_on"], rules.on)
        is_missing = np.zeros(len(years), dtype=np.bool_)
    points = years * rules.whole("seniority.points_per_year")
    return np.clip(points, 0, rules.whole("seniority.cap")), is_missing


def _admission_conditions(
    rules: RulesInForce,
    truths: dict[str, Truths],
    best: dict[str, Ints],
    columns: RegisterColumns,
    is_candidate: Flags,
) -> list[tuple[str, Truths]]:
    """Conditions of admission in order, then the lines whose unknown blocks."""
    found = []
    for rule in rules.admission:
        truth = judge_each(rule.condition, columns, "household")
        if rule.applies_to != "any":
            is_outside = is_candidate if rule.applies_to == "transfer" else ~is_candidate
            truth = Truths(truth.yes | is_outside, truth.no & ~is_outside)
        if rule.unknown == "counts":
            truth = Truths(~truth.no, truth.no)
        elif rule.unknown == "does_not_count":
            truth = Truths(truth.yes, ~truth.yes)
        found.append((rule.code, truth))
    for line in rules.lines:
        if line.unknown == "blocks":
            blocks = truths[line.code].unknown & is_candidate
            blocks &= line.points > best[line.table]
            found.append((line.code, Truths(~blocks, np.zeros_like(blocks))))
    return found


def _admission(
    conditions: list[tuple[str, Truths]], n: int
) -> tuple[Ints, npt.NDArray[np.object_], Ints]:
    """Verdict, ground (first condition not met, else first not known), conditions left open."""
    not_met, not_known = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    n_open = np.zeros(n, dtype=np.int64)
    for code, truth in conditions:
        not_met[truth.no & (not_met == "")] = code
        not_known[truth.unknown & (not_known == "")] = code
        n_open += truth.unknown
    is_refused, is_open = not_met != "", not_known != ""
    admissible = np.where(is_refused, NO, np.where(is_open, UNKNOWN, YES))
    return admissible, np.where(is_refused, not_met, not_known), n_open
