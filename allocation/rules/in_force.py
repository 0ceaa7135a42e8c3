"""Everything in force on one date under the SLSP's settings, ready to be evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from allocation.model import Setting
from allocation.rules.condition import Condition, Measure, Scope, resolve
from allocation.rules.rulebook import ParameterValue, Rulebook, RulebookError
from allocation.rules.schema import CeilingsVersion, Label, RuleDef, Source

HOUSING, PERSONAL = "housing_situation", "personal_situation"


@dataclass(frozen=True)
class LineInForce:
    """A line of points as it stands on the date."""

    code: str
    table: str
    points: int
    condition: Condition
    unknown: str
    number: int | None
    source: Source
    mark: str
    label: Label
    is_unverified: bool


@dataclass(frozen=True)
class RuleInForce:
    """A condition as it stands on the date; ``share`` only for counted incomes."""

    code: str
    applies_to: str
    condition: Condition
    unknown: str
    share: Fraction
    source: Source
    mark: str
    label: Label


@dataclass(frozen=True, eq=False)
class RulesInForce:
    """The rules of one date: lines in order (housing first, most points first), conditions."""

    rulebook: Rulebook
    on: date
    settings: tuple[Setting, ...]
    lines: tuple[LineInForce, ...]
    admission: tuple[RuleInForce, ...]
    preferences: tuple[RuleInForce, ...]
    extra_rooms: tuple[RuleInForce, ...]
    own_room: tuple[RuleInForce, ...]
    income_shares: tuple[RuleInForce, ...]
    ceilings: CeilingsVersion

    @property
    def most_choices(self) -> int | None:
        """Communes or sections one application may name; ``None`` when no rule limits them."""
        limits = (
            rule.condition.limit
            for rule in self.admission
            if isinstance(rule.condition, Measure)
            and (rule.condition.fact, rule.condition.operator) == ("n_choices", "at_most")
        )
        return min(limits, default=None)

    def value(self, key: str) -> ParameterValue:
        """A parameter on the date, under the settings."""
        return self.rulebook.parameter(key, self.on, self.settings).value

    def whole(self, key: str) -> int:
        """A parameter that must be a whole number; ``rule.no_value_in_force`` when it is empty."""
        value = self.value(key)
        if not isinstance(value, int):
            raise RulebookError("rule.no_value_in_force", f"{key} has no value", name=key)
        return value

    def share(self, key: str) -> Fraction:
        """A parameter that must be a share."""
        value = self.value(key)
        if not isinstance(value, Fraction):
            raise RulebookError("rule.no_value_in_force", f"{key} has no value", name=key)
        return value


def rules_in_force(rulebook: Rulebook, on: date, settings: Iterable[Setting] = ()) -> RulesInForce:
    """
    Resolve a rulebook for one date.

    Raises
    ------
    RulebookError
        ``rule.no_value_in_force`` before the first date of a value; the codes of a wrong setting.
    """
    return _resolved(rulebook, on, tuple(settings))


@lru_cache(maxsize=64)
def _resolved(rulebook: Rulebook, on: date, settings: tuple[Setting, ...]) -> RulesInForce:
    rulebook.check_settings(settings)
    day = _Day(rulebook, on, settings)
    themes = {name: tuple(map(day.rule, rules)) for name, rules in rulebook.rules.items()}
    return RulesInForce(
        rulebook=rulebook,
        on=on,
        settings=settings,
        lines=tuple(map(day.line, rulebook.codes_in_force(on, settings))),
        admission=themes["admission"],
        preferences=themes["preferences"],
        extra_rooms=themes["extra_rooms"],
        own_room=themes["own_room"],
        income_shares=themes["income_shares"],
        ceilings=rulebook.ceilings_in_force(on),
    )


@dataclass(frozen=True, eq=False)
class _Day:
    """A rulebook while its rules are resolved for one date and one set of settings."""

    rulebook: Rulebook
    on: date
    settings: tuple[Setting, ...]

    def parameter(self, key: str) -> ParameterValue:
        return self.rulebook.parameter(key, self.on, self.settings).value

    def condition(self, code: str) -> Condition:
        """The condition of a line of points."""
        line, version = self.rulebook.lines[code], self.rulebook.line_in_force(code, self.on)
        when = version.when or line.when
        if when is None:
            raise RulebookError("rule.no_value_in_force", f"{code} has no condition", name=code)
        proof = line.proof if version.proof is None else version.proof
        return resolve(when, Scope(proof, self.parameter, self.condition))

    def rule(self, rule: RuleDef) -> RuleInForce:
        version = self.rulebook.rule_in_force(rule, self.on)
        scope = Scope(version.proof, self.parameter, self.condition)
        return RuleInForce(
            rule.code,
            rule.applies_to,
            resolve(version.when, scope),
            rule.unknown,
            Fraction(1) if version.share is None else version.share,
            version.source,
            version.mark,
            rule.label,
        )

    def line(self, code: str) -> LineInForce:
        line, version = self.rulebook.lines[code], self.rulebook.line_in_force(code, self.on)
        return LineInForce(
            code,
            line.table,
            self.rulebook.points(line, self.on, self.settings),
            self.condition(code),
            line.unknown,
            line.line,
            version.source,
            version.mark,
            line.label,
            line.is_unverified,
        )
