"""Bounds of what is plausible in a register, from `limits.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "limits.yaml"


@dataclass(frozen=True)
class Limits:
    """The bounds by name; their standing and source are in the file."""

    oldest_person_years: int
    earliest_day: date
    latest_day: date
    shortest_secret_digits: int


@cache
def limits() -> Limits:
    """Read once."""
    from ruamel.yaml import YAML

    listed = YAML(typ="safe", pure=True).load(_FILE)
    return Limits(**{name: entry["value"] for name, entry in listed.items()})
