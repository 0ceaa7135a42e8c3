"""``partner`` makes credentials, changes and ends them; a secret is shown once."""

import json
from pathlib import Path
from typing import Any

import pytest

from allocation.exchange import write_folder
from api.cli import run
from tests.builders import a_register


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{tmp_path}/service.db")
    write_folder(a_register(), tmp_path / "register")
    assert run(["migrate"]) == run(["load", str(tmp_path / "register")]) == 0
    capsys.readouterr()


def made(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["partner", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_client_a_key_and_a_new_secret(capsys: pytest.CaptureFixture[str]) -> None:
    client = made(capsys, "create", "P9", "--name", "APL inventée", "--scope", "events:read")
    assert (client["kind"], client["scopes"]) == ("client", ["events:read"])
    key = made(capsys, "key", "P1")
    renewed = made(capsys, "rotate", key["credential_id"])
    assert renewed["credential_id"] == key["credential_id"]
    assert renewed["secret"] != key["secret"]
    assert made(capsys, "revoke", key["credential_id"])["revoked"]
    assert run(["partner", "rotate", key["credential_id"]]) == 2
    assert "[partner.no_credential]" in capsys.readouterr().err


def test_the_secret_is_said_to_be_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--lang", "fr", "partner", "key", "P1"])
    told = capsys.readouterr().out
    assert "ppk_key-" in told
    assert "gardé nulle part" in told


def test_a_company_gets_no_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["partner", "key", "la-sambrienne", "--scope", "all"]) == 2
    said = capsys.readouterr().err
    assert "[partner.not_a_partner]" in said
    assert "[partner.unknown_scope]" in said
