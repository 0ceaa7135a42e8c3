"""Whatever a table holds, it comes back from a folder and from a workbook as it was."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.exchange import examine, write_folder, write_workbook
from allocation.model import TABLES, Column, Register, Table, TableSchema

# Any character a line of text may hold; what begins or ends a cell is never a space.
TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12
).map(str.strip)  # fmt: skip
IDENTIFIERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": IDENTIFIERS,
    "text": TEXTS,
    "date": st.dates(min_value=date(1, 1, 1)),
    "integer": st.integers(-(10**15) + 1, 10**15 - 1),
    "cents": st.integers(-(10**15) + 1, 10**15 - 1),
}


def cells(column: Column) -> st.SearchStrategy[Any]:
    """Values of a column, missing ones included."""
    is_listed = column.kind in ("choice", "flag")
    choices = st.sampled_from(column.choices) if is_listed else VALUES[column.kind]
    return choices if column.is_required else st.none() | choices


def tables(schema: TableSchema) -> st.SearchStrategy[Table]:
    """Tables of that form; what they say together may be absurd."""
    row = st.fixed_dictionaries({c.name: cells(c) for c in schema.columns})
    key = lambda r: tuple(r[name] or "" for name in schema.key)  # noqa: E731 said once, used once
    return st.lists(row, max_size=4, unique_by=key).map(lambda rows: Table.of(schema, rows))


@pytest.mark.parametrize("write", [write_folder, write_workbook])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_every_table_comes_back_as_it_was(write: Any, data: st.DataObject) -> None:
    found = {schema.name: data.draw(tables(schema)) for schema in TABLES}
    register = Register.of("demo", "la-sambrienne", found)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / ("book.xlsx" if write is write_workbook else "folder")
        write(register, path)
        # The examination finds much to say about such rows; the cells are read all the same.
        again = examine(path).draft.accepted()
    for schema in TABLES:
        for column in schema.columns:
            name = column.name
            assert again[schema.name].text(name) == register[schema.name].text(name), name
    assert again.content_hash == register.content_hash
