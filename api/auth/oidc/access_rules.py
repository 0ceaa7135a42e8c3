"""
Who gets which role by what the provider says: a file of rules, the first that fits counts.

    rules:
      - when: {groups: passerelle-clerks}
        organisation: la-sambrienne
        role: clerk

A claim fits when it is that text, or a list that holds it; every claim of ``when`` must fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from allocation.errors import Problem, ProblemsError
from allocation.file_faults import ValueKindError, file_problem
from allocation.rules.yaml_file import read_yaml, validated
from api.access import PARTNER, ROLES


class AccessRule(BaseModel):
    """An organisation and a role, for those whose claims fit."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    when: dict[str, str] = Field(min_length=1)
    organisation: str = Field(min_length=1, max_length=100)
    role: str

    @field_validator("role")
    @classmethod
    def _known(cls, role: str) -> str:
        """A partner's people sign in with accounts of the service; its programs with theirs."""
        if role not in ROLES or role == PARTNER:
            raise ValueKindError("choice")
        return role

    def fits(self, claims: Mapping[str, Any]) -> bool:
        """Whether every claim asked for is there."""
        return all(_holds(claims.get(name), value) for name, value in self.when.items())


class _File(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    rules: list[AccessRule]


def _holds(found: Any, value: str) -> bool:
    return value in found if isinstance(found, list) else found == value


def read_access_rules(path: Path) -> tuple[AccessRule, ...]:
    """
    The rules of a file, in their order.

    Raises
    ------
    ProblemsError
        Everything that is wrong with the file, line by line.
    """
    problems: list[Problem] = []
    try:
        file = read_yaml(path, path.name, problems)
    except OSError as fault:
        raise ProblemsError([file_problem(path, fault)]) from fault
    found = None if file is None else validated(file, _File, problems)
    if problems or found is None:
        raise ProblemsError(problems)
    return tuple(found.rules)


def rule_for(rules: tuple[AccessRule, ...], claims: Mapping[str, Any]) -> AccessRule | None:
    """The first rule that fits."""
    return next((rule for rule in rules if rule.fits(claims)), None)
