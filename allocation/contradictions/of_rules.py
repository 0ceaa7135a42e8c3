"""Lines and conditions of the rulebook that other texts, or the register, leave without effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from allocation.accompaniment import load_stay_rules
from allocation.contradictions.finding import (
    Contradiction,
    Side,
    of_label,
    of_parameter,
    of_quota,
    of_version,
)
from allocation.model import Meeting, Register
from allocation.quotas import as_read, open_quota
from allocation.rules import Parameter, Rulebook
from allocation.rules.condition import Condition, Is, Measure, leaves
from allocation.rules.in_force import LineInForce, rules_in_force
from allocation.rules.outcome import YES, Assessments
from allocation.rules.rulebook import current

DWELLINGS = "contradictions.side.dwellings"
NO_TEXT = "contradictions.side.no_text"
HOUSING, ENDS_ON = "temporary_housing", "temporary_housing_ends_on"
ASSUMED = "assumed"
_LOWER = ("at_least", "more_than")


def of_points(rulebook: Rulebook, meeting: Meeting) -> Iterator[Contradiction]:
    """Points at the end of a stay, beside how long the stay may last."""
    in_force = rules_in_force(rulebook, meeting.meeting_on, meeting.settings)
    for line in in_force.lines:
        bounds = [
            leaf
            for leaf in leaves(line.condition)
            if isinstance(leaf, Measure)
            and (leaf.fact, leaf.measure) == (ENDS_ON, "ends_in_months")
        ]
        if not bounds:
            continue
        stays = _longest_stays(_statuses(line.condition), meeting)
        for bound in bounds:
            yield from _beside_the_stay(line, bound, stays)


def _statuses(condition: Condition) -> tuple[str, ...]:
    """Statuses the condition speaks of."""
    named = [leaf for leaf in leaves(condition) if isinstance(leaf, Is) and leaf.fact == HOUSING]
    return tuple(dict.fromkeys(value for leaf in named for value in leaf.values))


def _longest_stays(
    statuses: tuple[str, ...], meeting: Meeting
) -> Mapping[str, tuple[int, int, Parameter]]:
    """Status -> months of its first term, months at the longest, and the rule of its term."""
    rules, on, settings = load_stay_rules(), meeting.meeting_on, meeting.settings
    found = {}
    for status in statuses:
        key = f"{status}.months"
        if key not in rules.keys:
            continue
        first = longest = rules.whole(key, on, settings)
        if f"{status}.renewals" in rules.keys:
            times = rules.whole(f"{status}.renewals", on, settings)
            longest += times * rules.whole(f"{status}.renewal_months", on, settings)
        found[status] = (first, longest, rules.rule(key, on, settings))
    return found


def _beside_the_stay(
    line: LineInForce, bound: Measure, stays: Mapping[str, tuple[int, int, Parameter]]
) -> Iterator[Contradiction]:
    own = Side(line.code, of_label(line.label), line.source.act, line.source.article, line.mark)
    for term, longest, rule in stays.values():
        side = of_parameter(rule, load_stay_rules().book)
        facts = {"months": bound.limit, "term": term, "longest": longest}
        if bound.operator in _LOWER and bound.limit >= longest:
            yield Contradiction("points_after_the_longest_stay", "certain", own, side, facts)
        elif bound.operator not in _LOWER and bound.limit >= term:
            yield Contradiction("points_from_the_first_day", "certain", own, side, facts)


def of_preferences(
    register: Register, rulebook: Rulebook, assessments: Assessments, meeting: Meeting
) -> Iterator[Contradiction]:
    """A preferential group with households and none of the dwellings it is for."""
    dwellings = register["dwellings"]
    for rule in rulebook.rules["preferences"]:
        version = current(rule.values, meeting.meeting_on)
        members = _members(rule.code, assessments)
        if version is None or not rule.dwelling or not members.any() or not len(dwellings):
            continue
        if any(_meets(row, rule.dwelling) for row in dwellings.rows()):
            continue
        own = of_version(rule.code, rule.label, version)
        facts = {"n": int(np.count_nonzero(members))}
        yield Contradiction("preference_without_dwelling", "register", own, Side(DWELLINGS), facts)


def _members(code: str, assessments: Assessments) -> npt.NDArray[np.bool_]:
    """Admissible households of a preferential group; (n,) bool."""
    flags = {
        "adapted": assessments.has_disabled_member,
        "over_65": assessments.has_member_over_65,
    }
    nobody = np.zeros(len(assessments.admissible), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = flags.get(code, nobody) & (assessments.admissible == YES)
    return found


def _meets(row: Mapping[str, object], wanted: Mapping[str, str]) -> bool:
    return all(row[column] == value for column, value in wanted.items())


def of_assumptions(
    register: Register, rulebook: Rulebook, meeting: Meeting
) -> Iterator[Contradiction]:
    """Conditions and quotas that decide alone though no text read says them."""
    for theme in ("admission", "preferences"):
        for rule in rulebook.rules[theme]:
            version = current(rule.values, meeting.meeting_on)
            if version is not None and version.mark == ASSUMED:
                own = of_version(rule.code, rule.label, version)
                yield Contradiction("assumed_decides", "to_confirm", own, Side(NO_TEXT))
    for quota in register.quotas:
        if quota.is_of_the_ledger:
            continue
        opened = open_quota(register, as_read(quota, rulebook, meeting), rulebook)
        if opened.mark == ASSUMED:
            own = of_quota(quota, opened.mark)
            yield Contradiction("assumed_decides", "to_confirm", own, Side(NO_TEXT))
