"""The example program of the partner guide runs against a service that listens, from end to end."""

from __future__ import annotations

import importlib.util
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import pytest
import sqlalchemy as sa
import uvicorn
from fastapi.testclient import TestClient

from allocation.model import Register
from api.access import SCOPES
from api.app import create_app
from api.auth.accounts import make_account
from api.db import Database
from api.db.tables.mandates import mandate
from api.loading import load_register
from api.partners.sandbox import CREDENTIALS, NotDemoError
from api.service import Service
from api.settings import Settings
from tests.architecture.source_tree import ROOT
from tests.fixtures.service import NOW, OURS, elsewhere, ours
from tests.fixtures.sitting import demo

GUIDE = ROOT / "docs" / "how-to" / "partenaires.md"


@pytest.fixture
def client_program() -> ModuleType:
    return program("client")


def program(name: str) -> ModuleType:
    path = ROOT / "docs" / "how-to" / "partenaires" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"partner_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def address(database: Database) -> Iterator[str]:
    """A service with a sandbox, listening with its worker."""
    yield from listening(database, ours())


def listening(database: Database, register: Register) -> Iterator[str]:
    service = Service(Settings(), database, b"s" * 32)
    load_register(database, register, now=service.now(), with_sandbox=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(service), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_from_credentials_to_a_candidate_and_a_verified_message(
    address: str, client_program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    client_id = "cli-bac-a-sable"
    client_program.main(
        [
            *(address, "--client", client_id, "--secret", CREDENTIALS[client_id][1]),
            *("--agreement", "bac-a-sable", "--application", "A2", "--born-on", "1998-07-28"),
        ]
    )
    told = capsys.readouterr().out
    assert "Candidat présenté le " in told
    assert "Message vérifié : presentation.made A2" in told
    assert "Où en est le candidat : admitted ; offre O2 open" in told


def test_from_credentials_to_an_accepted_candidate(
    database: Database, client_program: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    company = program("societe")
    for address in listening(database, demo()):
        with database.writing() as connection:
            for login, role in (("agent", "clerk"), ("comite", "committee_member")):
                who = {"organisation_id": OURS, "role": role, "name": login}
                make_account(connection, login, password=company.PASSWORD, **who)
        company.main([address, "proposer"])
        asked = capsys.readouterr().out.removeprefix("Ménage proposé : ").split()
        application = asked[asked.index("--application") + 1]
        credentials = ("--client", "cli-bac-a-sable", "--secret", "pcs_bac-a-sable")
        partner = threading.Thread(
            target=client_program.main,
            args=[[address, *credentials, "--agreement", "bac-a-sable", *asked, "--accept", "60"]],
        )
        partner.start()
        until_mandate(database)
        company.main([address, "offrir", application])
        partner.join()
    told = capsys.readouterr().out
    assert "Message vérifié : offer.made" in told
    assert "Message vérifié : offer.accept" in told
    assert "Candidat accepté : offre " in told


def until_mandate(database: Database) -> None:
    """Wait until the partner's mandate is there."""
    for _ in range(300):
        with database.reading() as connection:
            if connection.scalar(sa.select(mandate.c.mandate_id)) is not None:
                return
        time.sleep(0.1)
    raise AssertionError("no mandate")


def test_the_example_refuses_what_was_not_signed_or_is_old(client_program: ModuleType) -> None:
    headers = {"webhook-id": "evt_1", "webhook-timestamp": "1000", "webhook-signature": "v1,AAAA"}
    with pytest.raises(ValueError, match="signature"):
        client_program.verified("whsec_AAAA", headers, b"{}", now=1000)
    with pytest.raises(ValueError, match="ancien"):
        client_program.verified("whsec_AAAA", headers, b"{}", now=1301)


def test_the_guide_names_the_credentials_and_the_scopes_there_are() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for credential_id, (kind, secret) in CREDENTIALS.items():
        assert secret in guide
        assert kind == "key" or credential_id in guide
    rows = re.findall(r"^\| (`[a-z]+:.*?) \|", guide, re.MULTILINE)
    told = {scope for row in rows for scope in re.findall(r"`([a-z]+:[a-z]+)`", row)}
    assert told == set(SCOPES)


def test_the_sandbox_is_not_for_a_database_with_a_real_register(database: Database) -> None:
    real = replace(ours(), kind="real")
    with pytest.raises(NotDemoError):
        load_register(database, real, now=NOW, with_sandbox=True)
    load_register(database, real, now=NOW)
    with pytest.raises(NotDemoError):
        load_register(database, elsewhere(), now=NOW, with_sandbox=True)


def test_a_real_register_ends_the_credentials_everybody_knows(database: Database) -> None:
    service = Service(Settings(has_worker=False), database, b"s" * 32, now=lambda: NOW)
    load_register(database, ours(), now=NOW, with_sandbox=True)
    headers = {"authorization": f"Bearer {CREDENTIALS['key-bac-a-sable'][1]}"}
    with TestClient(create_app(service)) as client:
        assert client.get("/api/v1/agreements", headers=headers).status_code == 200
        load_register(database, replace(elsewhere(), kind="real"), now=NOW)
        assert client.get("/api/v1/agreements", headers=headers).status_code == 401
