"""Pages: signing in with a local account, and the verification of the journal in words."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy import event

from allocation.wording import LANGUAGES, catalogue
from api.access import ACTS
from api.auth.accounts import make_account
from api.db.tables.journal import journal_entry
from api.db.tables.register import allocations_ytd
from api.journal.rows import VOUCHED_FOR
from api.web.pages import DOORS
from tests.fixtures.service import OURS, World

PASSWORD = "a long pass phrase"
PAGE = "/journal/verification"


@pytest.fixture
def browser(world: World) -> TestClient:
    """A browser, and the account of a manager."""
    with world.service.database.writing() as connection:
        make_account(
            connection, "max", organisation_id=OURS, role="manager", name="Max", password=PASSWORD
        )
    return TestClient(world.client.app, follow_redirects=False, headers={"accept-language": "en"})


def sign_in(browser: TestClient, *, password: str = PASSWORD, **more: Any) -> Any:
    form = {"login": "max", "password": password, "next": PAGE}
    return browser.post("/session", data=form | more.pop("form", {}), **more)


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(browser: TestClient) -> None:
    sent = browser.get(f"{PAGE}?a=1&b=2")
    assert sent.headers["location"] == f"/session?next={PAGE}%3Fa%3D1%26b%3D2"
    form = browser.get(sent.headers["location"])
    assert f'name="next" value="{PAGE}?a=1&amp;b=2"' in form.text
    told = sign_in(browser)
    assert (told.status_code, told.headers["location"]) == (303, PAGE)
    cookie = told.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # no TLS here
    assert browser.get(PAGE).status_code == 200
    assert browser.get("/session").headers["location"] == "/"


def test_a_wrong_password_is_said_above_the_form(browser: TestClient) -> None:
    told = sign_in(browser, password="wrong <b>")
    assert told.status_code == 401
    assert catalogue("en").text("auth.refused") in told.text
    assert 'value="max"' in told.text
    assert "wrong" not in told.text
    assert browser.get(PAGE).status_code == 303


def test_a_session_is_closed_by_its_button(browser: TestClient) -> None:
    sign_in(browser)
    assert browser.post("/session/end").headers["location"] == "/session"
    assert browser.get(PAGE).status_code == 303


@pytest.mark.parametrize(
    "elsewhere", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_a_form_of_another_site_does_nothing(
    browser: TestClient, elsewhere: dict[str, str]
) -> None:
    assert sign_in(browser, headers=elsewhere).status_code == 403
    sign_in(browser, headers={"sec-fetch-site": "same-origin", "origin": "null"})
    assert browser.post("/session/end", headers=elsewhere).status_code == 403
    assert browser.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/a\n"]
)
def test_nobody_is_sent_on_to_another_site(browser: TestClient, address: str) -> None:
    assert sign_in(browser, form={"next": address}).headers["location"] == "/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_says_what_this_is_and_how_to_sign_in(
    browser: TestClient, language: str
) -> None:
    told = browser.get("/", headers={"accept-language": language})
    words = catalogue(language)
    assert told.status_code == 200
    assert words.text("home.title") in told.text
    assert 'href="/session"' in told.text
    assert 'href="/journal/verification"' not in told.text
    assert "<script" not in told.text


def test_the_first_page_opens_what_the_visitor_may_open(world: World, browser: TestClient) -> None:
    assert sign_in(browser, form={"next": ""}).headers["location"] == "/"
    told = browser.get("/").text
    assert catalogue("en").text("home.role.manager") in told
    for door in DOORS:
        is_open = not door.act or "manager" in ACTS[door.act]
        assert (door.address in told) == is_open, door


def test_every_door_of_the_first_page_leads_somewhere(browser: TestClient) -> None:
    document = browser.get("/api/v1/openapi.json").json()
    for door in DOORS:
        if door.call:
            found = [p for p in document["paths"] if door.address in (p, p.replace("{name}", "allocations"))]  # noqa: E501 # fmt: skip
            assert any(door.call.lower() in document["paths"][p] for p in found), door
        else:
            assert browser.get(door.address).status_code in (200, 303), door


def test_the_api_does_not_read_the_cookie(browser: TestClient) -> None:
    sign_in(browser)
    assert browser.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_that_the_journal_holds(browser: TestClient, language: str) -> None:
    sign_in(browser)
    told = browser.get(PAGE, headers={"accept-language": language})
    words = catalogue(language)
    assert words.text("journal_page.sound").replace("'", "&#39;") in told.text
    assert f'<html lang="{language}">' in told.text
    assert words.text("journal_page.anchors_caption").replace("'", "&#39;") in told.text
    assert "<script" not in told.text


def test_the_page_names_the_row_changed_behind_our_back(world: World, browser: TestClient) -> None:
    sign_in(browser)
    with world.service.database.writing() as connection:
        key = connection.scalar(sa.select(allocations_ytd.c.allocation_id).limit(1))
        mine = allocations_ytd.c.allocation_id == key
        connection.execute(allocations_ytd.update().where(mine).values(application_id="A2"))
    told = browser.get(PAGE).text
    assert catalogue("en").text("journal_page.rows_altered") in told
    assert catalogue("en").text("journal_page.unsound") not in told
    assert f"allocations_ytd {key}" in told
    assert "changed outside the service" in told


def test_the_page_names_the_first_broken_entry(world: World, browser: TestClient) -> None:
    sign_in(browser)
    with world.service.database.writing() as connection:
        broken = journal_entry.update().where(journal_entry.c.sequence == 1).values(subject="x")
        connection.execute(broken)
    told = browser.get(PAGE).text
    assert catalogue("en").text("service.journal.broken.content", sequence=1) in told
    assert "<dt>First entry that does not hold</dt><dd>1</dd>" in told
    assert catalogue("en").text("journal_page.unsound") in told
    assert "The rows were not compared" in told


def test_the_page_asks_the_database_little(world: World, browser: TestClient) -> None:
    sign_in(browser)
    asked: list[str] = []

    def hear(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(world.service.database.engine, "before_cursor_execute", hear)
    browser.get(PAGE)
    event.remove(world.service.database.engine, "before_cursor_execute", hear)
    # One for the chain and one for each table of rows that it vouches for.
    assert len(asked) <= 5 + len(VOUCHED_FOR), asked
