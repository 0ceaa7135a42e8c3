"""
Rows the journal vouches for: the entry of an act carries the hash of every such row it wrote.

A row changed, removed or added by anything but an act is named by the verification.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from allocation.proof.journal import Entry, canonical
from api.db import Row
from api.db.tables.register import ROW_VERSION, allocations_ytd

ROWS = "rows"  # member of an entry's content: table -> key -> hash
GONE = ""  # in the place of the hash of a row that is not there
VOUCHED_FOR = (allocations_ytd,)
_BATCH = 2_000

Hashes = dict[str, str]


@dataclass(frozen=True)
class Altered:
    """
    A row that is not as the last entry about it left it.

    ``fault``: ``changed``, ``removed``, or ``unwritten`` (no entry tells of it: ``sequence`` 0).
    """

    table: str
    row_id: str
    fault: str
    sequence: int


def vouched(
    connection: sa.Connection, table: sa.Table, only: sa.ColumnElement[bool]
) -> dict[str, dict[str, Hashes]]:
    """What the entry of an act that has just written these rows adds to its content."""
    return {ROWS: {table.name: dict(_hashes(connection, table, only))}}


class Witness:
    """Reads entries as they pass; then says which row is not as the journal left it."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[str, int]] = {}

    def hear(self, entry: Entry) -> Entry:
        """Keep what an entry says of rows; the entry is given back."""
        told: Mapping[str, Mapping[str, str]] = entry.content.get(ROWS, {})
        for table, hashes in told.items():
            for key, row_hash in hashes.items():
                self._last[table, key] = row_hash, entry.sequence
        return entry

    def altered(self, connection: sa.Connection) -> tuple[int, list[Altered]]:
        """How many rows were looked at, and those that are not as they should be, by key."""
        found: list[Altered] = []
        n_rows = 0
        for table in VOUCHED_FOR:
            expected = {k: v for (t, k), v in self._last.items() if t == table.name}
            for key, row_hash in _hashes(connection, table, sa.true()):
                n_rows += 1
                wanted, sequence = expected.pop(key, (GONE, 0))
                if row_hash != wanted:
                    fault = "unwritten" if wanted == GONE else "changed"
                    found.append(Altered(table.name, key, fault, sequence))
            found += [
                Altered(table.name, key, "removed", sequence)
                for key, (wanted, sequence) in expected.items()
                if wanted != GONE
            ]
        return n_rows, sorted(found, key=lambda a: (a.table, a.row_id))


def _hashes(
    connection: sa.Connection, table: sa.Table, only: sa.ColumnElement[bool]
) -> Iterable[tuple[str, str]]:
    (key,) = table.primary_key.columns
    query = sa.select(table).where(only).order_by(key)
    with connection.execute(query.execution_options(yield_per=_BATCH)) as rows:
        for row in rows:
            yield str(row._mapping[key]), _hash(row)


def _hash(row: Row) -> str:
    cells = {name: _plain(v) for name, v in row._mapping.items() if name != ROW_VERSION}
    return hashlib.sha256(canonical(cells)).hexdigest()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else value.isoformat()
