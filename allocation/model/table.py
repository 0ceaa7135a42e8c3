"""A table held column by column, so that 50,000 households stay fast."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model.schema import Column, TableSchema

MISSING_INTEGER = np.iinfo(np.int64).min
MISSING_CHOICE = -1
NO_DATE = np.datetime64("NaT", "D")

Array = npt.NDArray[Any]
Cell = str | int | date | None

_DTYPES: dict[str, Any] = {
    "id": object,
    "text": object,
    "date": "datetime64[D]",
    "integer": np.int64,
    "cents": np.int64,
    "choice": np.int16,
    "flag": np.int16,
}


def encode(column: Column, cells: Sequence[Cell]) -> Array:
    """
    Turn cells into the array of a column.

    ``id`` and ``text``: object array of str, empty string when missing. ``date``:
    ``datetime64[D]``, NaT when missing. ``integer`` and ``cents``: int64, ``MISSING_INTEGER``
    when missing. ``choice`` and ``flag``: int16 position in ``column.choices``, -1 when missing
    (so a flag is 1 yes, 0 no, -1 unknown).
    """
    if column.kind in ("id", "text"):
        out = np.empty(len(cells), dtype=object)
        out[:] = ["" if c is None else c for c in cells]
        return out
    if column.kind == "date":
        return np.array([NO_DATE if c is None else c for c in cells], dtype="datetime64[D]")
    if column.kind in ("integer", "cents"):
        return np.array([MISSING_INTEGER if c is None else c for c in cells], dtype=np.int64)
    position = {c: i for i, c in enumerate(column.choices)}
    return np.array(
        [MISSING_CHOICE if c is None or c == "" else position[str(c)] for c in cells],
        dtype=np.int16,
    )


def decode(column: Column, value: Any) -> Cell:
    """One element of an encoded column as a plain value; ``None`` when missing."""
    if column.kind in ("id", "text"):
        return str(value) if value else None
    if column.kind == "date":
        return None if np.isnat(value) else value.astype("datetime64[D]").astype(object)
    if column.kind in ("integer", "cents"):
        return None if value == MISSING_INTEGER else int(value)
    return None if value == MISSING_CHOICE else column.choices[int(value)]


@dataclass(frozen=True, eq=False)
class Table:
    """
    An immutable table in columns, rows sorted by its key (bytewise).

    ``table["born_on"]`` is the encoded array (read-only, see ``encode``). ``index`` maps the
    first key column to its rows.
    """

    schema: TableSchema
    columns: Mapping[str, Array]

    @staticmethod
    def of(schema: TableSchema, rows: Sequence[Mapping[str, Cell]]) -> Table:
        """Build from plain rows; a column left out is missing everywhere."""
        return Table.from_columns(
            schema, {c.name: encode(c, [r.get(c.name) for r in rows]) for c in schema.columns}
        )

    @staticmethod
    def from_columns(schema: TableSchema, columns: Mapping[str, Array]) -> Table:
        """Build from encoded arrays (absent ones are filled as missing), sorting by the key."""
        n = len(next(iter(columns.values()))) if columns else 0
        full = {
            c.name: np.asarray(columns[c.name], dtype=_DTYPES[c.kind])
            if c.name in columns
            else encode(c, [None] * n)
            for c in schema.columns
        }
        order = _key_order(schema, full, n)
        sorted_columns = {name: array[order] for name, array in full.items()}
        for array in sorted_columns.values():
            array.setflags(write=False)
        return Table(schema, sorted_columns)

    def __len__(self) -> int:
        return len(self.columns[self.schema.columns[0].name])

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def row(self, idx: int) -> dict[str, Cell]:
        """Row ``idx`` as plain values."""
        return {c.name: decode(c, self.columns[c.name][idx]) for c in self.schema.columns}

    def rows(self) -> Iterator[dict[str, Cell]]:
        """Every row as plain values, in key order."""
        for idx in range(len(self)):
            yield self.row(idx)

    def text(self, name: str) -> list[str]:
        """A column as the strings a file holds (empty when missing)."""
        column = self.schema.column(name)
        values: list[Any] = self.columns[name].tolist()
        if column.kind in ("id", "text"):
            return values
        if column.kind in ("choice", "flag"):
            names = (*column.choices, "")  # missing is -1: the last
            return list(map(names.__getitem__, values))
        # A large register holds few distinct days and numbers: each is written once.
        missing = None if column.kind == "date" else MISSING_INTEGER
        written = {v: "" if v == missing else str(v) for v in set(values)}
        return list(map(written.__getitem__, values))

    @cached_property
    def index(self) -> dict[str, list[int]]:
        """First key value -> row positions."""
        found: dict[str, list[int]] = {}
        for idx, key in enumerate(self.columns[self.schema.key[0]].tolist()):
            found.setdefault(key, []).append(idx)
        return found

    def digest(self) -> bytes:
        """SHA-256 over names and cell texts; cells are separated by bytes no text may hold."""
        sha = hashlib.sha256(self.schema.name.encode())
        for column in self.schema.columns:
            sha.update(b"\x1d" + column.name.encode() + b"\x1e")
            sha.update("\x1f".join(self.text(column.name)).encode())
        return sha.digest()


def _key_order(schema: TableSchema, columns: Mapping[str, Array], n: int) -> Array:
    keys = []
    for name in reversed(schema.key):
        column = columns[name]
        if column.dtype == object:
            column = np.array([str(v).encode() for v in column] or [b""], dtype=np.bytes_)[:n]
        keys.append(column)
    return np.lexsort(keys) if n else np.zeros(0, dtype=np.intp)
