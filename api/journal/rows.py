"""
Rows the journal vouches for: the entry of an act carries the hash of every such row it wrote.

They are the rows that decide a right: allocations, who is entitled to a dwelling, offers, the
answers a proposal goes on from, derogations, sets of quotas. A row changed, removed or added by
anything but an act is named by the verification. Free texts are left out of the hash: they decide
nothing, and the erasure of a person empties them.

Vouching for a table begins with the load of a register. Rows of a database that is older are taken
in as they stand when its tables are brought up (``api.journal.beginning``), and told apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from allocation.proof.journal import Entry, canonical
from api.db import Row
from api.db.tables.offers import derogation, entitlement, meeting_answer, offer_course
from api.db.tables.quotas import quota_set
from api.db.tables.register import HELD_BY, ROW_VERSION, allocations_ytd, offers

ROWS = "rows"  # member of an entry's content: table -> key -> hash
GONE = ""  # in the place of the hash of a row that is not there
VOUCHED_FOR = (
    allocations_ytd, derogation, entitlement, meeting_answer, offer_course, offers, quota_set,
)  # fmt: skip
# Acts that begin to vouch for the tables they name.
LOADED, BEGUN = "register.loaded", "journal.vouching_begun"
LEFT_OUT = frozenset({ROW_VERSION, "opinion", "reason"})
_BATCH = 2_000

Hashes = dict[str, str]
Vouched = dict[str, dict[str, Hashes]]


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


def vouched(connection: sa.Connection, table: sa.Table, only: sa.ColumnElement[bool]) -> Vouched:
    """What the entry of an act that has just written these rows adds to its content."""
    return {ROWS: {table.name: dict(_hashes(connection, table, only))}}


def together(*written: Vouched) -> Vouched:
    """The same of rows of several tables, each table once."""
    return {ROWS: {name: rows for one in written for name, rows in one[ROWS].items()}}


def loaded(connection: sa.Connection, register_id: str) -> Vouched:
    """What the load of a register adds to its entry: its rows of every table vouched for."""
    return together(
        *(
            vouched(connection, t, t.c[HELD_BY] == register_id if HELD_BY in t.c else sa.false())
            for t in VOUCHED_FOR
        )
    )


class Witness:
    """Reads entries as they pass; then says which row is not as the journal left it."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[str, int]] = {}
        self._begun: set[str] = set()
        self._before: set[tuple[str, str]] = set()

    def hear(self, entry: Entry) -> Entry:
        """Keep what an entry says of rows; the entry is given back."""
        told: Mapping[str, Mapping[str, str]] = entry.content.get(ROWS, {})
        for table, hashes in told.items():
            if entry.act in (LOADED, BEGUN):
                self._begun.add(table)
            named = {(table, key) for key in hashes}
            self._before = self._before | named if entry.act == BEGUN else self._before - named
            for key, row_hash in hashes.items():
                self._last[table, key] = row_hash, entry.sequence
        return entry

    @property
    def n_before(self) -> int:
        """Rows older than the vouching for their table, that no act has written since."""
        return len(self._before)

    def older(self, connection: sa.Connection) -> Vouched:
        """Rows no entry tells of, in tables that nobody has begun to vouch for."""
        rows = {t.name: _hashes(connection, t, sa.true()) for t in VOUCHED_FOR}
        return {
            ROWS: {
                name: {key: value for key, value in found if (name, key) not in self._last}
                for name, found in rows.items()
                if name not in self._begun
            }
        }

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
    key = table.primary_key.columns
    query = sa.select(table).where(only).order_by(*key)
    with connection.execute(query.execution_options(yield_per=_BATCH)) as rows:
        for row in rows:
            yield "/".join(str(row._mapping[column]) for column in key), _hash(row)


def _hash(row: Row) -> str:
    cells = {name: _plain(v) for name, v in row._mapping.items() if name not in LEFT_OUT}
    return hashlib.sha256(canonical(cells)).hexdigest()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else value.isoformat()
