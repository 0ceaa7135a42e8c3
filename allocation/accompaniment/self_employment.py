"""
What somebody self-employed tells who accompanies them, so that one door is found and kept.

It is a part of the plan and of nothing else: no rank, no offer and no lease reads it. Professional
debts are apart from those of the household, and no amount of either has a place here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal, get_args

from ruamel.yaml import YAML

from allocation.accompaniment.scale import Strict
from allocation.errors import HousingError
from allocation.rules.schema import Label

FILE = Path(__file__).with_name("self_employment.yaml")
Procedure = Literal["none", "moratorium", "bankruptcy"]
PROCEDURES: tuple[Procedure, ...] = get_args(Procedure)


class SelfEmploymentError(HousingError):
    """``plan.procedure_day``: a procedure has its first day, and no procedure has none."""

    code: ClassVar[str] = "plan.procedure_day"


@dataclass(frozen=True)
class SelfEmployment:
    """
    A person who works, or worked, for themselves.

    ``since_on``: first day of the procedure. The debts are told or not (``None``: not told), each
    kind apart.
    """

    procedure: Procedure = "none"
    since_on: date | None = None
    has_professional_debts: bool | None = None
    has_household_debts: bool | None = None

    def __post_init__(self) -> None:
        if (self.procedure == "none") != (self.since_on is None):
            raise SelfEmploymentError("Since when, for a procedure and for nothing else.")

    def doors(self) -> tuple[str, ...]:
        """Kinds of services of the directory that may help, the one door first."""
        doors = _file().doors
        asked = [
            *doors.always,
            *(doors.in_procedure if self.procedure != "none" else []),
            *(doors.professional_debts if self.has_professional_debts else []),
            *(doors.household_debts if self.has_household_debts else []),
        ]
        return tuple(dict.fromkeys(asked))


class _Doors(Strict):
    always: list[str]
    in_procedure: list[str]
    professional_debts: list[str]
    household_debts: list[str]


class _File(Strict):
    procedures: dict[Procedure, Label]
    doors: _Doors


@cache
def _file() -> _File:
    with FILE.open(encoding="utf-8") as file:
        return _File.model_validate(YAML(typ="safe", pure=True).load(file))


def procedures() -> dict[Procedure, Label]:
    """Procedures by code."""
    return _file().procedures
