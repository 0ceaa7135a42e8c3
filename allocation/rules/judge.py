"""Conditions judged for one household, with the trace of everything looked at."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from allocation.errors import Problem, ProblemsError
from allocation.model import Application, Member
from allocation.model.application import Fact
from allocation.rules.columns import is_readable
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
from allocation.rules.outcome import NO, UNKNOWN, YES
from allocation.rules.periods import after_months, completed_years
from allocation.rules.rulebook import Rulebook
from allocation.rules.trace import Reading, Step

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}


@dataclass
class Household:
    """One application as the rules see it; ``computed`` receives facts worked out on the way."""

    application: Application
    rulebook: Rulebook
    on: date
    computed: dict[str, str | int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._facts = {(f.fact, f.member_id): f for f in self.application.facts}
        problems = [p for i, f in enumerate(self.application.facts) for p in self._faults(i, f)]
        if self.application.registered_on > self.on:
            problems.append(
                Problem.at(
                    "applications",
                    0,
                    "registered_on",
                    "rule.registered_after",
                    application_id=self.application.application_id,
                    on=self.on,
                )
            )
        if problems:
            raise ProblemsError(problems)

    def _faults(self, idx: int, fact: Fact) -> list[Problem]:
        definition = self.rulebook.facts.get(fact.fact)
        members = {m.member_id for m in self.application.members}
        found = []
        if definition is None or definition.from_ != "facts":
            found.append(("fact", "rule.unknown_fact"))
        else:
            if (fact.member_id is not None) != (definition.level == "member"):
                found.append(("member_id", "rule.wrong_level"))
            if not is_readable(fact.value or "", definition):
                found.append(("value", "rule.bad_value"))
        if fact.member_id is not None and fact.member_id not in members:
            found.append(("member_id", "rule.unknown_member"))
        if fact.proof and fact.proof not in self.rulebook.proofs:
            found.append(("proof", "rule.unknown_proof"))
        level = "household" if fact.member_id else "member"
        return [
            Problem.at(
                "facts",
                idx + 1,
                column,
                code,
                fact=fact.fact,
                value=fact.value,
                detail=fact.value,
                proof=fact.proof,
                member_id=fact.member_id,
                level=level,
                application_id=self.application.application_id,
            )
            for column, code in found
        ]

    def read(
        self, fact: str, member: Member | None = None, *, proofs: tuple[str, ...] = ()
    ) -> Reading:
        """One fact of the household, or of one member, with its standing."""
        definition = self.rulebook.facts[fact]
        member_id = member.member_id if member else None
        table, _, column = definition.from_.partition(".")
        if table == "facts":
            return self._read_fact(fact, member_id, proofs)
        if fact == "age":
            born_on = member.born_on if member else None
            value: object = None if born_on is None else completed_years(born_on, self.on)
        elif table == "computed":
            value = self.computed[fact]
        else:
            value = getattr(member if table == "household_members" else self.application, column)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        plain = value if isinstance(value, str | int | date) else None
        return Reading(fact, member_id, plain, "absent" if plain is None else "known")

    def _read_fact(self, fact: str, member_id: str | None, proofs: tuple[str, ...]) -> Reading:
        found = self._facts.get((fact, member_id))
        if found is None:
            return Reading(fact, member_id, None, "absent", accepted=proofs)
        evidence = (found.proof or None, found.issued_on, proofs)
        if not found.value:
            return Reading(fact, member_id, None, "no_value", *evidence)
        kind = self.rulebook.facts[fact].type
        value: str | int | date = found.value
        if kind == "date":
            value = date.fromisoformat(found.value)
        elif kind == "integer":
            value = int(found.value)
        is_denied = kind == "flag" and found.value == "no"
        is_proved = not proofs or is_denied or found.proof in proofs
        return Reading(fact, member_id, value, "known" if is_proved else "no_proof", *evidence)


def judge(condition: Condition, household: Household, member: Member | None = None) -> Step:
    """
    Judge a condition for one household, or for one of its members.

    Returns
    -------
    Step
        The tree of what was judged; ``outcome`` 1 met, 0 not met, -1 unknown.
    """
    if isinstance(condition, All):
        parts = tuple(judge(p, household, member) for p in condition.parts)
        outcomes = [p.outcome for p in parts]
        return Step("all", NO if NO in outcomes else _first(outcomes, YES), parts)
    if isinstance(condition, AnyOf):
        parts = tuple(judge(p, household, member) for p in condition.parts)
        outcomes = [p.outcome for p in parts]
        return Step("any", YES if YES in outcomes else _first(outcomes, NO), parts)
    if isinstance(condition, Not):
        part = judge(condition.part, household, member)
        return Step("not", {YES: NO, NO: YES}.get(part.outcome, UNKNOWN), (part,))
    if isinstance(condition, AnyMember):
        parts = tuple(judge(condition.part, household, m) for m in household.application.members)
        outcomes = [p.outcome for p in parts]
        return Step("any_member", YES if YES in outcomes else _first(outcomes, NO), parts)
    if isinstance(condition, Is):
        return _judge_is(condition, household, member)
    return _judge_measure(condition, household, member)


def _first(outcomes: list[int], otherwise: int) -> int:
    return UNKNOWN if UNKNOWN in outcomes else otherwise


def _judge_is(leaf: Is, household: Household, member: Member | None) -> Step:
    reading = household.read(leaf.fact, member, proofs=leaf.proofs)
    if reading.standing == "known":
        outcome = YES if str(reading.value) in leaf.values else NO
    elif reading.standing == "absent" and household.rulebook.facts[leaf.fact].if_absent == "no":
        outcome = YES if "no" in leaf.values else NO
    else:
        outcome = UNKNOWN
    return Step("is", outcome, reading=reading, wanted=leaf.values)


def _judge_measure(leaf: Measure, household: Household, member: Member | None) -> Step:
    reading = household.read(leaf.fact, member, proofs=leaf.proofs)
    if leaf.measure == "proof_age_days" and reading.standing == "known" and not reading.issued_on:
        reading = replace(reading, standing="no_issue_date")  # a proof, of no known age
    until_on: date | None = household.on
    if leaf.until != "on":
        anchor = household.read(leaf.until).value
        until_on = anchor if isinstance(anchor, date) else None  # no renewal yet
    outcome, margin = UNKNOWN, None
    if reading.standing == "absent" and household.rulebook.facts[leaf.fact].if_absent == "no":
        outcome = NO
    elif reading.standing == "known":
        outcome, margin = _measured(leaf, reading, household.on, until_on)
    return Step(
        leaf.measure,
        outcome,
        reading=reading,
        comparison=leaf.operator,
        limit=leaf.limit,
        until_on=until_on,
        margin=margin,
    )


def _measured(
    leaf: Measure, reading: Reading, on: date, until_on: date | None
) -> tuple[int, int | None]:
    """Outcome of a measure, and the distance to its bound (none when it never got that far)."""
    compare = COMPARISONS[leaf.operator]
    if leaf.measure == "number":
        return _compared(compare, _whole(reading.value), leaf)
    since = reading.issued_on if leaf.measure == "proof_age_days" else reading.value
    if not isinstance(since, date):
        return UNKNOWN, None
    if leaf.measure == "ends_in_months":
        left = (since - after_months(on, leaf.months)).days
        outcome, margin = _compared(compare, left, leaf, limit=0)
        return (outcome, margin) if since >= on else (NO, None)
    if until_on is None:
        return NO, None
    if leaf.measure in DAY_MEASURES:
        outcome, margin = _compared(compare, (until_on - since).days, leaf)
    else:
        passed = (until_on - after_months(since, leaf.months)).days
        outcome, margin = _compared(compare, passed, leaf, limit=0)
    has_happened = since <= until_on or leaf.operator not in ("at_most", "less_than")
    return (outcome, margin) if has_happened else (NO, None)


def _compared(
    compare: Callable[[int, int], bool], value: int, leaf: Measure, *, limit: int | None = None
) -> tuple[int, int]:
    bound = leaf.limit if limit is None else limit
    inside = {
        "at_least": value - bound,
        "more_than": value - bound - 1,
        "at_most": bound - value,
        "less_than": bound - value - 1,
    }[leaf.operator]
    return (YES if compare(value, bound) else NO), inside


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a number")
    return value
