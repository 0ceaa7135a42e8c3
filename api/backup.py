"""
A copy of the database, and a database from a copy, each with its journal verified.

SQLite is copied page by page while the service writes (its own online backup); PostgreSQL by its
own programs, ``pg_dump`` and ``pg_restore``. The installation's secret is in neither: it is kept
elsewhere, so that who finds a copy reads nothing that was sealed. Who was erased after the copy
was made is erased again when it takes the place of the database that knew it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.auth.actor import Actor
from api.db import Database
from api.db.tables.journal import journal_entry
from api.db.tables.register import applications
from api.erasure.personal import empty
from api.erasure.service import ERASED
from api.journal import append
from api.journal.beginning import bring_up
from api.journal.reading import Verification, verify
from api.journal.sealing import erase_key
from api.loading import COMMAND_ACTOR_ID
from api.settings import Settings

ASIDE = ".before-restore"
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "username": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
}


class FilePresentError(HousingError):
    """A file of that name is already there: nothing is overwritten."""

    code: ClassVar[str] = "backup.present"


class NotABackupError(HousingError):
    """The file is not a copy of a database of this program."""

    code: ClassVar[str] = "backup.unreadable"


class NoProgramError(HousingError):
    """PostgreSQL's own program is not installed here."""

    code: ClassVar[str] = "backup.no_program"


class ProgramFailedError(HousingError):
    """PostgreSQL's own program refused."""

    code: ClassVar[str] = "backup.program_failed"


class DatabasePresentError(HousingError):
    """There is a database where the copy should go."""

    code: ClassVar[str] = "restore.present"


@dataclass(frozen=True)
class Restored:
    """What a restored database holds, and how many persons had to be erased again."""

    verification: Verification
    erased_again: int


def back_up(settings: Settings, to: Path) -> None:
    """
    Write a copy of the database into a new file, for its owner alone.

    Raises
    ------
    FilePresentError, NoProgramError, ProgramFailedError
        ``backup.present``, ``backup.no_program``, ``backup.program_failed``.
    """
    try:
        to.touch(mode=0o600, exist_ok=False)
    except FileExistsError as fault:
        raise FilePresentError(f"{to} is there.", path=to) from fault
    with ExitStack() as undo:
        undo.callback(to.unlink)  # a copy that is not whole must not look like one
        if settings.sqlite_path is not None:
            _copy(settings.sqlite_path, to)
        else:
            _run_program("pg_dump", "--format=custom", f"--file={to}", settings=settings)
        undo.pop_all()


def restore(settings: Settings, source: Path, *, replace: bool, now: datetime) -> Restored:
    """
    Make the database from a copy; its tables are brought to the version of the program.

    Parameters
    ----------
    replace
        SQLite: the database that is there is put aside, and whom it erased is erased again.

    Raises
    ------
    DatabasePresentError, NotABackupError
        ``restore.present``, ``backup.unreadable``: nothing was changed.
    NoProgramError, ProgramFailedError
        ``backup.no_program``, ``backup.program_failed``.
    """
    target = settings.sqlite_path
    if target is None:
        return _restore_postgresql(settings, source, now=now)
    if target.exists() and not replace:
        raise DatabasePresentError(f"{target} is there.", path=target)
    erased = _erased_in(f"sqlite:///{target}") if target.exists() else set()
    fresh = target.with_name(target.name + ".restoring")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with ExitStack() as undo:
        undo.callback(fresh.unlink)
        _copy(source, fresh)
        restored = _made_ready(f"sqlite:///{fresh}", source, erased=erased, now=now)
        undo.pop_all()
    for ending in ("-wal", "-shm"):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
    if target.exists():
        _merge_log(target)
        target.rename(target.with_name(target.name + ASIDE))
    fresh.rename(target)
    return restored


def _restore_postgresql(settings: Settings, source: Path, *, now: datetime) -> Restored:
    database = Database.at(settings.database_url)
    with database.reading() as connection:
        is_empty = not sa.inspect(connection).get_table_names()
    database.close()
    if not is_empty:
        raise DatabasePresentError("Tables are there.", path="PostgreSQL")
    name = sa.make_url(settings.database_url).database
    options = ("--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={name}")
    _run_program("pg_restore", *options, str(source), settings=settings)
    return _made_ready(settings.database_url, source, erased=set(), now=now)


def _made_ready(url: str, source: Path, *, erased: set[str], now: datetime) -> Restored:
    """Bring the tables up, erase again, verify."""
    database = Database.at(url)
    try:
        with database.reading() as connection:
            if not sa.inspect(connection).has_table(journal_entry.name):
                raise NotABackupError(f"{source} has no journal.", path=source)
        bring_up(database, now=now)
        erased_before = _erased_in(url)
        with database.writing() as connection:
            for application_id in sorted(erased - erased_before):
                _erase_again(connection, application_id, now=now)
        with database.reading() as connection:
            return Restored(verify(connection), len(erased - erased_before))
    except sa.exc.DatabaseError as fault:
        raise NotABackupError(f"{source} cannot be read.", path=source) from fault
    finally:
        database.close()


def _erase_again(connection: sa.Connection, application_id: str, *, now: datetime) -> None:
    """What the database put aside had erased; its entry says so in the name of the company."""
    empty(connection, application_id)
    erase_key(connection, application_id, now=now)
    company = sa.select(applications.c.reference_slsp_id)
    slsp_id = connection.scalar(company.where(applications.c.application_id == application_id))
    actor = Actor(COMMAND_ACTOR_ID, slsp_id or "", "slsp", role="")
    content = {"after": "restore"}
    append(connection, ERASED, subject=application_id, actor=actor, now=now, content=content)


def _erased_in(url: str) -> set[str]:
    """Whom a database's journal says were erased."""
    database = Database.at(url)
    query = sa.select(journal_entry.c.subject).where(journal_entry.c.act == ERASED)
    with database.reading() as connection:
        found = set(connection.scalars(query))
    database.close()
    return found


def _copy(source: Path, to: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(to)) as here,
        ):
            there.backup(here)
            # One file, read without leaving others beside it; the service sets its own mode.
            here.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as fault:
        raise NotABackupError(f"{source} cannot be read.", path=source) from fault


def _merge_log(path: Path) -> None:
    """Bring what the write-ahead log holds into the file, so that one file is the database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _run_program(name: str, *arguments: str, settings: Settings) -> None:
    """Run a program of PostgreSQL; the password is never among the arguments."""
    program = shutil.which(name)
    if program is None:
        raise NoProgramError(f"{name} is not installed.", program=name)
    url = sa.make_url(settings.database_url)
    parts = {key: getattr(url, key) for key in _VARIABLES} | dict(url.query)
    told = {_VARIABLES[k]: str(v) for k, v in parts.items() if k in _VARIABLES and v}
    done = subprocess.run(
        [program, *arguments],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # What it says may quote a row: the first line alone, up to the first quotation.
        said = done.stderr.strip().split("\n")[0].split('"')[0]
        raise ProgramFailedError(f"{name} failed.", program=name, said=said)
