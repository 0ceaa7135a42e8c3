"""The rules of stays: dated values with source and mark, beside the rulebook they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from allocation.errors import Problem, ProblemsError
from allocation.model import Setting
from allocation.rules import Parameter, Rulebook, load_rulebook
from allocation.rules.loader import SHELF
from allocation.rules.rulebook import RulebookError, current
from allocation.rules.schema import Dated, Label, ParameterDef, Strict
from allocation.rules.series import series_problems
from allocation.rules.yaml_file import Place, YamlFile, read_yaml, validated

SLSP_BASIS = "sliding_lease.allowed_basis"  # U24, in the rulebook itself


class OperatorKind(Strict):
    """A kind of body that may hold a sliding lease, from a date on."""

    kind: str
    values: list[Dated] = Field(min_length=1)


class FileItem(Strict):
    """One paper of the file of a sliding lease."""

    code: str
    label: Label


class StayRulesFile(Strict):
    """``stays_<rulebook>.yaml``."""

    rulebook: str
    sources: dict[str, str]
    parameters: dict[str, ParameterDef]
    operators: list[OperatorKind]
    agreements: dict[str, list[str]]
    file: list[FileItem]


@dataclass(frozen=True, eq=False)
class StayRules:
    """
    Every rule of stays.

    ``book`` answers for the values, those of the rulebook and those of stays alike. ``agreements``
    names, by status, the kinds of agreements a partner may hold a stay under; ``file`` the papers
    of a sliding lease; ``sources`` the addresses behind the keys.
    """

    book: Rulebook
    keys: tuple[str, ...]
    sources: Mapping[str, str]
    operators: Mapping[str, OperatorKind]
    agreements: Mapping[str, tuple[str, ...]]
    file: tuple[FileItem, ...]

    def rule(self, key: str, on: date, settings: Iterable[Setting] = ()) -> Parameter:
        """A value on a date, with what it rests on; ``rule.no_value_in_force`` before its first."""
        return self.book.parameter(key, on, settings)

    def whole(self, key: str, on: date, settings: Iterable[Setting] = ()) -> int:
        """A value that must be a whole number."""
        value = self.rule(key, on, settings).value
        if not isinstance(value, int):
            raise RulebookError("rule.no_value_in_force", f"{key} has no value", name=key)
        return value

    def may_hold_a_sliding_lease(self, kind: str, on: date) -> bool:
        """Whether bodies of this kind may hold one on that date."""
        known = self.operators.get(kind)
        return known is not None and current(known.values, on) is not None


def load_stay_rules(name_or_path: str | Path = "wallonia") -> StayRules:
    """
    Read and check the rules of stays of a rulebook; the same file is read once.

    Raises
    ------
    ProblemsError
        Every fault with its file and line, with the codes of a rulebook's.
    """
    path = Path(name_or_path)
    return _load(path if path.suffix else SHELF / f"stays_{name_or_path}.yaml")


@cache
def _load(path: Path) -> StayRules:
    problems: list[Problem] = []
    file = read_yaml(path, path.name, problems)
    found = validated(file, StayRulesFile, problems) if file else None
    if file is None or found is None:
        raise ProblemsError(problems)
    problems += _faults(file, found)
    if problems:
        raise ProblemsError(problems)
    book = load_rulebook(found.rulebook)
    return StayRules(
        replace(book, parameters={**book.parameters, **found.parameters}),
        tuple(found.parameters),
        found.sources,
        {o.kind: o for o in found.operators},
        {status: tuple(kinds) for status, kinds in found.agreements.items()},
        tuple(found.file),
    )


def _faults(file: YamlFile, found: StayRulesFile) -> list[Problem]:
    """Versions that do not follow each other, sources nobody knows, values of another kind."""
    problems: list[Problem] = []
    kinds = {"integer": int, "flag": bool}
    for key, definition in found.parameters.items():
        place: Place = ("parameters", key, "values")
        problems += series_problems(file, place, definition.values, found.sources)
        for i, version in enumerate(definition.values):
            if type(version.value) is not kinds.get(definition.type):
                where = (*place, i, "value")
                detail = str(version.value)
                problems.append(file.problem(where, "rule.bad_value", detail=detail))
    for i, operator in enumerate(found.operators):
        place = ("operators", i, "values")
        problems += series_problems(file, place, operator.values, found.sources)
    return problems
