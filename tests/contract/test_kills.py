"""A few kills of a real service at work on each database; ``make kills`` does two hundred."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from tests.kills import run_on
from tests.postgresql import create_database

N_KILLS = 5


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_acknowledged_is_lost_and_nothing_is_twice_when_killed(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    proposed = request.getfixturevalue(f"proposed_{kind}")
    if kind == "sqlite":
        shutil.copy(proposed, tmp_path / "passerelle.db")
        url = f"sqlite:///{tmp_path / 'passerelle.db'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        url = create_database(server, f"test-{uuid4().hex}", template=proposed)
    found = run_on(url, tmp_path, n_kills=N_KILLS, seed="suite")
    assert found["faults"] == []
    assert found["registered"] > 0
