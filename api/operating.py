"""What a command of an operator works in: the database of the settings, the instant it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


@contextmanager
def writing() -> Iterator[tuple[sa.Connection, datetime]]:
    """One transaction on the database of the settings, and the instant it is."""
    from api.db.migrate import opened
    from api.service import now_utc
    from api.settings import Settings

    database = opened(Settings().database_url)
    try:
        with database.writing() as connection:
            yield connection, now_utc()
    finally:
        database.close()


@contextmanager
def reading() -> Iterator[tuple[sa.Connection, datetime]]:
    """The database of the settings, at one instant, and the instant it is."""
    from api.db.migrate import opened
    from api.service import now_utc
    from api.settings import Settings

    database = opened(Settings().database_url)
    try:
        with database.reading() as connection:
            yield connection, now_utc()
    finally:
        database.close()
