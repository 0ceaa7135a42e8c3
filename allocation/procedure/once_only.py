"""
Ask once: a proof that an authentic source holds is looked up there, not asked of the household.

Nothing is connected to any source: what is told is where a person who is authorised may look, and
where a proof was obtained is what that person writes down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from allocation.procedure.machine import IllegalActError
from allocation.rules.loader import SHELF
from allocation.rules.schema import Label, Mark, Strict
from allocation.rules.yaml_file import read_whole

# `declared`: the household's word alone. `paper`: a document seen. `authentic_source`: looked up.
Origin = Literal["declared", "paper", "authentic_source"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)


class _Principle(Strict):
    act: str
    article: str
    mark: Mark
    key: str


class _Held(Strict):
    code: str
    source: str
    mark: Mark


class _File(Strict):
    principle: _Principle
    sources: dict[str, Label]
    conditions: list[_Held]
    proofs: list[_Held]


@dataclass(frozen=True)
class AuthenticSource:
    """Where something may be looked up, and how well it is known that it is held there."""

    code: str
    label: Label
    mark: str


def source_of_condition(code: str) -> AuthenticSource | None:
    """The source of a condition to prove again; ``None``: it is asked of the household."""
    return _of(_file().conditions, (code,))


def source_of_proofs(accepted: Collection[str]) -> AuthenticSource | None:
    """The first source that gives one of the proofs that would do, in the order of the file."""
    return _of(_file().proofs, accepted)


def authentic_sources() -> Mapping[str, Label]:
    """Sources by code."""
    return _file().sources


def check_origin(origin: Origin | None, source: str) -> None:
    """
    Whether it is said where a proof comes from, and nothing is made up.

    Raises
    ------
    IllegalActError
        ``fresh_proof.source``: an authentic source without its name, or a name that is none; a
        source named for a paper, a word, or an origin that is not said.
    """
    known = authentic_sources()
    if (origin == "authentic_source") != bool(source) or (source and source not in known):
        raise IllegalActError("fresh_proof.source", "Which?", known=", ".join(known))


def _of(held: list[_Held], codes: Collection[str]) -> AuthenticSource | None:
    found = next((one for one in held if one.code in codes), None)
    if found is None:
        return None
    return AuthenticSource(found.source, _file().sources[found.source], found.mark)


@cache
def _file() -> _File:
    return read_whole(Path(SHELF / "authentic_sources_wallonia.yaml"), _File)
