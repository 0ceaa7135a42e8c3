"""What an operator sees: limits, metrics, readiness, headers, lines of the log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.db.engine import DatabaseAwayError
from api.db.tables.journal import journal_head
from api.db.tables.limits import rate_count
from api.operation.limits import LimitReachedError, Limits
from api.operation.logs import write_json_lines
from tests.fixtures.service import SETTINGS, Caller, World

STORAGES = pytest.mark.parametrize("storage", ["memory", "database"])


def set_up(world: World, **settings: Any) -> World:
    """The world, served under other settings."""
    service = replace(world.service, settings=SETTINGS.model_copy(update=settings))
    return World(service, TestClient(create_app(service), raise_server_exceptions=False))


@STORAGES
def test_signing_in_too_often_from_one_address_is_refused_for_a_while(
    world: World, storage: str
) -> None:
    limited = set_up(world, limit_sign_in="3/hour", limit_storage=storage)
    entry = {"login": "nobody", "password": "a wrong pass phrase"}
    told = [limited.anonymous.post("/session", entry) for _ in range(4)]
    assert [t.status_code for t in told] == [401, 401, 401, 429]
    assert told[-1].json()["code"] == "limit.reached"
    assert 0 < int(told[-1].headers["retry-after"]) <= 3601
    assert "seconds" in told[-1].json()["detail"]
    assert limited.client.post("/oauth/token").status_code == 429
    assert limited.client.post("/session").status_code == 429
    assert limited.as_role("clerk").get("/session").status_code == 200


@STORAGES
def test_one_account_calling_too_often_stops_nobody_else(world: World, storage: str) -> None:
    limited = set_up(world, limit_calls="2/hour", limit_storage=storage)
    clerk, manager = limited.as_role("clerk"), limited.as_role("manager")
    assert [clerk.get("/session").status_code for _ in range(3)] == [200, 200, 429]
    assert manager.get("/session").status_code == 200
    assert (
        limited.as_role("clerk").get("/session").status_code == 429
    )  # another session, same person


def test_several_processes_count_together_in_the_database(world: World) -> None:
    settings = SETTINGS.model_copy(update={"limit_calls": "2/hour", "limit_storage": "database"})
    one, other = (Limits.of(settings, world.service.database) for _ in range(2))
    one.count("calls", "zoe")
    other.count("calls", "zoe")
    for limits in (one, other):
        with pytest.raises(LimitReachedError):
            limits.count("calls", "zoe")
    with world.service.database.writing() as connection:
        connection.execute(rate_count.update().values(expires_at=1))  # the hour is over
    one.count("calls", "zoe")
    with world.service.database.reading() as connection:
        (kept,) = connection.scalars(sa.select(rate_count.c.key))
    assert "zoe" not in kept


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "metrics-token"
    path.write_text("a token of the tests\n")
    return path


def test_metrics_are_for_who_has_the_token(world: World, token_file: Path) -> None:
    assert world.client.get("/metrics").status_code == 404
    measured = set_up(world, metrics_token_file=token_file)
    assert measured.client.get("/metrics").status_code == 401
    wrong = {"authorization": "Bearer another"}
    assert measured.client.get("/metrics", headers=wrong).status_code == 401


def test_metrics_name_routes_and_nobody(world: World, token_file: Path) -> None:
    measured = set_up(world, metrics_token_file=token_file)
    clerk = measured.as_role("clerk")
    clerk.get("/applications?q=Exemple")
    clerk.get("/applications/A2")
    measured.client.get("/somewhere/Modele/85073003328")
    measured.client.request("PROPFIND", "/x")
    right = {"authorization": "Bearer a token of the tests"}
    told = measured.client.get("/metrics", headers=right).text
    route = "/api/v1/applications/{application_id}"
    assert f'passerelle_requests_total{{method="GET",route="{route}",status="200"}} 1.0' in told
    assert f'passerelle_request_seconds_count{{method="GET",route="{route}"}} 1.0' in told
    assert 'passerelle_runs{state="queued"}' in told
    assert "passerelle_database_up 1.0" in told
    assert not [text for text in ("A2", "Exemple", "Modele", "8507", "PROPFIND") if text in told]


def test_readiness_names_what_is_not_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = world.anonymous.get("/readyz")
    assert (told.status_code, told.json()["status"]) == (200, "ready")
    assert told.json()["worker"] is None
    with world.service.database.writing() as connection:
        connection.execute(journal_head.update().values(hash="changed"))
    told = world.anonymous.get("/readyz")
    assert (told.status_code, told.json()["journal"]) == (503, False)
    monkeypatch.setattr("api.operation.health.newest_version", lambda: "9999")
    told = world.anonymous.get("/readyz")
    assert (told.status_code, told.json()["migrations"]) == (503, False)

    def away(*_: object) -> None:
        raise DatabaseAwayError("gone")

    monkeypatch.setattr("api.operation.health.version_of", away)
    told = world.anonymous.get("/readyz")
    assert (told.status_code, told.json()["database"]) == (503, False)
    assert world.anonymous.get("/healthz").status_code == 200


def test_a_worker_that_stopped_is_not_ready(world: World) -> None:
    service = replace(world.service, settings=SETTINGS.model_copy(update={"has_worker": True}))
    app = create_app(service)
    with TestClient(app) as client:
        assert client.get("/readyz").json()["worker"] is True
        app.state.worker.stop()
        app.state.worker._thread.join()
        assert client.get("/readyz").status_code == 503


def test_browsers_are_told_to_keep_to_tls_only_where_there_is_some(world: World) -> None:
    hsts = "strict-transport-security"
    assert hsts not in world.client.get("/healthz").headers
    behind = set_up(world, public_url="https://passerelle.example")
    for told in (behind.client.get("/healthz"), behind.client.get("/nowhere")):
        assert told.headers[hsts] == "max-age=31536000"
    page = behind.client.get("/session")
    assert "script" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_fault_of_ours_has_the_headers_and_one_reference(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Zoé Exemple")

    monkeypatch.setattr("api.applications.queries.application_row", broken)
    told = world.as_role("clerk").get("/applications/A1")
    assert told.status_code == 500
    assert told.headers["x-request-id"] in told.json()["detail"]
    assert told.headers["x-content-type-options"] == "nosniff"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written, with the loggers put back as they were."""
    root = logging.getLogger()
    kept = [
        (logger, logger.level, logger.handlers, logger.propagate)
        for logger in (
            root,
            *map(logging.getLogger, ("passerelle", "uvicorn", "uvicorn.error", "uvicorn.access")),
        )
    ]
    stream = io.StringIO()
    write_json_lines(stream)
    yield stream
    for logger, level, handlers, propagate in kept:
        logger.setLevel(level)
        logger.handlers, logger.propagate = handlers, propagate


def test_a_request_is_one_line_of_json_that_names_nobody(
    world: World, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk: Caller = world.as_role("clerk")
    told = clerk.get("/applications?q=Exemple")
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    (line,) = [w for w in written if w["event"] == "request"]
    assert line["request_id"] == told.headers["x-request-id"]
    assert (line["route"], line["status"], line["method"]) == ("/api/v1/applications", 200, "GET")
    assert set(line) == {
        "event", "level", "logger", "timestamp", "request_id",
        "method", "route", "status", "milliseconds",
    }  # fmt: skip
    assert "Exemple" not in lines.getvalue()


def test_of_an_error_only_kind_and_place_are_written(lines: io.StringIO) -> None:
    try:
        raise ZeroDivisionError("Zoé Exemple 85073003328")
    except ZeroDivisionError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    logging.getLogger("passerelle").warning("run %s", "run-1", extra={"family_name": "Exemple"})
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert first["event"].startswith("ZeroDivisionError at ")
    assert second["event"] == "run run-1"
    assert "Exemple" not in lines.getvalue()
