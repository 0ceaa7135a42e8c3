"""Bedrooms required by one household, with every part of the sum (order, art. 1, 15°)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allocation.model import Member
from allocation.rules.in_force import RuleInForce, RulesInForce
from allocation.rules.income import is_grown
from allocation.rules.judge import Household, judge
from allocation.rules.outcome import NO, UNKNOWN, YES
from allocation.rules.periods import after_months
from allocation.rules.rooms import most_pairs, pairs_of
from allocation.rules.trace import BedroomsTrace, RuleTrace

MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class _Child:
    """A child who may share; ``may_be_adult``: facts are missing to say it is still a child."""

    born_on: date | None
    sex: str | None
    may_be_adult: bool


def residents(rules: RulesInForce, household: Household) -> tuple[Member, ...]:
    """Members counted: all but children shared by a private agreement only."""
    members = household.application.members
    if rules.value("bedrooms.private_custody_counts"):
        return members
    return tuple(m for m in members if not (m.role == "child" and m.lodging == "shared_private"))


def bedrooms_of(rules: RulesInForce, household: Household) -> BedroomsTrace:
    """
    Bedrooms of one household: one for the couple or single person, one for every other adult,
    the fewest for the children, one more under letters c) or d).

    Legal source
    ------------
    AGW of 6 September 2007, article 1, 15°.
    """
    counts_adults = rules.value("adult_room_rule") == "one_each"
    own_rooms = {
        m.member_id: tuple(traced(r, household, m) for r in rules.own_room)
        for m in residents(rules, household)
        if m.role == "child"
    }
    adults, own, children = _sorted_out(rules, household, own_rooms)
    extra = tuple(traced(rule, household) for rule in rules.extra_rooms)
    is_extra = any(counts(t.outcome, t.unknown) for t in extra)
    fewest, most = _rooms(rules, children, counts_adults=counts_adults)
    base = rules.whole("bedrooms.for_couple_or_single")
    others = adults if counts_adults else 0
    additional = rules.whole("bedrooms.extra") if is_extra else 0
    exception = household.application.bedrooms_exception
    computed = base + others + own + additional + fewest if fewest == most else None
    return BedroomsTrace(
        number=computed if exception is None else exception,
        couple_or_single=base,
        other_adults=others,
        own_rooms=own,
        children=len(children),
        fewest_for_children=fewest,
        most_for_children=most,
        extra=additional,
        extra_rules=extra,
        own_room_rules=tuple(t for traces in own_rooms.values() for t in traces),
        exception=exception,
    )


def traced(rule: RuleInForce, household: Household, member: Member | None = None) -> RuleTrace:
    """A condition judged, with what it is and what it rests on."""
    step = judge(rule.condition, household, member)
    return RuleTrace(
        rule.code, rule.label, step.outcome, rule.unknown, rule.source, rule.mark, step
    )


def counts(outcome: int, unknown: str) -> bool:
    """Whether a rule counts, given its outcome and what it says of the unknown."""
    return outcome == YES or (outcome == UNKNOWN and unknown == "counts")


def _sorted_out(
    rules: RulesInForce, household: Household, own_rooms: dict[str, tuple[RuleTrace, ...]]
) -> tuple[int, int, tuple[_Child, ...]]:
    """Other adults, children with a room of their own, children who may share."""
    adults, own, sharing = 0, 0, []
    for member in residents(rules, household):
        if member.role in ("applicant", "partner"):
            continue
        if member.role != "child":
            adults += 1
            continue
        grown = _is_adult(rules, household, member)
        judged = (counts(t.outcome, t.unknown) for t in own_rooms[member.member_id])
        if grown == YES:
            adults += 1
        elif any(judged):
            own += 1
        else:
            sex = member.sex if member.sex in ("f", "m") else None
            sharing.append(_Child(member.born_on, sex, grown == UNKNOWN))
    if rules.value("unborn_counts"):
        accepted = tuple(rules.rulebook.facts["expected_birth_on"].proofs)
        expected = household.read("expected_birth_on", proofs=accepted)
        if expected.standing == "known" and isinstance(expected.value, date):
            sharing.append(_Child(expected.value, None, may_be_adult=False))
    return adults, own, tuple(sharing)


def _is_adult(rules: RulesInForce, household: Household, member: Member) -> int:
    if rules.value("adult_child_room_rule") == "as_child":
        return is_grown(rules, household, member)
    age = household.read("age", member).value
    if not isinstance(age, int):
        return UNKNOWN
    return YES if age >= rules.whole("bedrooms.adult_child_from") else NO


def _rooms(
    rules: RulesInForce, children: tuple[_Child, ...], *, counts_adults: bool
) -> tuple[int, int]:
    """Fewest and most rooms over every possible answer to the missing facts."""
    n = len(children)
    can, must = [], []
    for i, j in pairs_of(n):
        possible, certain = _may_share(rules, children[i], children[j])
        is_grown_pair = children[i].may_be_adult or children[j].may_be_adult
        can.append(possible and (counts_adults or not is_grown_pair))
        must.append(certain and not is_grown_pair)
    dropped = 0 if counts_adults else sum(c.may_be_adult for c in children)
    return n - dropped - most_pairs(tuple(can), n), n - most_pairs(tuple(must), n)


def _may_share(rules: RulesInForce, one: _Child, other: _Child) -> tuple[bool, bool]:
    """Whether two children may share, possibly and certainly."""
    if one.born_on is None or other.born_on is None:
        return True, False
    over = [_is_over(rules, c.born_on) for c in (one, other) if c.born_on is not None]
    older, younger = sorted((one.born_on, other.born_on))
    months = rules.whole("bedrooms.years_apart") * MONTHS_PER_YEAR
    is_apart = after_months(older, months) <= younger
    past_age = all(over) if rules.value("same_sex_rule") == "A" else any(over)
    same, different = not (past_age and is_apart), not any(over)
    if one.sex is None or other.sex is None:
        return same or different, same and different
    answer = same if one.sex == other.sex else different
    return answer, answer


def _is_over(rules: RulesInForce, born_on: date) -> bool:
    age = rules.whole("bedrooms.sharing_age")
    if rules.value("age_gt_10") == "exact_age":
        return after_months(born_on, age * MONTHS_PER_YEAR) < rules.on
    return after_months(born_on, (age + 1) * MONTHS_PER_YEAR) <= rules.on
