"""
One engine, two kinds of transaction: reading and writing; nothing else opens a connection.

SQLite runs in WAL mode with foreign keys on; a writer takes the lock when it begins, so two
writers wait for each other instead of failing halfway. On PostgreSQL a reader sees one state of
the database for as long as it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from allocation.errors import HousingError

# One row of an answer, whatever its columns.
Row: TypeAlias = sa.Row[*tuple[Any, ...]]
LOCK_WAIT_MS = 30_000
_WRITES = "passerelle_writes"
JOB_QUEUE = "passerelle_job_queue"


class DatabaseAwayError(HousingError):
    """The database does not answer: nothing was done, the same request may be sent again."""

    code: ClassVar[str] = "database.away"


@dataclass(frozen=True)
class Database:
    """
    A database, opened by its address.

    Everything read in one ``reading`` block is of one instant. What is done in one ``writing``
    block is committed when the block ends, or undone when it raises: there is no other commit.
    """

    engine: sa.Engine
    job_queue: Any = None  # told of every run that is asked for, when there is one

    @staticmethod
    def at(url: str) -> Database:
        """Open ``sqlite:///FILE`` or ``postgresql://...``; nothing is asked of it yet."""
        address = sa.make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(address, pool_size=20, max_overflow=20, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            event.listen(engine, "connect", _prepare_postgresql)
        return Database(engine)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, all of it at one instant."""
        options: dict[str, Any] = {}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._transaction(options) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes: committed at the end of the block, undone by an error."""
        with self._transaction({_WRITES: True, JOB_QUEUE: self.job_queue}) as connection:
            yield connection

    @contextmanager
    def _transaction(self, options: dict[str, Any]) -> Iterator[sa.Connection]:
        with (
            _told_when_away(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


@contextmanager
def _told_when_away() -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, psycopg.OperationalError) as fault:
        # SQLite says so too of a statement that is wrong: that one is a fault of ours.
        cause = getattr(fault, "orig", fault)
        if getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR":
            raise
        raise DatabaseAwayError("The database does not answer.") from fault


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    # Python's driver must not begin transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={LOCK_WAIT_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, _record: ConnectionPoolEntry) -> None:
    # Compiling a query of ours to machine code takes longer than the longest of them.
    connection.execute("SET jit = off")
    connection.commit()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
