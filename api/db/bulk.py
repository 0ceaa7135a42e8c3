"""Many rows at once, the fast way of each database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

_BATCH = 20_000


def insert_rows(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that all have the same columns; values of plain kinds only."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    for start in range(0, len(rows), _BATCH):
        connection.execute(table.insert(), rows[start : start + _BATCH])


def refresh_statistics(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """
    Have PostgreSQL look at tables that were just filled, so that it plans for what they hold.

    SQLite plans by its indexes alone and needs nothing.
    """
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        connection.exec_driver_sql(f"ANALYZE {names}")


def _copy(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """PostgreSQL takes a whole table in one stream."""
    driver: Any = connection.connection.driver_connection
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    copying = f'COPY "{table.name}" ({columns}) FROM STDIN'
    with driver.cursor() as cursor, cursor.copy(copying) as to:
        for row in rows:
            to.write_row([row[name] for name in names])
