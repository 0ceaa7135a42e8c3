"""What every schema of the API is made of: strict models, days, pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from allocation.file_faults import ValueKindError

Row = TypeVar("Row")
MOST = 2**63 - 1
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Asked(BaseModel):
    """What comes from outside: only what both databases can hold."""

    @field_validator("*")
    @classmethod
    def _can_be_kept(cls, value: object) -> object:
        """No NUL in a text (PostgreSQL has none), no number of more than 64 bits."""
        _refuse_unkept(value)
        return value


def _refuse_unkept(value: object) -> None:
    if isinstance(value, str) and "\0" in value:
        raise ValueKindError("nul")
    if isinstance(value, int) and abs(value) > MOST:
        raise ValueKindError("immense")
    parts: Iterable[object] = ()
    if isinstance(value, list | tuple):
        parts = value
    elif isinstance(value, dict):
        parts = (*value, *value.values())
    elif isinstance(value, BaseModel) and not isinstance(value, Asked):
        parts = vars(value).values()  # a model of the engine's, which knows no database
    for part in parts:
        _refuse_unkept(part)


class Entry(Asked):
    """What is sent to us: nothing is guessed, an unknown field is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Query(Asked):
    """What is asked in the address: texts turned into numbers, an unknown name refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class View(BaseModel):
    """What we answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def _day(value: object) -> object:
    """A calendar day is written yyyy-mm-dd, never a number or an instant."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> object:
    raise ValueKindError("day")


Day = Annotated[date, BeforeValidator(_day)]


class PageQuery(Query):
    """Which page of a list."""

    cursor: str = Field(default="", max_length=500, description="`next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=200, description="Rows on the page.")


class Page(View, Generic[Row]):
    """One page of a list; `next_cursor` is empty on the last one."""

    items: list[Row]
    next_cursor: str
