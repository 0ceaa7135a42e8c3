"""A command on a database that is not there says where it looked, and leaves nothing behind."""

from pathlib import Path

import pytest

from allocation.cli import console
from api.cli import run


@pytest.mark.parametrize("command", [["partner", "create", "P1"], ["journal", "verify"]])
def test_a_database_that_is_not_there_is_not_made_by_looking_for_it(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "service.db"
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{path}")
    assert run(command) == console.BAD_INPUT
    said = capsys.readouterr().err
    assert "database.absent" in said
    assert str(path) in said.replace("\n", "")
    assert list(tmp_path.iterdir()) == []
