"""Signing in and out; what a wrong password, a pause and an ended session answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from allocation.errors import ProblemsError
from api.app import create_app
from api.auth.accounts import make_account
from tests.fixtures.service import NOW, OURS, Caller, World

PASSWORD = "a long pass phrase"


@pytest.fixture
def registered(world: World) -> World:
    with world.service.database.writing() as connection:
        make_account(
            connection, "zoe", organisation_id=OURS, role="clerk", name="Zoé", password=PASSWORD
        )
    return world


def signed_in(world: World, password: str = PASSWORD, login: str = "zoe") -> int:
    told = world.anonymous.post("/session", {"login": login, "password": password})
    return int(told.status_code)


def later(world: World, minutes: int) -> World:
    service = replace(world.service, now=lambda: NOW + timedelta(minutes=minutes))
    return World(service, TestClient(create_app(service)))


def test_a_session_lasts_until_it_is_closed(registered: World) -> None:
    token = registered.anonymous.post("/session", {"login": "zoe", "password": PASSWORD}).json()
    caller = Caller(registered.client, {"authorization": f"Bearer {token['token']}"})
    me = caller.get("/session").json()
    assert (me["organisation_id"], me["role"]) == (OURS, "clerk")
    assert caller.send("DELETE", "/session").status_code == 204
    assert caller.get("/session").status_code == 401


def test_a_session_ends_after_its_minutes(registered: World) -> None:
    token = registered.anonymous.post("/session", {"login": "zoe", "password": PASSWORD}).json()
    headers = {"authorization": f"Bearer {token['token']}"}
    for minutes, status in ((token["minutes"] - 1, 200), (token["minutes"], 401)):
        world = later(registered, minutes)
        assert Caller(world.client, headers).get("/session").status_code == status


def test_five_wrong_passwords_close_the_account_for_a_quarter_of_an_hour(
    registered: World,
) -> None:
    assert [signed_in(registered, "wrong") for _ in range(5)] == [401] * 5
    assert signed_in(registered) == 401
    assert signed_in(later(registered, 14)) == 401
    assert signed_in(later(registered, 15)) == 201


def test_an_unknown_login_answers_like_a_wrong_password(registered: World) -> None:
    told = [
        registered.anonymous.post("/session", {"login": login, "password": "wrong"})
        for login in ("zoe", "nobody")
    ]
    assert told[0].status_code == told[1].status_code == 401
    assert told[0].json() == told[1].json()


def test_an_account_is_refused_with_every_fault_at_once(world: World) -> None:
    with world.service.database.writing() as connection, pytest.raises(ProblemsError) as refused:
        make_account(
            connection, "x", organisation_id="nowhere", role="king", name="x", password="short"
        )
    assert [p.code for p in refused.value.problems] == [
        "account.no_organisation",
        "account.short_password",
        "account.unknown_role",
    ]
