"""The types of agreements: what each may reserve, must say and rests on. Data, with sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from allocation.rules.loader import SHELF
from allocation.rules.schema import Label, Strict
from allocation.rules.yaml_file import read_whole

Reserved = Literal["named_dwellings", "seats_per_year", "share", "places"]
Side = Literal["landlord", "partner", "owner", "network"]


class TypeSource(Strict):
    """What a type rests on."""

    act: str
    article: str
    mark: str
    key: str


class AgreementType(Strict):
    """One type of agreement."""

    kind: str
    label: Label
    sides: list[Side] = Field(min_length=2, max_length=2)
    reserves: list[Reserved]
    needs: list[str]
    needs_basis: bool
    couples_support: bool
    source: TypeSource


class AgreementTypesFile(Strict):
    """``agreements_<rulebook>.yaml``."""

    types: list[AgreementType]
    sources: dict[str, str]


@cache
def agreement_types(name: str = "wallonia") -> Mapping[str, AgreementType]:
    """
    Every type by its kind, in the order of the file.

    Raises
    ------
    ProblemsError
        Every fault with its file and line, with the codes of a rulebook's.
    """
    path = Path(SHELF / f"agreements_{name}.yaml")
    return {one.kind: one for one in read_whole(path, AgreementTypesFile).types}
