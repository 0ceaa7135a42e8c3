"""Every case of the rulebook, through both evaluators; every rule and every bound has its cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from allocation.errors import ProblemsError
from allocation.model import MISSING_INTEGER, Setting
from allocation.rules import Assessment, evaluate, evaluate_register, load_rulebook
from allocation.rules.condition import (
    All,
    AnyMember,
    AnyOf,
    Condition,
    Is,
    Measure,
    Not,
    leaves,
    walk,
)  # fmt: skip
from allocation.rules.in_force import rules_in_force
from allocation.rules.judge import Household, judge
from allocation.rules.loader import SHELF
from allocation.rules.outcome import NO, UNKNOWN, YES
from allocation.rules.trace import Step
from tests.rulebooks.case_format import (
    application_of,
    read_cases,
    register_of,
    settings_of,
)  # fmt: skip

BOOK = load_rulebook("wallonia")
CASES = read_cases(SHELF / "wallonia" / "cases")
WORDS = {YES: "met", NO: "not_met", UNKNOWN: "unknown"}
# Whole numbers and shares that are an amount or a weight, not a limit somebody stands beside.
NOT_BOUNDS = {
    "seniority.points_per_year", "income.reference_years_before", "dependent_child.max_weight",
    "ceilings.last_known_year", "bedrooms.for_couple_or_single", "bedrooms.extra",
    "homeless_check_days",  # beside the lines that use it
    "transfer.rent_arrears_max_euro", "offer_answer_days", "refusal_limit", "strike_off_months",
    "lease_renewal_years", "fresh_proofs.first_per_dwelling",
    # procedure, no household stands beside them here
}  # fmt: skip


@cache
def assessed(position: int) -> Assessment:
    _, case = CASES[position]
    return evaluate(BOOK, application_of(case, BOOK), case.on, settings=settings_of(case))


def ids() -> list[str]:
    return [f"{stem}: {case.name}" for stem, case in CASES]


def answer(found: Assessment) -> dict[str, Any]:
    """Everything a case may expect, by name."""
    said: dict[str, Any] = {
        "h": found.housing_points, "p": found.personal_points, "s": found.seniority_points,
        "total": found.points, "ground": found.ground, "category": found.income.category,
        "rooms": "unknown" if found.bedrooms.number is None else found.bedrooms.number,
        "admissible": {YES: True, NO: False}.get(found.admissible, "unknown"),
        "counted_cents": found.income.counted_cents, "n_unknown": found.n_unknown,
        "limb": found.income.limb, "basis": found.income.basis,
    }  # fmt: skip
    for line in found.lines:
        met = {YES: line.points, NO: 0}
        said[line.code] = met.get(line.outcome, "unknown")
    for rule in (*found.admission, *found.preferences, *found.bedrooms.extra_rules):
        said.setdefault(rule.code, WORDS[rule.outcome])
    return said


@pytest.mark.parametrize("position", range(len(CASES)), ids=ids())
def test_case_gives_what_it_expects(position: int) -> None:
    said = answer(assessed(position))
    expected = CASES[position][1].expect
    assert {key: said.get(key, "no such rule") for key in expected} == expected


@pytest.mark.parametrize("position", range(len(CASES)), ids=ids())
def test_case_gives_the_same_in_columns(position: int) -> None:
    _, case = CASES[position]
    found, row_of = together(case.on, settings_of(case))
    is_candidate = application_of(case, BOOK).list == "candidate"
    alone = in_objects(assessed(position), is_candidate=is_candidate)
    assert in_columns(found, row_of[position]) == alone


@cache
def together(on: date, settings: tuple[Setting, ...]) -> tuple[Any, dict[int, int]]:
    """Every case of one date and setting as one register, and the row of each."""
    places = [
        i for i, (_, case) in enumerate(CASES) if (case.on, settings_of(case)) == (on, settings)
    ]
    applications = [application_of(CASES[i][1], BOOK, application_id=f"A{i:04}") for i in places]
    found = evaluate_register(BOOK, register_of(applications), on, settings=settings)
    return found, {place: row for row, place in enumerate(places)}


def in_columns(found: Any, row: int) -> dict[str, Any]:
    names = (
        "admissible", "ground", "income_category", "counted_income_cents", "housing_points",
        "personal_points", "seniority_points", "points", "bedrooms", "has_disabled_member",
        "has_member_over_65", "n_unknown", "open_points", "is_blocked",
    )  # fmt: skip
    said = {name: getattr(found, name)[row] for name in names}
    for name in ("housing_line", "personal_line"):
        at = getattr(found, name)[row]
        said[name] = None if at < 0 else found.lines[at]
    return said


def in_objects(found: Assessment, *, is_candidate: bool = True) -> dict[str, Any]:
    cents, number = found.income.counted_cents, found.bedrooms.number
    had = {"housing_situation": found.housing_points, "personal_situation": found.personal_points}
    could_add = [
        line.points - had[line.table]
        for line in found.lines
        if is_candidate and line.outcome == UNKNOWN and line.unknown != "counts"
    ]
    return {
        "admissible": found.admissible, "ground": found.ground,
        "income_category": found.income.category,
        "counted_income_cents": MISSING_INTEGER if cents is None else cents,
        "housing_points": found.housing_points, "personal_points": found.personal_points,
        "seniority_points": found.seniority_points, "points": found.points,
        "bedrooms": -1 if number is None else number,
        "has_disabled_member": found.has_disabled_member,
        "has_member_over_65": found.has_member_over_65, "n_unknown": found.n_unknown,
        "housing_line": found.housing_line, "personal_line": found.personal_line,
        "open_points": max((0, *could_add)),
        "is_blocked": any(trace.outcome == UNKNOWN for trace in found.admission),
    }  # fmt: skip


def test_every_line_and_condition_has_cases_that_meet_it_and_cases_that_do_not() -> None:
    seen: dict[str, set[int]] = {}
    for position in range(len(CASES)):
        found = assessed(position)
        for rule in chain(
            found.lines, found.admission, found.preferences, found.bedrooms.extra_rules
        ):
            seen.setdefault(rule.code, set()).add(rule.outcome)
    wanted = {*BOOK.lines, *(r.code for t in THEMES for r in BOOK.rules[t])}
    # The number of bedrooms is known or not: it cannot be refused.
    other = {"A_BEDROOMS": {YES, UNKNOWN}}
    assert {c for c in wanted if not other.get(c, {YES, NO}) <= seen.get(c, set())} == set()


THEMES = ("admission", "preferences", "extra_rooms")
Leaf = Is | Measure
Bound = tuple[str, date, Leaf]


def versions() -> Iterator[tuple[str, date, tuple[Setting, ...]]]:
    """Every version of every rule, under each value of each switch its condition names."""
    rules = [(line.code, line, line.values) for line in BOOK.lines.values()]
    rules += [(r.code, None, r.values) for found in BOOK.rules.values() for r in found]  # type: ignore[misc]
    for code, line, values in rules:
        for version in values:
            when = version.when or (line.when if line else None)
            assert when is not None
            switches = {w.switch: list(w.cases or {}) for _, w in walk(when) if w.switch}
            yield code, max(version.from_, FIRST_ON), ()
            for key, cases in switches.items():
                for value in cases:
                    yield code, max(version.from_, FIRST_ON), (Setting(key, value),)


FIRST_ON = BOOK.ceilings.values[0].from_


def condition_of(code: str, on: date, settings: tuple[Setting, ...]) -> Condition | None:
    enabled = tuple(
        Setting(f"points.{line.code}.enabled", True)
        for line in BOOK.lines.values()
        if line.is_unverified
    )
    rules = rules_in_force(BOOK, on, (*enabled, *settings))
    every = (
        *rules.lines, *rules.admission, *rules.preferences, *rules.extra_rooms, *rules.own_room,
        *rules.income_shares,
    )  # fmt: skip
    return next((rule.condition for rule in every if rule.code == code), None)


def pairs(condition: Condition, step: Step) -> Iterator[tuple[Leaf, Step]]:
    """Each comparison of a condition with its judgement."""
    if isinstance(condition, All | AnyOf):
        for part, judged in zip(condition.parts, step.parts, strict=True):
            yield from pairs(part, judged)
    elif isinstance(condition, AnyMember | Not):
        for judged in step.parts:
            yield from pairs(condition.part, judged)
    else:
        yield condition, step


def sides_seen() -> dict[tuple[str, Leaf], set[str]]:
    """For each comparison, the sides on which some case stands, close to the bound."""
    seen: dict[tuple[str, Leaf], set[str]] = {}
    for position, (_, case) in enumerate(CASES):
        found = assessed(position)
        rules = rules_in_force(BOOK, case.on, settings_of(case))
        traced = {t.code: t.condition for t in chain(
            found.lines, found.admission, found.preferences, found.bedrooms.extra_rules
        )}  # fmt: skip
        for rule in chain(rules.lines, rules.admission, rules.preferences, rules.extra_rooms):
            step = traced.get(rule.code)
            if step is not None:
                for leaf, judged in pairs(rule.condition, step):
                    seen.setdefault((rule.code, leaf), set()).add(side(leaf, judged))
        household = Household(application_of(case, BOOK), BOOK, case.on)
        for rule in chain(rules.own_room, rules.income_shares):
            for member in household.application.members:
                step = judge(rule.condition, household, member)
                for leaf, judged in pairs(rule.condition, step):
                    seen.setdefault((rule.code, leaf), set()).add(side(leaf, judged))
    return seen


def side(leaf: Leaf, step: Step) -> str:
    if isinstance(leaf, Is):
        return WORDS[step.outcome]
    if step.margin in (0, -1):
        return WORDS[step.outcome]
    return "far"


def test_every_bound_has_a_case_on_each_side() -> None:
    seen = sides_seen()
    lacking = set()
    for code, on, settings in versions():
        condition = condition_of(code, on, settings)
        assert condition is not None, (code, on)
        for leaf in leaves(condition):
            missing = {"met", "not_met"} - seen.get((code, leaf), set())
            if is_certain(leaf):
                missing -= {"not_met"}
            lacking |= {f"{code} {leaf}: no case {name}" for name in missing}
    assert lacking == set()


def is_certain(leaf: Leaf) -> bool:
    """Facts that are worked out and cannot be false: unknown is their only other answer."""
    return leaf.fact == "bedrooms_known"


# Counts, shares and days of the procedure: their bounds have tests of their own.
ELSEWHERE = ("points", "quota", "derogation", "balance_rent", "complaint", "appeal")


def test_every_limit_in_the_parameters_has_a_case_on_each_side() -> None:
    seen = {(case.side.of, case.side.reached) for _, case in CASES if case.side}
    limits = {
        key
        for key, parameter in BOOK.parameters.items()
        if parameter.type in ("integer", "share")
        and key not in NOT_BOUNDS
        and key.split(".")[0] not in ELSEWHERE
        and key != "partner_share"
    }
    assert {(key, reached) for key in limits for reached in (True, False)} - seen == set()


def test_every_ceiling_has_a_case_at_it_and_one_cent_above() -> None:
    seen: set[tuple[date, str, str, int]] = set()
    for position, (_, case) in enumerate(CASES):
        income = assessed(position).income
        row = BOOK.ceilings_in_force(case.on)
        for category, ceiling in income.ceilings_cents:
            if income.limb and income.counted_cents is not None:
                beside = income.counted_cents - ceiling
                seen.add((row.from_, income.limb, category, beside))
    wanted = {
        (row.from_, limb, category, beside)
        for row in BOOK.ceilings.values
        for limb in ("a", "b")
        for category in ("1", "2", "3")
        for beside in (0, 1)
    }
    assert wanted - seen == set()


def test_case_names_are_unique_in_their_file() -> None:
    names = [(stem, case.name) for stem, case in CASES]
    assert len(names) == len(set(names))


def test_every_published_or_derived_example_is_a_case_or_says_why_not() -> None:
    numbers = [f"E{n:02}" for n in range(1, 34)] + [f"P{n:02}" for n in range(1, 16)]
    text = " ".join(case.name for _, case in CASES)
    text += Path(__file__).with_name("test_quota_cases.py").read_text(encoding="utf-8").upper()
    lacking = [n for n in numbers if n not in text and n not in BOOK.coverage.not_cases]
    assert lacking == []


def test_a_case_with_an_unknown_word_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(
        "cases:\n  - {name: a, on: 2024-01-01, expects: {h: 5}}\n", encoding="utf-8"
    )
    with pytest.raises(ProblemsError) as refused:
        read_cases(tmp_path)
    assert {p.code for p in refused.value.problems} == {"rule.unknown_key", "rule.missing_key"}
    assert {p.row for p in refused.value.problems} == {2}
