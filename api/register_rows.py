"""Rows of the register as the API takes and gives them, made from the columns of its tables."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from allocation.model import TABLE_BY_NAME, Column
from api.schemas import Day, Entry

LONGEST_TEXT, LONGEST_IDENTIFIER = 2_000, 64


def row_entry(name: str, table: str, *, without: tuple[str, ...]) -> type[Entry]:
    """
    A strict model with the columns of a table, those of ``without`` left out.

    What may be empty in a file may be left out here, or null.
    """
    schema = TABLE_BY_NAME[table]
    fields: dict[str, Any] = {
        column.name: _field(column) for column in schema.columns if column.name not in without
    }
    return create_model(name, __base__=Entry, __doc__=schema.doc, **fields)


def _field(column: Column) -> tuple[Any, Any]:
    kinds: dict[str, Any] = {
        "id": Annotated[str, Field(max_length=LONGEST_IDENTIFIER)],
        "text": Annotated[str, Field(max_length=LONGEST_TEXT)],
        "date": Day,
        "integer": int,
        "cents": int,
    }
    kind = kinds.get(column.kind) or Literal[column.choices]
    if column.is_required:
        return kind, Field(description=column.doc)
    return kind | None, Field(default=None, description=column.doc)


def cells_of(entry: Entry) -> dict[str, str | int | date | None]:
    """The cells of a row, by column."""
    return dict(entry)
