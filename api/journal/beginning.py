"""
Where vouching begins in a database that is older than it.

The rows that stand in a table when the journal begins to vouch for it are taken in as they are, by
an entry of their own: who wrote them cannot be told any more, and the verification says how many
they are. From then on they are watched like the others.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from api.auth.actor import Actor
from api.db import Database
from api.db.migrate import upgrade
from api.journal.reading import entries
from api.journal.rows import BEGUN, ROWS, Witness
from api.journal.writing import append
from api.loading import COMMAND_ACTOR_ID


def bring_up(database: Database, *, now: datetime) -> None:
    """Bring the tables to the version of the program; then begin to vouch where nobody does."""
    upgrade(database)
    with database.writing() as connection:
        _begin(connection, now=now)


def _begin(connection: sa.Connection, *, now: datetime) -> None:
    witness = Witness()
    n_entries = sum(1 for _ in map(witness.hear, entries(connection)))
    older = witness.older(connection)
    if not n_entries or not older[ROWS]:
        return  # nothing is there yet, or everything is vouched for
    actor = Actor(COMMAND_ACTOR_ID, "", "", role="")
    append(connection, BEGUN, subject="journal", actor=actor, now=now, content=dict(older))
