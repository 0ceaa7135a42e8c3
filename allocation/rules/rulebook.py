"""A rulebook in memory: dated values found by key and date, never before their first date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from allocation.errors import HousingError
from allocation.model import Setting
from allocation.model.proposal import Caveat
from allocation.rules.schema import (
    CeilingsFile,
    CeilingsVersion,
    CoverageFile,
    Dated,
    DerogationGround,
    FactDef,
    Label,
    LineDef,
    LineVersion,
    ParameterDef,
    ProofDef,
    RuleDef,
    RuleVersion,
    Source,
    SwitchDef,
)

ParameterValue = int | Fraction | bool | str | None
D = TypeVar("D", bound=Dated)


class RulebookError(HousingError):
    """
    A question the rulebook cannot answer.

    ``rule.no_value_in_force``: no value on that date. ``rule.unknown_parameter``: no such key.
    ``rule.not_a_switch``: the law fixes the value, an SLSP cannot. ``rule.ambiguous_switch``:
    the question has several keys, name one. ``rule.value_not_allowed``: not one of the values.
    """

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.reason = code
        self.code = code  # type: ignore[misc]  # one class, several stable codes


@dataclass(frozen=True)
class Parameter:
    """A value on a date, with what it rests on; ``is_default`` is false once a setting moved it."""

    key: str
    value: ParameterValue
    mark: str
    source: Source
    is_default: bool
    warning: str
    note: str


def in_force(versions: Sequence[D], on: date, *, key: str) -> D:
    """The version in force; ``rule.no_value_in_force`` outside every version."""
    version = current(versions, on)
    if version is None:
        raise RulebookError(
            "rule.no_value_in_force", f"{key} has no value in force on {on}", name=key, on=on
        )
    return version


def current(versions: Sequence[D], on: date) -> D | None:
    """The version in force, ``None`` outside every version."""
    for version in versions:
        if version.from_ <= on and (version.to is None or on <= version.to):
            return version
    return None


@dataclass(frozen=True, eq=False)
class Rulebook:
    """
    Every rule, value and switch of one body of law, dated and sourced.

    ``rules`` holds the conditions by theme: ``admission``, ``preferences``, ``extra_rooms``,
    ``own_room``, ``income_shares``. ``verified_on`` is the date of the last amending text read
    (U30). ``content_hash`` is the SHA-256 (hexadecimal) of the canonical content.
    """

    name: str
    label: Label
    verified_on: date
    content_hash: str
    facts: Mapping[str, FactDef]
    proofs: Mapping[str, ProofDef]
    lines: Mapping[str, LineDef]
    rules: Mapping[str, tuple[RuleDef, ...]]
    parameters: Mapping[str, ParameterDef]
    ceilings: CeilingsFile
    switches: Mapping[str, SwitchDef]
    derogation_grounds: tuple[DerogationGround, ...]
    coverage: CoverageFile
    excluded_communes: Mapping[str, str]
    sources: Mapping[str, str]

    def parameter(self, key: str, on: date, settings: Iterable[Setting] = ()) -> Parameter:
        """
        One value on one date.

        Parameters
        ----------
        key
            A parameter (``quota.cat1_min_share``), or one entry of a table
            (``quota.cat3_max_share_by_commune.62063``: ``None`` when the table has no such row).
        on
            The date asked.
        settings
            Switches fixed by the SLSP; one that concerns ``key`` replaces the default.

        Raises
        ------
        RulebookError
            See the codes of the class.
        """
        name, _, row = (key, "", "") if key in self.parameters else key.rpartition(".")
        definition = self.parameters.get(name)
        if definition is None or (row and definition.type != "table"):
            raise RulebookError("rule.unknown_parameter", f"no parameter {key}", name=key)
        version = in_force(definition.values, on, key=key)
        raw = version.value
        is_default = True
        for setting in settings:
            if self.setting_key(setting) == key:
                raw, is_default = checked(definition, setting), False
        if isinstance(raw, dict):
            raw = raw.get(row)
        return Parameter(
            key,
            typed(definition, raw),
            version.mark,
            version.source,
            is_default,
            version.warning,
            version.note,
        )

    def setting_key(self, setting: Setting) -> str:
        """The parameter a setting speaks of: its key, or a question (U05) with one key only."""
        switch = self.switches.get(setting.key)
        if switch is not None:
            if len(switch.keys) != 1:
                raise RulebookError(
                    "rule.ambiguous_switch",
                    f"{setting.key} has the keys {', '.join(switch.keys) or '(none)'}: name one",
                    name=setting.key,
                )
            return switch.keys[0]
        table = setting.key.rpartition(".")[0]
        definition = self.parameters.get(setting.key) or self.parameters.get(table)
        if definition is None:
            raise RulebookError(
                "rule.unknown_parameter", f"no parameter {setting.key}", name=setting.key
            )
        if not definition.switch:
            raise RulebookError(
                "rule.not_a_switch", f"{setting.key} is fixed by the law", name=setting.key
            )
        return setting.key

    def check_settings(self, settings: Iterable[Setting]) -> None:
        """Every setting names a switch and gives it a value it may have, else RulebookError."""
        for setting in settings:
            key = self.setting_key(setting)
            checked(self.parameters.get(key) or self.parameters[key.rpartition(".")[0]], setting)

    def line_in_force(self, code: str, on: date) -> LineVersion:
        """The version of a points line on a date."""
        return in_force(self.lines[code].values, on, key=f"points.{code}")

    def rule_in_force(self, rule: RuleDef, on: date) -> RuleVersion:
        """The version of a condition on a date."""
        return in_force(rule.values, on, key=rule.code)

    def ceilings_in_force(self, on: date) -> CeilingsVersion:
        """The row of income ceilings on a date."""
        return in_force(self.ceilings.values, on, key="ceilings")

    def codes_in_force(self, on: date, settings: Iterable[Setting] = ()) -> tuple[str, ...]:
        """Lines of points enabled on a date: housing first, most points first, then by code."""
        settings = tuple(settings)
        first_on = min(line.values[0].from_ for line in self.lines.values())
        found = []
        for code, line in self.lines.items():
            version = current(line.values, on)
            if version is None and on < first_on:
                self.line_in_force(code, on)
            if version is None or not self._is_enabled(line, on, settings):
                continue
            found.append((line.table, -self.points(line, on, settings), code))
        return tuple(code for _, _, code in sorted(found))

    def _is_enabled(self, line: LineDef, on: date, settings: tuple[Setting, ...]) -> bool:
        if not line.is_unverified:
            return True
        return bool(self.parameter(f"points.{line.code}.enabled", on, settings).value)

    def points(self, line: LineDef, on: date, settings: Iterable[Setting] = ()) -> int:
        """Points of a line on a date; of an unverified line, those the SLSP has set."""
        if not line.is_unverified:
            return self.line_in_force(line.code, on).points
        value = self.parameter(f"points.{line.code}.points", on, settings).value
        if not isinstance(value, int):
            raise RulebookError("rule.value_not_allowed", f"{line.code} has no points")
        return value

    def values_in_use(self, on: date, settings: Iterable[Setting] = ()) -> tuple[str, ...]:
        """
        Every key two named persons confirm before a real register may be used.

        Returns
        -------
        tuple of str
            ``ceilings``, ``points.<code>`` of each line in force, the parameters that are not
            switches, the shares, and the questions (``U05``) behind the switches; sorted.
        """
        keys = {"ceilings"}
        keys.update(f"points.{code}" for code in self.codes_in_force(on, settings))
        for key, definition in self.parameters.items():
            if current(definition.values, on) is None:
                continue
            if definition.switch:
                keys.add(definition.switch)
            if definition.type == "share" or not definition.switch:
                keys.add(key)
        return tuple(sorted(keys))

    def caveats(self, on: date, settings: Iterable[Setting] = ()) -> tuple[Caveat, ...]:
        """What is assumed, unverified or out of date among the values used on a date."""
        settings = tuple(settings)
        found = [Caveat("rule.known_at", {"on": self.verified_on.isoformat()})]
        row = self.ceilings_in_force(on)
        if row.warning:
            found.append(Caveat(row.warning, {"from": row.from_.isoformat(), "name": "ceilings"}))
        last_known = self.parameter("ceilings.last_known_year", on).value
        if isinstance(last_known, int) and on.year > last_known:
            found.append(Caveat("rule.ceilings_not_indexed", {"year": str(last_known)}))
        for code in self.codes_in_force(on, settings):
            version = self.line_in_force(code, on)
            if self.lines[code].is_unverified:
                points = self.points(self.lines[code], on, settings)
                facts = {"line": code, "points": str(points)}
                found.append(Caveat("rule.unverified_line", facts))
            elif version.warning:
                found.append(Caveat(version.warning, {"line": code}))
        for key in sorted(self.parameters):
            definition = self.parameters[key]
            if current(definition.values, on) is None:
                continue
            parameter = self.parameter(key, on, settings)
            if parameter.warning and not key.startswith("points."):
                found.append(
                    Caveat(parameter.warning, {"name": key, "value": str(parameter.value)})
                )
            if parameter.mark == "assumed" and parameter.is_default and definition.switch:
                facts = {"name": key, "value": str(parameter.value)}
                found.append(Caveat("rule.assumed_value", facts))
            if not parameter.is_default:
                found.append(
                    Caveat("rule.switch_set", {"name": key, "value": str(parameter.value)})
                )
        return tuple(found)


def checked(definition: ParameterDef, setting: Setting) -> bool | int | str:
    """The value of a setting, once it is one the parameter may have."""
    value = setting.value
    expected: type = {"integer": int, "flag": bool}.get(definition.type, str)
    is_right = type(value) is expected
    if is_right and definition.type in ("share", "table"):
        try:
            is_right = 0 <= Fraction(str(value)) <= 1
        except (ValueError, ZeroDivisionError):
            is_right = False
    if is_right and definition.allowed is not None:
        is_right = value in definition.allowed
    if not is_right:
        raise RulebookError(
            "rule.value_not_allowed",
            f"{setting.key} cannot be {value!r}",
            name=setting.key,
            value=value,
            allowed=definition.allowed,
        )
    return value


def typed(definition: ParameterDef, raw: ParameterValue) -> ParameterValue:
    """A value as written in the file, in its own type (shares become exact fractions)."""
    if definition.type in ("share", "table") and isinstance(raw, str):
        return Fraction(raw)
    return raw
