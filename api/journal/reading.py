"""The journal read back: a page of it, its anchors, and a walk over the whole chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from allocation.proof.journal import GENESIS, Broken, Entry, first_broken
from api.access import visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.journal import journal_entry, journal_head
from api.journal.rows import Altered, Witness
from api.service import today

A_MONTH = timedelta(days=31)
_BATCH = 2_000


@dataclass(frozen=True)
class Verification:
    """
    What a walk over the journal found.

    How many entries and its end; the first broken entry; how many rows it vouches for, and those
    that are not as it left them (not looked for in a journal that does not hold); how many rows
    are older than the vouching for their table.
    """

    entries: int
    end: str
    broken: Broken | None
    rows: int
    altered: tuple[Altered, ...]
    before: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing was changed behind the journal's back."""
        return self.broken is None and not self.altered


@dataclass(frozen=True)
class Anchor:
    """The last entry of a calendar day: its hash, published, fixes everything before it."""

    day: date
    sequence: int
    hash: str


def verify(connection: sa.Connection, *, anchors: Mapping[int, str] | None = None) -> Verification:
    """Walk the whole journal, from the first entry to the head; then at what it vouches for."""
    head = connection.execute(sa.select(journal_head)).one_or_none()
    end = GENESIS if head is None else str(head.hash)
    witness = Witness()
    heard = map(witness.hear, entries(connection))
    broken = first_broken(heard, end=end, anchors=anchors)
    n_rows, altered = witness.altered(connection) if broken is None else (0, [])
    n_entries = 0 if head is None else int(head.sequence)
    return Verification(n_entries, end, broken, n_rows, tuple(altered), witness.n_before)


def anchors_since(connection: sa.Connection, since: date) -> list[Anchor]:
    """One anchor for every day in Brussels, from ``since``, on which something was written."""
    journal = journal_entry.c
    # A day in Brussels begins at most two hours before that of UTC.
    before = (since - timedelta(days=1)).isoformat()
    query = sa.select(journal.sequence, journal.at, journal.hash).where(journal.at >= before)
    last: dict[date, Anchor] = {}
    for row in connection.execute(query.order_by(journal.sequence)):
        day = today(datetime.fromisoformat(row.at))
        last[day] = Anchor(day, row.sequence, row.hash)
    return [last[day] for day in sorted(last) if day >= since]


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


def entries(connection: sa.Connection) -> Iterator[Entry]:
    """Every entry, the first one first."""
    query = sa.select(journal_entry).order_by(journal_entry.c.sequence)
    with connection.execute(query.execution_options(yield_per=_BATCH)) as rows:
        yield from map(_entry, rows)


def _entry(row: Row) -> Entry:
    values = dict(row._mapping)
    for name in ("content", "sealed"):
        values[name] = json.loads(values[name])
    return Entry(**values)
