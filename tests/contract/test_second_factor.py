"""A second factor: confirmed before it counts, each code good once, taken away by who may."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.accounts import make_account
from api.auth.totp import code_at, step_of
from tests.fixtures.service import NOW, OURS, THEIRS, Caller, World

PASSWORD = "a long pass phrase"
Signed = tuple[Caller, bytes, list[str]]


def sign_in(world: World, code: str = "", password: str = PASSWORD) -> Any:
    entry = {"login": "zoe", "password": password, "code": code}
    return world.anonymous.post("/session", entry)


def caller(world: World, told: Any) -> Caller:
    return Caller(world.client, {"authorization": f"Bearer {told.json()['token']}"})


def later(world: World, seconds: int) -> World:
    service = replace(world.service, now=lambda: NOW + timedelta(seconds=seconds))
    return World(service, TestClient(create_app(service), raise_server_exceptions=False))


def now_code(secret: bytes, world: World) -> str:
    return code_at(secret, step_of(world.service.now()))


@pytest.fixture
def zoe(world: World) -> Signed:
    """Zoé's session, her secret and her recovery codes."""
    with world.service.database.writing() as connection:
        make_account(
            connection, "zoe", organisation_id=OURS, role="clerk", name="Zoé", password=PASSWORD
        )
    me = caller(world, sign_in(world))
    begun = me.post("/session/second-factor")
    assert begun.status_code == 201
    secret = base64.b32decode(begun.json()["secret"])
    assert sign_in(world).status_code == 201  # not confirmed: not asked for
    wrong = me.post("/session/second-factor/confirmation", {"code": "abcdef"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "auth.code_refused")
    told = me.post("/session/second-factor/confirmation", {"code": now_code(secret, world)})
    return me, secret, told.json()["codes"]


def test_the_password_alone_lets_nobody_in(world: World, zoe: Signed) -> None:
    for password, code in ((PASSWORD, "auth.second_factor_needed"), ("wrong", "auth.refused")):
        told = sign_in(world, password=password)
        assert (told.status_code, told.json()["code"]) == (401, code)


def test_a_code_lets_in_once(world: World, zoe: Signed) -> None:
    soon = later(world, 30)
    code = now_code(zoe[1], soon)
    assert [sign_in(soon, code).status_code for _ in range(2)] == [201, 401]


def test_a_recovery_code_lets_in_once(world: World, zoe: Signed) -> None:
    assert len(set(zoe[2])) == 10
    assert [sign_in(world, zoe[2][0].upper()).status_code for _ in range(2)] == [201, 401]
    assert sign_in(world, zoe[2][1]).status_code == 201


def test_wrong_codes_close_the_account_for_a_while(world: World, zoe: Signed) -> None:
    assert [sign_in(world, "000000x").status_code for _ in range(5)] == [401] * 5
    soon = later(world, 60)
    assert sign_in(soon, now_code(zoe[1], soon)).status_code == 401
    after = later(world, 16 * 60)
    assert sign_in(after, now_code(zoe[1], after)).status_code == 201


def test_a_factor_in_use_is_not_replaced_by_who_only_has_the_session(
    world: World, zoe: Signed
) -> None:
    told = zoe[0].post("/session/second-factor")
    assert (told.status_code, told.json()["code"]) == (409, "auth.second_factor_present")


def test_an_administrator_takes_it_away_and_the_journal_says_so(world: World, zoe: Signed) -> None:
    administrator = world.as_role("administrator")
    (found,) = [a for a in administrator.get("/accounts").json()["items"] if a["login"] == "zoe"]
    assert found["has_second_factor"]
    path = f"/accounts/{found['account_id']}/second-factor"
    stranger = world.as_role("administrator", THEIRS)
    assert stranger.send("DELETE", path).status_code == 404
    assert administrator.send("DELETE", path).status_code == 204
    assert zoe[0].get("/session").status_code == 401
    assert sign_in(world).status_code == 201
    entries = world.as_role("manager").get("/journal?limit=200").json()["items"]
    acts = [e["act"] for e in entries if e["subject"] == found["account_id"]]
    assert acts == ["account.second_factor_set", "account.second_factor_taken_away"]


def test_sessions_are_listed_and_closed_one_by_one(world: World) -> None:
    first, second = (world.as_role("clerk") for _ in range(2))
    listed = first.get("/sessions").json()["items"]
    assert [s["is_this"] for s in listed].count(True) == 1
    (this,) = [s["session_id"] for s in listed if s["is_this"]]
    assert second.send("DELETE", f"/sessions/{this}").status_code == 204
    assert first.get("/session").status_code == 401
    assert second.get("/session").status_code == 200
    assert world.as_role("manager").send("DELETE", f"/sessions/{this}").status_code == 204


def test_a_session_of_somebody_else_is_not_closed(world: World) -> None:
    clerk = world.as_role("clerk")
    (mine,) = [s for s in clerk.get("/sessions").json()["items"] if s["is_this"]]
    world.as_role("manager").send("DELETE", f"/sessions/{mine['session_id']}")
    assert clerk.get("/session").status_code == 200
