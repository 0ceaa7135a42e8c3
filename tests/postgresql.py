"""A PostgreSQL server for the tests: private, on a socket, thrown away; durability switched off."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

OWNER = "postgres"  # the server refuses to run as root: the account Debian makes for it


def programs() -> Path | None:
    """Where the newest server's programs are; ``None`` when there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server; yields its address without a database name (``...&dbname=`` completes it)."""
    where = programs()
    if where is None:
        raise FileNotFoundError("PostgreSQL is not installed: run `scripts/setup-system database`")
    home = Path(tempfile.mkdtemp(prefix="passerelle-pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, OWNER)
    data = home / "data"
    options = f"-c listen_addresses='' -c fsync=off -c full_page_writes=off -k {home}"
    try:
        _run(where / "initdb", "-D", data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync")
        _run(where / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start")
        try:
            yield f"postgresql://{OWNER}@/{{name}}?host={home}"
        finally:
            _run(where / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


def create_database(server: str, name: str, *, template: str = "template1") -> str:
    """Make a database on a running server, as a copy of another; gives its address."""
    address = server.format(name=name)
    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return address


def drop_database(server: str, name: str) -> None:
    """Remove a database, whoever still holds it."""
    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(*arguments: object) -> None:
    words = [str(word) for word in arguments]
    if os.geteuid() == 0:
        words = ["runuser", "-u", OWNER, "--", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")
