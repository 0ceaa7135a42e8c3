"""The journal read back: a page of it, and a walk over the whole chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from allocation.proof.journal import GENESIS, Broken, Entry, first_broken
from api.access import visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.journal import journal_entry, journal_head

_BATCH = 2_000


@dataclass(frozen=True)
class Verification:
    """What a walk over the journal found: how many entries, its end, the first broken entry."""

    entries: int
    end: str
    broken: Broken | None


def verify(connection: sa.Connection) -> Verification:
    """Walk the whole journal, from the first entry to the head."""
    head = connection.execute(sa.select(journal_head)).one_or_none()
    end = GENESIS if head is None else str(head.hash)
    broken = first_broken(_entries(connection), end=end)
    return Verification(0 if head is None else int(head.sequence), end, broken)


def page_of(
    connection: sa.Connection, actor: Actor, *, subject: str, after: int, limit: int
) -> list[Entry]:
    """Entries that exist for the actor after a sequence; one more than ``limit`` tells of more."""
    query = (
        sa.select(journal_entry)
        .where(visible_to(actor, journal_entry), journal_entry.c.sequence > after)
        .order_by(journal_entry.c.sequence)
        .limit(limit + 1)
    )
    if subject:
        query = query.where(journal_entry.c.subject == subject)
    return [_entry(row) for row in connection.execute(query)]


def _entries(connection: sa.Connection) -> Iterator[Entry]:
    query = sa.select(journal_entry).order_by(journal_entry.c.sequence)
    with connection.execution_options(yield_per=_BATCH).execute(query) as rows:
        yield from map(_entry, rows)


def _entry(row: Row) -> Entry:
    values = dict(row._mapping)
    for name in ("content", "sealed"):
        values[name] = json.loads(values[name])
    return Entry(**values)
