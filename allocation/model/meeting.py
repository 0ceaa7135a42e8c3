"""The committee's meeting: date, draw, rulebook, and the settings fixed before the freeze."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Scalar = str | int | bool


@dataclass(frozen=True)
class Forecast:
    """
    What the SLSP expects of the whole year; an input with a date, never estimated silently.

    ``allocations`` and ``vacated``: totals of the year, those already done included.
    """

    allocations: int
    vacated: int
    made_on: date
    source: str = ""


@dataclass(frozen=True)
class Setting:
    """One switch of the rulebook (keys U01 to U36) fixed by the SLSP, with its legal basis."""

    key: str
    value: Scalar
    basis: str = ""
    decided_on: date | None = None


@dataclass(frozen=True)
class Meeting:
    """
    One meeting of the allocation committee.

    ``draw_seed`` is published before the meeting. ``pseudonym_secret`` (hexadecimal) is not: it
    makes the pseudonyms and salts of the certificate. ``levels``: ``floors, priority, fit``
    (rule `lex`) or ``floors, units, priority, fit`` (rule `lex_units`). ``basis``: shares of
    the dwellings offered (``planned``) or of the households served (``realised``). ``pacing``:
    ``linear``, ``year_end`` or ``prefix``.
    """

    slsp_id: str
    meeting_on: date
    draw_seed: str
    pseudonym_secret: str
    rulebook: str = "wallonia"
    mode: Literal["joint", "serial"] = "joint"
    levels: tuple[str, ...] = ("floors", "priority", "fit")
    basis: Literal["planned", "realised"] = "planned"
    pacing: Literal["linear", "year_end", "prefix"] = "linear"
    forecast: Forecast | None = None
    settings: tuple[Setting, ...] = field(default=())
    settings_basis: str = ""
    settings_decided_on: date | None = None
