"""Every refusal has one shape, one media type, and words in the reader's language."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.wording import LANGUAGES, catalogue
from api.errors import STATUS
from tests.fixtures.service import World

SHAPE = {"type", "title", "status", "code", "detail", "errors"}


def test_every_refusal_has_one_shape(world: World) -> None:
    clerk, anonymous = world.as_role("clerk"), world.anonymous
    refusals = {
        "auth.required": anonymous.get("/applications"),
        "access.denied": world.as_role("partner").get("/applications"),
        "access.absent": clerk.get("/applications/none"),
        "cursor.invalid": clerk.get("/applications?cursor=x"),
        "input.refused": clerk.get("/applications?limit=0"),
        "http.no_such_page": clerk.get("/nowhere"),
        "http.method": clerk.post("/applications/A1", {}),
    }
    for code, told in refusals.items():
        assert told.headers["content-type"] == "application/problem+json", code
        problem = told.json()
        assert set(problem) == SHAPE
        assert (problem["code"], problem["status"]) == (code, told.status_code)
        assert problem["type"] == f"urn:passerelle:{code}"


def test_bodies_are_refused_for_what_they_are(world: World) -> None:
    json = {"content-type": "application/json"}
    cases = {
        b'{"login": "a", "password": "b"': "input.not_json",
        b'{"login": 3, "password": "b"}': "input.text",
        b'{"login": "a", "password": "b", "admin": true}': "input.unknown_field",
        b'{"login": "a"}': "input.missing",
    }
    for content, code in cases.items():
        told = world.anonymous.send("POST", "/session", content=content, headers=json)
        assert told.status_code == 422, (content[:40], told.text)
        assert [fault["code"] for fault in told.json()["errors"]] == [code]


def test_a_body_nested_too_deep_is_refused(world: World) -> None:
    json = {"content-type": "application/json"}
    told = world.anonymous.send("POST", "/session", content=b"[" * 100_000, headers=json)
    assert (told.status_code, told.json()["code"]) == (400, "http.refused")


def test_a_body_that_is_not_json_or_too_large_is_refused(world: World) -> None:
    form = world.anonymous.send("POST", "/session", data={"login": "a", "password": "b"})
    assert (form.status_code, form.json()["code"]) == (415, "http.media_type")
    huge = b'{"login": "' + b"a" * world.service.settings.max_body_bytes + b'"}'
    json = {"content-type": "application/json"}
    for content in (huge, iter([huge])):  # announced, or sent without its length
        told = world.anonymous.send("POST", "/session", content=content, headers=json)
        assert (told.status_code, told.json()["code"]) == (413, "http.too_large")


def test_what_was_sent_is_never_repeated(world: World) -> None:
    told = world.anonymous.post("/session", {"login": ["Zoé Exemple"], "password": "x"})
    assert "Zo" not in told.text


@pytest.mark.parametrize(
    ("wish", "language"),
    [("en", "en"), ("nl-BE,fr;q=0.5", "nl"), ("ja, de;q=0.1", "de"), ("", "fr"), ("*", "fr")],
)
def test_sentences_follow_the_readers_language(world: World, wish: str, language: str) -> None:
    told = world.client.get("/api/v1/session", headers={"accept-language": wish})
    assert told.json()["detail"] == catalogue(language).text("auth.required")


def test_an_unforeseen_error_tells_a_reference_and_logs_no_data(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Zoé Exemple")

    monkeypatch.setattr("api.applications.queries.application_row", broken)
    with caplog.at_level(logging.ERROR, logger="passerelle"):
        told = world.as_role("clerk").get("/applications/A1")
    assert told.status_code == 500
    reference = caplog.records[-1].getMessage().split()[2].rstrip(":")
    assert reference in told.json()["detail"]
    assert "Zo" not in caplog.records[-1].getMessage() + told.text


def test_a_database_that_does_not_answer_is_said_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("", {}, Exception("gone"))

    clerk = world.as_role("clerk")
    monkeypatch.setattr("api.applications.queries.application_row", away)
    told = clerk.get("/applications/A1")
    assert (told.status_code, told.json()["code"]) == (503, "database.away")


def test_safe_headers_are_on_every_answer(world: World) -> None:
    for told in (world.anonymous.get("/healthz"), world.anonymous.get("/nowhere")):
        assert told.headers["x-content-type-options"] == "nosniff"
        assert told.headers["cache-control"] == "no-store"
        assert len(told.headers["x-request-id"]) == 16


def codes_of(kind: type[HousingError]) -> set[str]:
    found = {kind.code} if kind.__module__.startswith("api.") else set()
    return found.union(*(codes_of(sub) for sub in kind.__subclasses__()))


def test_every_code_of_the_service_has_a_sentence_in_four_languages() -> None:
    codes = codes_of(HousingError) | set(STATUS)
    assert len(codes) > 8
    for language in LANGUAGES:
        words = catalogue(language)
        assert not [code for code in codes if code not in words]
        assert not [s for s in STATUS.values() if f"service.status.{s}" not in words]
