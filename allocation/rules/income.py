"""Counted income and income category of one household, with every step (order, art. 1, 8°)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from allocation.model import Member
from allocation.rules.in_force import RulesInForce
from allocation.rules.income_columns import ABOVE, CENTS
from allocation.rules.judge import Household, judge
from allocation.rules.outcome import NO, UNKNOWN, YES
from allocation.rules.trace import CountedIncome, Finding, IncomeTrace


def income_of(rules: RulesInForce, household: Household) -> IncomeTrace:
    """
    Counted income of one household, and its category.

    Legal source
    ------------
    AGW of 6 September 2007, article 1, 8°; code, article 1, 29° to 31°.
    """
    application = household.application
    members = tuple(_counted_income(rules, household, m) for m in application.members)
    is_missing = any(
        m.reference_cents is None and m.current_cents is None and m.share_high for m in members
    )
    low, high, basis = _totals(rules, members)
    entered = application.dependent_children
    n_children = sum(m.role == "child" for m in application.members)
    most = n_children * rules.whole("dependent_child.max_weight") if entered is None else entered
    limbs = _limbs(rules, household)
    best = _category(rules, low, most, limbs[-1])
    worst = _category(rules, high, entered or 0, limbs[0])
    return IncomeTrace(
        category=UNKNOWN if is_missing or best != worst else best % ABOVE,
        counted_cents=None if is_missing else ceil(high),
        basis="" if is_missing else basis,
        limb=limbs[0] if len(limbs) == 1 else "",
        dependent=entered,
        ceilings_cents=tuple(
            (c, _ceiling(rules, c, entered or 0, limbs[0])) for c in ("1", "2", "3")
        ),
        members=members,
        source=rules.ceilings.source,
        mark=rules.ceilings.mark,
    )


def income_findings(rules: RulesInForce, household: Household) -> tuple[Finding, ...]:
    """Incomes a person should look at: negative ones, another year than the reference."""
    found = []
    reference_year = rules.on.year - rules.whole("income.reference_years_before")
    for member in household.application.members:
        amounts = (member.taxable_income_cents, member.current_income_cents)
        facts = (("member_id", member.member_id),)
        if any(a is not None and a < 0 for a in amounts):
            is_expected = member.is_self_employed is True
            code = "rule.negative_income" if is_expected else "rule.negative_income_unexplained"
            found.append(Finding(code, facts))
        year = member.income_year
        if year is not None and year != reference_year and member.taxable_income_cents is not None:
            years = (("year", str(year)), ("reference", str(reference_year)))
            found.append(Finding("rule.other_income_year", facts + years))
    return tuple(found)


def is_grown(rules: RulesInForce, household: Household, member: Member) -> int:
    """Whether a member in the place of a child is an adult: married, or past the age."""
    if member.role != "child":
        return NO
    age = household.read("age", member).value
    if not isinstance(age, int):
        return UNKNOWN
    if age > rules.whole("bedrooms.adult_child_to"):
        return YES
    if age < rules.whole("bedrooms.adult_child_from"):
        return NO
    return UNKNOWN if member.is_married is None else YES if member.is_married else NO


def _counted_income(rules: RulesInForce, household: Household, member: Member) -> CountedIncome:
    shares, deciding = set(), ""
    for rule in rules.income_shares:
        outcome = judge(rule.condition, household, member).outcome
        if outcome != NO:
            shares.add(rule.share)
            deciding = deciding or rule.code
        if outcome == YES:
            break
    else:
        shares.add(Fraction(1))
    paid = member.maintenance_paid_cents or 0

    def net(cents: int | None) -> int | None:
        return None if cents is None else cents - paid

    return CountedIncome(
        member.member_id,
        deciding,
        net(member.taxable_income_cents),
        net(member.current_income_cents),
        min(shares),
        max(shares),
    )


def _totals(
    rules: RulesInForce, members: tuple[CountedIncome, ...]
) -> tuple[Fraction, Fraction, str]:
    """Lowest and highest counted income in cents, and which of the two amounts was taken."""
    reference = _summed([(m, _first(m.reference_cents, m.current_cents)) for m in members])
    current = _summed([(m, _first(m.current_cents, m.reference_cents)) for m in members])
    if any(m.share_low != m.share_high for m in members):
        return min(reference[0], current[0]), max(reference[1], current[1]), ""
    difference = rules.share("income.current_income_difference")
    gap = abs(current[0] - reference[0])
    is_replaced = gap >= difference * abs(reference[0])
    chosen = current[0] if is_replaced else reference[0]
    return chosen, chosen, "current" if is_replaced and gap else "reference"


def _first(*amounts: int | None) -> int:
    return next((a for a in amounts if a is not None), 0)


def _summed(amounts: list[tuple[CountedIncome, int]]) -> tuple[Fraction, Fraction]:
    low = sum((min(a * m.share_low, a * m.share_high) for m, a in amounts), Fraction(0))
    high = sum((max(a * m.share_low, a * m.share_high) for m, a in amounts), Fraction(0))
    return low, high


def _limbs(rules: RulesInForce, household: Household) -> tuple[str, ...]:
    """Limbs the household may be on: ``a`` (single person) before ``b`` (several persons)."""
    members = household.application.members
    if sum(m.role != "child" for m in members) > 1:
        return ("b",)
    children = [m for m in members if m.role == "child"]
    if children and rules.value("single_parent_limb") != "a":
        return ("b",)
    grown = [is_grown(rules, household, m) for m in children]
    if YES in grown:
        return ("b",)
    return ("a", "b") if UNKNOWN in grown else ("a",)


def _ceiling(rules: RulesInForce, category: str, dependent: int, limb: str) -> int:
    single, several = rules.ceilings.ceilings[category]
    return ((several if limb == "b" else single) + dependent * rules.ceilings.per_child) * CENTS


def _category(rules: RulesInForce, cents: Fraction, dependent: int, limb: str) -> int:
    for category in ("1", "2", "3"):
        if cents <= _ceiling(rules, category, dependent, limb):
            return int(category)
    return ABOVE
