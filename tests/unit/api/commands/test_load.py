"""``migrate`` makes the tables and the secret; ``load`` brings a register in, whole or not."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from allocation.exchange import write_folder
from api.cli import run
from tests.builders import a_register


@pytest.fixture
def database_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "service.db"
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(a_register(), tmp_path / "register")
    return tmp_path / "register"


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_the_database_and_the_secret_are_for_their_owner_alone(
    database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["migrate", "--json"]) == 0
    assert printed(capsys)["secret_made"]
    for path in (database_file, database_file.parent / "passerelle.secret"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_migrating_twice_changes_nothing(
    database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["migrate", "--json"])
    capsys.readouterr()
    assert run(["migrate", "--json"]) == 0
    said = printed(capsys)
    assert said["before"] == said["after"]
    assert not said["secret_made"]


def test_a_register_is_loaded_once(
    database_file: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["migrate", "--json"])
    capsys.readouterr()
    assert run(["load", str(folder), "--json"]) == 0
    assert printed(capsys)["content_hash"] == a_register().content_hash
    assert run(["load", str(folder)]) == 2
    assert "[register.present]" in capsys.readouterr().err


def test_loading_before_migrating_says_what_to_do(
    database_file: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["load", str(folder)]) == 2
    assert "passerelle migrate" in capsys.readouterr().err
