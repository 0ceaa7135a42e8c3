"""The example program of the partner guide runs against a service that listens, from end to end."""

from __future__ import annotations

import importlib.util
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import pytest
import uvicorn
from fastapi.testclient import TestClient

from api.app import create_app
from api.db import Database
from api.loading import load_register
from api.partners.sandbox import CREDENTIALS, NotDemoError
from api.service import Service
from api.settings import Settings
from tests.architecture.source_tree import ROOT
from tests.fixtures.partners import program_headers
from tests.fixtures.service import NOW, Caller, World, elsewhere, ours

GUIDE = ROOT / "docs" / "how-to" / "partenaires.md"


@pytest.fixture
def client_program() -> ModuleType:
    path = ROOT / "docs" / "how-to" / "partenaires" / "client.py"
    spec = importlib.util.spec_from_file_location("partner_client", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def address(database: Database) -> Iterator[str]:
    """A service with a sandbox, listening with its worker."""
    service = Service(Settings(), database, b"s" * 32)
    load_register(database, ours(), now=service.now(), with_sandbox=True)
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
    assert "Où en est le candidat : admitted, 1 offre(s)" in told


def test_the_example_refuses_what_was_not_signed_or_is_old(client_program: ModuleType) -> None:
    headers = {"webhook-id": "evt_1", "webhook-timestamp": "1000", "webhook-signature": "v1,AAAA"}
    with pytest.raises(ValueError, match="signature"):
        client_program.verified("whsec_AAAA", headers, b"{}", now=1000)
    with pytest.raises(ValueError, match="ancien"):
        client_program.verified("whsec_AAAA", headers, b"{}", now=1301)


def test_the_guide_names_the_credentials_and_the_scopes_there_are(world: World) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for credential_id, (kind, secret) in CREDENTIALS.items():
        assert secret in guide
        assert kind == "key" or credential_id in guide
    acts = Caller(world.client, program_headers(world.service)).get("/session").json()["acts"]
    told = set(re.findall(r"^\| `([a-z]+:[a-z]+)` \|", guide, re.MULTILINE))
    assert len(told) == len(acts)


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
