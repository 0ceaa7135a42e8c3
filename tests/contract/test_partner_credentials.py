"""What a partner's programs sign in with: tokens and keys, their scopes, their end."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from fastapi.testclient import TestClient

from allocation.errors import ProblemsError
from api.access import SCOPE_OF, SCOPES
from api.app import create_app
from api.auth import tokens
from api.auth.credentials import CLIENT, KEY, Made, make_credential, make_partner, revoke, rotate
from api.db.tables.journal import journal_entry
from api.db.tables.partners import credential, signing_key
from tests.fixtures.service import NOW, OURS, Caller, World

FORM = {"content-type": "application/x-www-form-urlencoded", "accept-language": "en"}


def made(world: World, kind: str = CLIENT, scopes: Sequence[str] = SCOPES) -> Made:
    with world.service.database.writing() as connection:
        return make_credential(connection, "P1", kind=kind, scopes=scopes, now=NOW)


def asked(world: World, client: Made, **changes: str):  # type: ignore[no-untyped-def]
    form = {
        "grant_type": "client_credentials",
        "client_id": client.credential_id,
        "client_secret": client.secret,
    }
    return world.client.post("/oauth/token", data=form | changes, headers=FORM)


def caller(world: World, token: str) -> Caller:
    return Caller(world.client, {"authorization": f"Bearer {token}", "accept-language": "en"})


def after(world: World, **time: float) -> World:
    service = replace(world.service, now=lambda: NOW + timedelta(**time))
    return World(service, TestClient(create_app(service)))


def status(world: World, token: str) -> int:
    return int(caller(world, token).get("/session").status_code)


def test_a_client_gets_a_token_for_its_partner(world: World) -> None:
    told = asked(world, made(world)).json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 900)
    me = caller(world, told["access_token"]).get("/session").json()
    assert (me["organisation_id"], me["role"]) == ("P1", "partner")


def test_the_client_may_say_who_it_is_by_http_basic(world: World) -> None:
    client = made(world)
    said = base64.b64encode(f"{client.credential_id}:{client.secret}".encode()).decode()
    told = world.client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers=FORM | {"authorization": f"Basic {said}"},
    )
    assert told.status_code == 200


def test_what_is_wrong_with_a_request_for_a_token_is_said_in_oauths_own_words(
    world: World,
) -> None:
    client = made(world, scopes=["agreements:read"])
    twice = b"grant_type=client_credentials&grant_type=client_credentials"
    unknown = replace(client, credential_id="cli-none")
    cases = [
        (asked(world, client, client_secret="pcs_wrong"), 401, "invalid_client"),
        (asked(world, unknown), 401, "invalid_client"),
        (asked(world, client, grant_type="password"), 400, "unsupported_grant_type"),
        (asked(world, client, scope="webhooks:write"), 400, "invalid_scope"),
        (world.client.post("/oauth/token", json={}), 400, "invalid_request"),
        (world.client.post("/oauth/token", content=twice, headers=FORM), 400, "invalid_request"),
    ]  # fmt: skip
    for told, status_code, error in cases:
        assert (told.status_code, told.json()["error"]) == (status_code, error)
    assert cases[0][0].json() == cases[1][0].json()


def test_a_token_ends_after_its_quarter_of_an_hour_but_for_the_skew_of_clocks(
    world: World,
) -> None:
    token = asked(world, made(world)).json()["access_token"]
    seconds = {-61: 401, -59: 200, 0: 200, 959: 200, 961: 401}
    assert {s: status(after(world, seconds=s), token) for s in seconds} == seconds


def test_a_token_that_was_changed_is_refused(world: World) -> None:
    token = asked(world, made(world)).json()["access_token"]
    header, body, signature = token.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    other = asked(world, made(world, scopes=["agreements:read"])).json()["access_token"]
    for forged in (
        f"{header}.{other.split('.')[1]}.{signature}",
        f"{unsigned}.{body}.",
        f"{header}.{body}.{'A' * 86}",
        f"{header}.{body}",
        "é.é.é",
        "x",
        "",
    ):
        told = world.client.get(
            "/api/v1/session", headers={"authorization": f"Bearer {forged}".encode("latin-1")}
        )
        assert told.status_code == 401, forged


def test_signing_keys_renew_themselves_and_the_former_verifies_its_last_tokens(
    world: World,
) -> None:
    client = made(world)
    almost = after(world, days=30, minutes=-1)
    before = asked(world, client).json()["access_token"]
    last = asked(almost, client).json()["access_token"]
    fresh = asked(after(world, days=30, minutes=1), client).json()["access_token"]
    kids = [json.loads(base64.b64decode(t.split(".")[0] + "=="))["kid"] for t in (last, fresh)]
    assert kids[0] != kids[1]
    for token in (last, fresh):
        assert status(after(world, days=30, minutes=2), token) == 200
    assert status(after(world, days=30, minutes=2), before) == 401
    asked(after(world, days=31), client)
    with world.service.database.reading() as connection:
        assert list(connection.scalars(sa.select(signing_key.c.kid))) == kids[1:]


def test_the_private_key_is_not_readable_in_the_database(world: World) -> None:
    token = asked(world, made(world)).json()["access_token"]
    with world.service.database.reading() as connection:
        assert tokens.claims_of(connection, token, secret=b"s" * 32, now=NOW)
        with pytest.raises(InvalidTag):
            tokens.claims_of(connection, token, secret=b"t" * 32, now=NOW)


def test_a_key_is_sent_as_it_is(world: World) -> None:
    key = made(world, KEY)
    assert caller(world, key.secret).get("/session").json()["actor_id"] == key.credential_id
    for wrong in (key.secret + "x", "ppk_", f"ppk_{key.credential_id}_x"):
        assert status(world, wrong) == 401


def test_a_client_is_not_a_key_nor_a_key_a_client(world: World) -> None:
    client, key = made(world), made(world, KEY)
    assert status(world, client.secret) == 401
    assert asked(world, key).status_code == 401


def test_a_secret_is_kept_as_its_hash_alone(world: World) -> None:
    key = made(world, KEY)
    with world.service.database.reading() as connection:
        row = connection.execute(sa.select(credential)).one()
        entries = connection.execute(sa.select(journal_entry)).all()
    assert key.secret not in str(row) + str(entries)
    assert entries[-1].act == "partner.credential_made"


def test_a_former_secret_is_good_for_a_day_after_its_rotation(world: World) -> None:
    key = made(world, KEY)
    with world.service.database.writing() as connection:
        renewed = rotate(connection, key.credential_id, now=NOW)
    for hours, expected in ((0, 200), (23, 200), (24, 401)):
        then = after(world, hours=hours)
        assert (status(then, key.secret), status(then, renewed.secret)) == (expected, 200)


def test_revoking_ends_the_tokens_already_given(world: World) -> None:
    client = made(world)
    token = asked(world, client).json()["access_token"]
    with world.service.database.writing() as connection:
        revoke(connection, client.credential_id, now=NOW)
    assert status(world, token) == 401
    assert asked(world, client).status_code == 401


def test_a_program_does_what_its_scopes_say_and_nothing_else(world: World) -> None:
    key = made(world, KEY, ["events:read"])
    assert caller(world, key.secret).get("/session").json()["acts"] == ["events.read"]
    client = made(world)
    narrow = asked(world, client, scope="agreements:read").json()
    assert narrow["scope"] == "agreements:read"
    acts = caller(world, narrow["access_token"]).get("/session").json()["acts"]
    assert acts == sorted(act for act, scope in SCOPE_OF.items() if scope == "agreements:read")
    assert "agreements.read" in acts
    assert "events.read" not in acts


def test_credentials_are_for_partners_alone(world: World) -> None:
    with world.service.database.writing() as connection:
        assert not make_partner(connection, "P1", name="P1")
        with pytest.raises(ProblemsError):
            make_partner(connection, OURS, name="x")
        with pytest.raises(ProblemsError) as refused:
            make_credential(connection, OURS, kind=KEY, scopes=["all"], now=NOW)
    assert [p.code for p in refused.value.problems] == [
        "partner.not_a_partner",
        "partner.unknown_scope",
    ]
