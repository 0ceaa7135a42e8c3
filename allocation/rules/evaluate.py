"""The rulebook applied to one application, with the full trace of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from allocation.model import Application, Setting
from allocation.rules.bedrooms import bedrooms_of, counts, residents, traced
from allocation.rules.in_force import (
    HOUSING,
    PERSONAL,
    LineInForce,
    RulesInForce,
    rules_in_force,
)
from allocation.rules.income import income_findings, income_of
from allocation.rules.judge import Household, judge
from allocation.rules.outcome import NO, UNKNOWN, YES
from allocation.rules.periods import completed_years
from allocation.rules.rulebook import Rulebook, RulebookError
from allocation.rules.trace import (
    Assessment,
    BedroomsTrace,
    Finding,
    IncomeTrace,
    LineTrace,
    Missing,
    Reading,
    RuleTrace,
    SeniorityTrace,
)

# What a computed fact is worked out from: these are the facts to ask for.
BEHIND = {
    "income_category": ("taxable_income_cents", "born_on", "is_married", "dependent_children"),
    "bedrooms_known": ("born_on", "sex", "is_married"),
}


def evaluate(
    rulebook: Rulebook,
    application: Application,
    on: date,
    *,
    settings: Iterable[Setting] = (),
    established: Iterable[str] | None = None,
) -> Assessment:
    """
    Points, bedrooms, income category and admission of one application, with the trace.

    Parameters
    ----------
    rulebook
        The rules.
    application
        The household with its members, facts and choices.
    on
        Date of the evaluation.
    settings
        Switches fixed by the SLSP.
    established
        Codes of lines a person has established; when given, the conditions of the lines are not
        judged and every other line is not met.

    Raises
    ------
    ProblemsError
        Facts the rulebook cannot read.
    RulebookError
        ``rule.no_value_in_force`` before the first date of a value; ``rule.unknown_line`` for an
        established code that does not exist; a wrong setting.
    """
    rules = rules_in_force(rulebook, on, settings)
    household = Household(application, rulebook, on)
    income, bedrooms = _computed(rules, household)
    scored = _score(rules, household, established)
    admission = _admission(rules, household, scored)
    admissible, ground = _verdict(admission)
    preferences = tuple(traced(rule, household) for rule in rules.preferences)
    preferred = {t.code: counts(t.outcome, t.unknown) for t in preferences}
    found = Assessment(
        application_id=application.application_id,
        on=on,
        admissible=admissible,
        ground=ground,
        income=income,
        lines=scored.lines,
        housing_line=scored.best[HOUSING],
        housing_points=scored.worth[HOUSING],
        personal_line=scored.best[PERSONAL],
        personal_points=scored.worth[PERSONAL],
        seniority=scored.seniority,
        seniority_points=scored.seniority_points,
        points=sum(scored.worth.values()) + scored.seniority_points,
        bedrooms=bedrooms,
        admission=admission,
        preferences=preferences,
        has_disabled_member=preferred["adapted"],
        has_member_over_65=preferred["over_65"],
        n_unknown=scored.n_open + sum(t.outcome == UNKNOWN for t in admission),
        missing=(),
        findings=(*income_findings(rules, household), *_findings(application, rules)),
    )
    return replace(found, missing=_missing(household, found, scored))


@dataclass(frozen=True)
class _Score:
    """
    Points of one household; a transfer has none.

    ``best`` and ``worth``: code and points of the line that counts, by table. ``open_lines``:
    lines left open that could change the points. ``n_open``: them, and an unknown seniority.
    """

    lines: tuple[LineTrace, ...]
    best: dict[str, str | None]
    worth: dict[str, int]
    seniority: SeniorityTrace
    seniority_points: int
    open_lines: tuple[LineTrace, ...]
    n_open: int


def _score(rules: RulesInForce, household: Household, established: Iterable[str] | None) -> _Score:
    is_candidate = household.application.list == "candidate"
    lines = _lines(rules, household, established)
    best = {t: _best(lines, t) if is_candidate else None for t in (HOUSING, PERSONAL)}
    worth = {t: line.points if line else 0 for t, line in best.items()}
    seniority = _seniority(rules, household.application)
    open_lines = tuple(
        line
        for line in lines
        if is_candidate
        and line.outcome == UNKNOWN
        and (line.points > worth[line.table] or line.unknown == "counts")
    )
    return _Score(
        lines=tuple(replace(line, is_best=line is best[line.table]) for line in lines),
        best={t: line.code if line else None for t, line in best.items()},
        worth=worth,
        seniority=seniority,
        seniority_points=seniority.points if is_candidate else 0,
        open_lines=open_lines,
        n_open=len(open_lines) + (is_candidate and seniority.years is None),
    )


def _computed(rules: RulesInForce, household: Household) -> tuple[IncomeTrace, BedroomsTrace]:
    """Work out the facts that come from others, in the order they need each other."""
    application = household.application
    is_couple = any(m.role == "partner" for m in application.members)
    is_alone = len(residents(rules, household)) == 1
    household.computed["is_couple"] = "yes" if is_couple else "no"
    household.computed["is_alone"] = "yes" if is_alone else "no"
    household.computed["n_choices"] = len(application.choices)
    excluded = any(c.nis5 in rules.rulebook.excluded_communes for c in application.choices)
    household.computed["chooses_excluded_commune"] = "yes" if excluded else "no"
    income = income_of(rules, household)
    household.computed["income_category"] = (
        None if income.category == UNKNOWN else str(income.category)
    )
    bedrooms = bedrooms_of(rules, household)
    household.computed["bedrooms_known"] = None if bedrooms.number is None else "yes"
    return income, bedrooms


def _lines(
    rules: RulesInForce, household: Household, established: Iterable[str] | None
) -> tuple[LineTrace, ...]:
    codes = None if established is None else set(established)
    for code in sorted(codes or ()):
        if code not in rules.rulebook.lines:
            raise RulebookError("rule.unknown_line", f"no line {code}", line=code)
    return tuple(_line(line, household, codes) for line in rules.lines)


def _line(line: LineInForce, household: Household, established: set[str] | None) -> LineTrace:
    step = None if established is not None else judge(line.condition, household)
    if step is not None:
        outcome = step.outcome
    else:
        outcome = YES if line.code in (established or ()) else NO
    return LineTrace(
        line.code,
        line.label,
        outcome,
        line.unknown,
        line.source,
        line.mark,
        step,
        is_established=step is None,
        table=line.table,
        points=line.points,
        number=line.number,
        is_unverified=line.is_unverified,
    )


def _best(lines: tuple[LineTrace, ...], table: str) -> LineTrace | None:
    """The line that counts: the first with the most points (lines never add up)."""
    found: LineTrace | None = None
    for line in lines:
        is_met = line.table == table and counts(line.outcome, line.unknown)
        if is_met and line.points > (found.points if found else 0):
            found = line
    return found


def _seniority(rules: RulesInForce, application: Application) -> SeniorityTrace:
    mode, registered_on = str(rules.value("seniority_mode")), application.registered_on
    years = _years(rules, registered_on)
    if years is None:
        years = application.confirmations
    points = _points_of_years(rules, years or 0)
    parameter = rules.rulebook.parameter("seniority.cap", rules.on, rules.settings)
    cap = rules.whole("seniority.cap")
    return SeniorityTrace(mode, registered_on, years, cap, points, parameter.source, parameter.mark)


def seniority_points(rules: RulesInForce, registered_on: date) -> int | None:
    """Points of a date of registration; ``None`` where confirmations count, not the date."""
    years = _years(rules, registered_on)
    return None if years is None else _points_of_years(rules, years)


def _years(rules: RulesInForce, registered_on: date) -> int | None:
    """Years the date is worth; ``None`` where confirmations count, not the date."""
    mode = rules.value("seniority_mode")
    if mode == "confirmations":
        return None
    if mode == "calendar":
        return rules.on.year - registered_on.year
    return completed_years(registered_on, rules.on)


def _points_of_years(rules: RulesInForce, years: int) -> int:
    points = years * rules.whole("seniority.points_per_year")
    return min(rules.whole("seniority.cap"), max(0, points))


def _admission(rules: RulesInForce, household: Household, scored: _Score) -> tuple[RuleTrace, ...]:
    """Conditions that concern this list, in order, then the lines whose unknown blocks."""
    found = []
    kind = household.application.list
    for rule in rules.admission:
        if rule.applies_to not in ("any", kind):
            continue
        trace = traced(rule, household)
        if trace.outcome == UNKNOWN and rule.unknown != "blocks":
            trace = replace(trace, outcome=YES if rule.unknown == "counts" else NO)
        found.append(trace)
    return (*found, *(line for line in scored.open_lines if line.unknown == "blocks"))


def _verdict(admission: tuple[RuleTrace, ...]) -> tuple[int, str]:
    """Admissible or not, and the ground: first condition not met, else first not known."""
    for outcome in (NO, UNKNOWN):
        for trace in admission:
            if trace.outcome == outcome:
                return outcome, trace.code
    return YES, ""


def _missing(household: Household, assessment: Assessment, scored: _Score) -> tuple[Missing, ...]:
    """Facts to ask for, with what each could change, the weightiest first."""
    found: dict[Missing, None] = {}

    def ask(trace: RuleTrace, *, points: int = 0, bedrooms: int = 0, blocks: bool = False) -> None:
        for r in _open_readings(household, trace):
            whose = (trace.code, r.fact, r.member_id, r.standing, r.accepted)
            found[Missing(*whose, points, bedrooms, blocks)] = None

    for trace in assessment.admission:
        if trace.outcome == UNKNOWN:
            ask(trace, blocks=True)
    for line in scored.open_lines:
        had = 0 if line.unknown == "counts" else scored.worth[line.table]
        ask(line, points=line.points - had)
    bedrooms = assessment.bedrooms
    if bedrooms.exception is None:
        for trace in (*bedrooms.extra_rules, *bedrooms.own_room_rules):
            is_had = trace in bedrooms.extra_rules and bedrooms.extra > 0
            if trace.outcome == UNKNOWN and not is_had:
                ask(trace, bedrooms=1)
    for trace in assessment.preferences:
        if trace.outcome == UNKNOWN:
            ask(trace)
    return tuple(found)


def _open_readings(household: Household, trace: RuleTrace) -> list[Reading]:
    """Facts that leave a rule open; for a computed one, those it is worked out from."""
    found = []
    for reading in trace.condition.readings() if trace.condition else ():
        definition = household.rulebook.facts[reading.fact]
        if reading.standing == "known":
            continue
        if (reading.standing, definition.if_absent) == ("absent", "no"):
            continue
        behind = BEHIND.get(reading.fact, ())
        if not behind:
            found.append(reading)
        for fact in behind:
            found += [r for r in _read_everywhere(household, fact) if r.standing == "absent"]
    return found


def _read_everywhere(household: Household, fact: str) -> list[Reading]:
    """A fact of the household, or of each of its members it may matter for."""
    if household.rulebook.facts[fact].level == "household":
        return [household.read(fact)]
    members = household.application.members
    if fact == "taxable_income_cents":
        return [household.read(fact, m) for m in members if m.current_income_cents is None]
    return [household.read(fact, m) for m in members if m.role == "child"]


def _findings(application: Application, rules: RulesInForce) -> tuple[Finding, ...]:
    """Things the rules pass over that a person should see."""
    found = []
    if application.dependent_children is None and any(
        m.role == "child" for m in application.members
    ):
        found.append(Finding("rule.dependent_children_not_entered"))
    if application.bedrooms_exception is not None and not application.bedrooms_exception_reason:
        found.append(Finding("rule.exception_without_reason"))
    for choice in application.choices:
        if choice.nis5 in rules.rulebook.excluded_communes:
            facts = (("nis5", choice.nis5), ("name", rules.rulebook.excluded_communes[choice.nis5]))
            found.append(Finding("rule.excluded_commune", facts))
    return tuple(found)
