"""A copy restores to a register whose journal verifies; who was erased meanwhile stays erased."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.backup import (
    DatabasePresentError,
    FilePresentError,
    NoProgramError,
    NotABackupError,
    back_up,
    restore,
)
from api.db import Database
from api.db.register import read_register
from api.db.tables.register import applications, household_members
from api.journal.reading import verify
from api.journal.sealing import is_erased
from api.settings import Settings
from tests.fixtures.service import NOW, OURS, World
from tests.postgresql import create_database, drop_database, programs


@pytest.fixture
def settings(world_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of the world's database; PostgreSQL's programs are found where the server's are."""
    where = programs()
    if where is not None:
        monkeypatch.setenv("PATH", f"{where}{os.pathsep}{os.environ['PATH']}")
    return Settings(database_url=world_url)


@pytest.fixture
def elsewhere(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Settings]:
    """Settings of a database that is not there yet, or empty."""
    if settings.sqlite_path is not None:
        yield Settings(database_url=f"sqlite:///{tmp_path / 'restored.db'}")
        return
    server, name = request.getfixturevalue("postgresql_server"), f"restored-{uuid4().hex}"
    yield Settings(database_url=create_database(server, name))
    drop_database(server, name)


def test_a_copy_restores_to_the_same_register_and_a_journal_that_holds(
    world: World, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    back_up(settings, copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    found = restore(elsewhere, copy, replace=False, now=NOW).verification
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy"]  # nothing beside it
    assert found.is_sound
    assert found.entries > 0
    hashes = []
    for url in (settings.database_url, elsewhere.database_url):
        database = Database.at(url)
        with database.reading() as connection:
            hashes.append(read_register(connection, OURS).register.content_hash)
        database.close()
    assert hashes[0] == hashes[1]


def test_nothing_is_overwritten(world: World, settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    back_up(settings, copy)
    with pytest.raises(FilePresentError):
        back_up(settings, copy)
    with pytest.raises(DatabasePresentError):
        restore(settings, copy, replace=False, now=NOW)


def test_a_missing_program_is_said_and_leaves_no_half_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoProgramError):
        back_up(Settings(database_url="postgresql://nobody@/nothing"), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_file_of_something_else_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    target = Settings(database_url=f"sqlite:///{tmp_path / 'new.db'}")
    for content in (b"not a database", b""):
        source = tmp_path / "source"
        source.write_bytes(content)
        with pytest.raises(NotABackupError):
            restore(target, source, replace=False, now=NOW)
    assert [p.name for p in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize("world_url", ["sqlite"], indirect=True)
def test_who_was_erased_after_the_copy_is_erased_again(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    with world.service.database.writing() as connection:
        mine = applications.c.application_id == "A1"
        connection.execute(applications.update().where(mine).values(status="withdrawn"))
    copy = tmp_path / "copy"
    back_up(settings, copy)
    later = replace(world.service, now=lambda: NOW + timedelta(days=800))
    manager = World(later, TestClient(create_app(later))).as_role("manager")
    asked = {"closed_on": "2026-01-31", "row_version": 1}
    assert manager.post("/applications/A1/erasure", asked).status_code == 201
    world.service.database.close()
    assert restore(settings, copy, replace=True, now=NOW).erased_again == 1
    restored = Database.at(settings.database_url)
    with restored.reading() as connection:
        theirs = household_members.c.application_id == "A1"
        names = connection.scalars(sa.select(household_members.c.family_name).where(theirs))
        assert set(names) == {None}
        assert verify(connection).is_sound
        assert is_erased(connection, "A1")
    restored.close()
