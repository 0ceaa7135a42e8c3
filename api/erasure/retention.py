"""How long data is kept: rules read from ``retention.yaml``, each with its source and its mark."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from allocation.errors import HousingError

FILE = Path(__file__).with_name("retention.yaml")


class StillOnListError(HousingError):
    """The application takes part: it is withdrawn or struck off first."""

    code: ClassVar[str] = "erasure.still_on_list"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where a time was read, and how sure that is."""

    act: str
    status: Literal["verified", "secondary", "assumed"]


class RetentionRule(_Strict):
    """Which files, how many years, counted from what."""

    code: str
    statuses: tuple[str, ...]
    is_housed: bool
    keep_years: int = Field(ge=0)
    counted_from: dict[str, str]
    source: Source

    def kept_until(self, counted_from: date) -> date:
        """The last day the data must be kept; an anniversary of 29 February is 1 March."""
        try:
            return counted_from.replace(year=counted_from.year + self.keep_years)
        except ValueError:
            return date(counted_from.year + self.keep_years, 3, 1)


class _Rules(_Strict):
    verified_on: date
    rules: tuple[RetentionRule, ...]


@cache
def retention_rules() -> tuple[RetentionRule, ...]:
    """The rules, in the order in which they are tried."""
    with FILE.open(encoding="utf-8") as file:
        return _Rules.model_validate(YAML(typ="safe", pure=True).load(file)).rules


def rule_for(status: str, *, is_housed: bool) -> RetentionRule:
    """
    The rule of a file.

    Raises
    ------
    StillOnListError
        ``erasure.still_on_list``: no rule lets a file of this status go.
    """
    for rule in retention_rules():
        if status in rule.statuses and rule.is_housed == is_housed:
            return rule
    raise StillOnListError("The application still takes part.", status=status)
