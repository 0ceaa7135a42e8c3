"""The scale of intensities: data of the project, each value a setting of an association."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from allocation.errors import HousingError
from allocation.rules.schema import Label

FILE = Path(__file__).with_name("scale.yaml")
STANDBY = "S"
Status = Literal["verified", "secondary", "memory", "assumed", "proposal"]


class Strict(BaseModel):
    """A file of this room: nothing is guessed, an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where a value comes from, and how sure that is."""

    act: str
    status: Status


class Rhythm(Strict):
    """Contacts aimed at: so many every week or month."""

    count: int = Field(ge=1)
    every: Literal["week", "month"]


class Level(Strict):
    """One intensity; ``weight`` is its share of a worker's units, in hundredths."""

    code: str
    weight: int = Field(ge=0)
    contacts: Rhythm | None
    label: Label
    source: Source


class _Units(Strict):
    value: int
    source: Source


class _File(Strict):
    units_per_full_time: _Units
    levels: tuple[Level, ...]
    modes: dict[str, Label]


class ScaleError(HousingError):
    """``accompaniment.unknown_intensity``: a code the association's scale does not have."""

    code: ClassVar[str] = "accompaniment.unknown_intensity"


@dataclass(frozen=True)
class Scale:
    """
    The scale of one association.

    ``units_per_full_time`` and weights are hundredths of a unit. ``mark`` is ``proposal`` for what
    the project proposes, ``setting`` once the association fixed its own.
    """

    units_per_full_time: int
    weights: Mapping[str, int]
    mark: Literal["proposal", "setting"]

    def weight(self, code: str) -> int:
        """
        Weight of an intensity, in hundredths.

        Raises
        ------
        ScaleError
            ``accompaniment.unknown_intensity``.
        """
        if code not in self.weights:
            known = ", ".join(self.weights)
            raise ScaleError(f"No intensity {code}.", intensity=code, known=known)
        return self.weights[code]


@cache
def _file() -> _File:
    with FILE.open(encoding="utf-8") as file:
        return _File.model_validate(YAML(typ="safe", pure=True).load(file))


def default_levels() -> tuple[Level, ...]:
    """The levels of the project's proposal, the most intense first."""
    return _file().levels


def units_source() -> Source:
    """Where the units of a full-time worker come from."""
    return _file().units_per_full_time.source


def modes() -> Mapping[str, Label]:
    """Modes of accompaniment, by code."""
    return _file().modes


def default_scale() -> Scale:
    """The scale an association starts with."""
    weights = {level.code: level.weight for level in default_levels()}
    return Scale(_file().units_per_full_time.value, weights, "proposal")
