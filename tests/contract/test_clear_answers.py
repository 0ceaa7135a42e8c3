"""What goes wrong at the door is answered with a stable code and a sentence in four languages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from allocation.wording import LANGUAGES, catalogue
from api.app import create_app
from api.auth import tokens
from api.auth.credentials import CLIENT, make_credential, revoke
from tests.contract.matrix import MATRIX, PLAN
from tests.contract.test_matrix import filled
from tests.fixtures.partners import program_headers
from tests.fixtures.service import NOW, World

JSON = {"content-type": "application/json"}


def at(world: World, when: datetime) -> World:
    """The same service, its clock elsewhere."""
    service = replace(world.service, now=lambda: when)
    return World(service, TestClient(create_app(service)))


def token(world: World, *, given_at: datetime) -> dict[str, str]:
    with world.service.database.writing() as connection:
        client = make_credential(connection, "P1", kind=CLIENT, scopes=("events:read",), now=NOW)
        given = tokens.issue(
            connection,
            client.credential_id,
            ("events:read",),
            secret=world.service.secret,
            now=given_at,
        )
    return {"authorization": f"Bearer {given}"}


def session_over(world: World, language: dict[str, str]) -> Any:
    clerk = world.as_role("clerk")
    return at(world, NOW + timedelta(hours=9)).client.get(
        "/api/v1/session", headers=clerk.headers | language
    )


def get(world: World, path: str, headers: dict[str, str]) -> Any:
    return world.client.get(f"/api/v1{path}", headers=headers)


def key_of_another_request(world: World, language: dict[str, str]) -> Any:
    clerk, key = world.as_role("clerk"), {"Idempotency-Key": "mine"}
    clerk.post("/meetings", PLAN, headers=key)
    return clerk.post("/meetings", PLAN | {"mode": "serial"}, headers=key | language)


def key_ended(world: World, language: dict[str, str]) -> Any:
    headers = program_headers(world.service)
    with world.service.database.writing() as connection:
        revoke(connection, headers["authorization"].split("_")[1], now=NOW)
    return get(world, "/events", headers | language)


def posted(world: World, content: bytes, headers: dict[str, str]) -> Any:
    return world.as_role("clerk").send("POST", "/meetings", content=content, headers=headers)


Case = Callable[[World, dict[str, str]], Any]
CASES: dict[str, tuple[str, int, str, Case]] = {
    "no token": ("auth.required", 401, "", lambda w, wish: get(w, "/events", wish)),
    "session over": ("auth.token_over", 401, "", session_over),
    "token over": (
        "auth.token_over", 401, "",
        lambda w, wish: get(w, "/events", token(w, given_at=NOW - timedelta(minutes=17)) | wish),
    ),
    "token not yet begun": (
        "auth.token_over", 401, "",
        lambda w, wish: get(w, "/events", token(w, given_at=NOW + timedelta(seconds=61)) | wish),
    ),
    "key ended": ("auth.token_over", 401, "", key_ended),
    "a made-up token": (
        "auth.token_over", 401, "",
        lambda w, wish: get(w, "/events", {"authorization": "Bearer a.b.c"} | wish),
    ),
    "key of another request": ("idempotency.other_request", 409, "", key_of_another_request),
    "cursor": (
        "cursor.invalid", 400, "",
        lambda w, wish: w.as_role("clerk").get("/applications?cursor=x", headers=wish),
    ),
    "not JSON": (
        "http.media_type", 415, "service.http.media_type",
        lambda w, wish: posted(w, b"a=1", {"content-type": "text/plain"} | wish),
    ),
    "too deep": (
        "http.refused", 400, "service.http.refused",
        lambda w, wish: posted(w, b"[" * 100_000, JSON | wish),
    ),
    "too large": (
        "http.too_large", 413, "service.http.too_large",
        lambda w, wish: posted(w, b" " * 10_000_001, JSON | wish),
    ),
    "unknown field": (
        "input.refused", 422, "service.input_refused",
        lambda w, wish: posted(w, json.dumps(PLAN | {"mood": "good"}).encode(), JSON | wish),
    ),
    "a method": (
        "http.method", 405, "service.http.method",
        lambda w, wish: w.as_role("clerk").send("DELETE", "/meetings", headers=wish),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(CASES))
def test_it_is_answered_with_its_code_and_its_sentence(world: World, case: str) -> None:
    code, status, key, sent = CASES[case]
    for language in LANGUAGES:
        told = sent(world, {"accept-language": language})
        assert (told.status_code, told.json()["code"]) == (status, code), told.text
        assert told.json()["detail"] == catalogue(language).text(key or code)
        assert told.headers["content-type"] == "application/problem+json"


def test_clocks_a_minute_apart_agree(world: World) -> None:
    for given_at in (NOW + timedelta(seconds=59), NOW - timedelta(minutes=15, seconds=59)):
        assert get(world, "/events", token(world, given_at=given_at)).status_code == 200


def test_a_wrong_method_is_told_every_right_one(world: World) -> None:
    told = world.as_role("clerk").send("PATCH", "/session")
    assert told.headers["allow"] == "DELETE, GET, POST"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_a_nul_where_one_signs_in_is_refused_like_anything_unknown(world: World) -> None:
    header = encoded(b'{"alg":"ES256","kid":"a\\u0000","typ":"at+jwt"}')
    made_up = f"{header}.{encoded(b'{}')}.{encoded(b'0' * 64)}"
    told = get(world, "/events", {"authorization": f"Bearer {made_up}"})
    assert (told.status_code, told.json()["code"]) == (401, "auth.token_over")
    form = {"grant_type": "client_credentials", "client_id": "a\0", "client_secret": "b"}
    told = world.client.post("/oauth/token", data=form)
    assert (told.status_code, told.json()["error"]) == (400, "invalid_request")
    basic = base64.b64encode(b"a%00:b").decode()
    told = world.client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"authorization": f"Basic {basic}"},
    )
    assert (told.status_code, told.json()["error"]) == (401, "invalid_client")
    told = world.anonymous.post("/session", {"login": "a\0b", "password": "c"})
    assert told.status_code == 422


KINDS = {"another company": "maison-liegeoise", "a partner": "P2", "the Region": "region"}
# The commissioner is of the SWL; a service sends its own offers of contact; a run of a company is
# not called off from the Region (``test_meetings``).
NOT_OF_A_REGISTER = {
    "POST /api/v1/derogations/{derogation_id}/opinion",
    "POST /api/v1/contact-offers",
    "POST /api/v1/runs/{run_id}/cancel",
}
WRITES = [name for name, row in MATRIX.items() if not name.startswith("GET")]


def test_no_organisation_of_any_other_kind_changes_what_is_of_a_company(world: World) -> None:
    """Whatever the role: an account of the Region, or of a partner, acts on nothing of ours."""
    faults = []
    ids = world.ids
    for operation in WRITES:
        row = MATRIX[operation]
        if row.elsewhere == "own" or operation in NOT_OF_A_REGISTER:
            continue
        method = operation.split(maxsplit=1)[0]
        path, body = filled(row, ids)
        for kind, organisation in KINDS.items():
            for role in sorted(row.roles - {"partner"}):
                told = world.as_role(role, organisation).send(
                    method, path, json=body, headers=row.headers
                )
                if told.status_code not in (403, 404, row.elsewhere):
                    faults.append((operation, kind, role, told.status_code, told.text[:150]))
    assert not faults, "\n".join(str(f[:4]) for f in faults)
