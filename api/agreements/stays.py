"""The stays that depend on an agreement today, whatever table keeps them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from api.db.tables.metadata import metadata

AGREEMENT, ENDED, DWELLING = "agreements.agreement_id", "ended_on", "dwelling_id"


def running_stays(
    connection: sa.Connection, agreement_id: str, *, tables: sa.MetaData = metadata
) -> tuple[str, ...]:
    """
    What is planned or runs under an agreement, by identifier; its two parties may see them.

    Every table whose rows are in a dwelling, held by an agreement, and come to an end is asked, so
    that no later one can be forgotten. A plan of support is no stay: its service alone knows it.
    """
    found: list[str] = []
    for table, column in _held(tables):
        (key,) = table.primary_key.columns
        query = sa.select(key).where(column == agreement_id, table.c[ENDED].is_(None))
        found += connection.scalars(query)
    return tuple(sorted(found))


def _held(tables: sa.MetaData) -> Iterator[tuple[sa.Table, sa.Column[str]]]:
    """Tables of dwellings with a link to an agreement and a day on which a row ends."""
    for table in tables.sorted_tables:
        if ENDED in table.c and DWELLING in table.c:
            yield from (
                (table, link.parent)
                for link in table.foreign_keys
                if link.target_fullname == AGREEMENT
            )
