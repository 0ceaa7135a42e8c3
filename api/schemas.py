"""What every schema of the API is made of: strict models, days, pages."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from allocation.file_faults import ValueKindError

Row = TypeVar("Row")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Entry(BaseModel):
    """What is sent to us: nothing is guessed, an unknown field is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Query(BaseModel):
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
