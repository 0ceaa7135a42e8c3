"""``user`` makes accounts, changes, closes and links them; the journal tells every act."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from allocation.exchange import write_folder
from api.cli import run
from tests.builders import a_register

OURS = ("--organisation", "la-sambrienne")


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", f"sqlite:///{tmp_path}/service.db")
    write_folder(a_register(), tmp_path / "register")
    assert run(["migrate"]) == run(["load", str(tmp_path / "register")]) == 0
    capsys.readouterr()


def done(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["user", *arguments, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["user", *arguments]) == 2
    return capsys.readouterr().err


def test_the_first_account_and_what_becomes_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    made = done(capsys, "create", "ada", *OURS, "--role", "administrator")
    assert len(made["password"]) >= 12
    assert "[account.last_administrator]" in refused(capsys, "close", "ada")
    assert "[account.last_administrator]" in refused(capsys, "role", "ada", "clerk")
    done(capsys, "create", "eve", *OURS, "--role", "administrator")
    done(capsys, "role", "ada", "clerk")
    done(capsys, "close", "ada")
    listed = {a["login"]: a for a in done(capsys, "list", *OURS)["accounts"]}
    assert (listed["ada"]["role"], listed["ada"]["is_active"]) == ("clerk", False)
    done(capsys, "reopen", "ada")
    assert run(["journal", "verify"]) == 0


def test_a_password_is_changed_and_never_shown_when_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done(capsys, "create", "ada", *OURS, "--role", "clerk")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert "[account.short_password]" in refused(capsys, "password", "ada", "--password-stdin")
    monkeypatch.setattr("sys.stdin", io.StringIO("a long pass phrase\n"))
    told = done(capsys, "password", "ada", "--password-stdin")
    assert told == {"login": "ada", "password": None}
    done(capsys, "second-factor", "ada")


def test_an_account_is_linked_and_unlinked(capsys: pytest.CaptureFixture[str]) -> None:
    done(capsys, "create", "ada", *OURS, "--role", "clerk")
    assert "[oidc.not_set_up]" in refused(capsys, "link", "ada", "--subject", "s")
    there = ("--issuer", "https://login.example")
    done(capsys, "link", "ada", "--subject", "s", *there)
    assert "[account.linked_already]" in refused(capsys, "link", "ada", "--subject", "t", *there)
    assert "[account.signs_in_at_provider]" in refused(capsys, "password", "ada")
    done(capsys, "unlink", "ada")
    assert "[account.not_linked]" in refused(capsys, "unlink", "ada")
    assert "[account.absent]" in refused(capsys, "close", "nobody")


def test_the_region_gets_an_account(capsys: pytest.CaptureFixture[str]) -> None:
    done(capsys, "organisation", "region", "--kind", "region")
    assert "[organisation.present]" in refused(capsys, "organisation", "region", "--kind", "swl")
    assert run(["user", "organisation", "x", "--kind", "slsp"]) == 2
    done(capsys, "create", "aud", "--organisation", "region", "--role", "auditor")
    assert run(["--lang", "fr", "user", "list"]) == 0
    assert "region  aud  auditor" in capsys.readouterr().out
