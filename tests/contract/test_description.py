"""The OpenAPI document: its form, its statuses, and examples that are taken as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.contract.matrix import MATRIX, PUBLIC
from tests.contract.test_matrix import filled
from tests.fixtures.service import OURS, World

Operation = dict[str, Any]


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.anonymous.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        yield from ((f"{method.upper()} {path}", found) for method, found in methods.items())


def contents(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place where JSON is sent or answered, named."""
    holders = [
        (f"{name} {what}", holder)
        for name, operation in operations(document)
        for what, holder in [
            ("body", operation.get("requestBody", {})),
            *operation["responses"].items(),
        ]
    ]
    holders += document["components"]["responses"].items()
    for name, holder in holders:
        for kind, content in holder.get("content", {}).items():
            if "json" in kind and content.get("schema"):
                yield name, content


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]


def test_every_body_and_answer_has_an_example_of_its_schema(document: dict[str, Any]) -> None:
    n = 0
    for name, content in contents(document):
        assert "example" in content, name
        schema = {"components": document["components"], **content["schema"]}
        found = Draft202012Validator(schema, format_checker=FormatChecker())
        faults = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in found.iter_errors(
            content["example"]
        )]  # fmt: skip
        assert not faults, (name, faults)
        n += 1
    assert n > len(MATRIX)


def test_the_example_of_every_body_is_taken_by_its_own_route(
    world: World, document: dict[str, Any]
) -> None:
    """It may name things that do not exist here; its form is never what is refused."""
    ids = world.ids
    for name, operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        method, path = name.split()
        caller = world.anonymous
        if name in MATRIX:
            row = MATRIX[name]
            role = sorted(row.roles)[0]
            caller = world.as_role(role, "P1" if role == "partner" else OURS)
            path, _ = filled(row, ids, role)
        told = caller.send(method, path.removeprefix("/api/v1"), json=body["example"])
        assert told.status_code < 500, (name, told.text)
        faults = told.json().get("errors", []) if told.status_code == 422 else []
        assert not [f for f in faults if f["code"].startswith("input.")], (name, told.text)


def test_only_what_is_signed_in_for_tells_of_401_and_403(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert bool(operation.get("security")) == (name not in PUBLIC), name
        assert ("403" in operation["responses"]) == (name not in PUBLIC), name


def test_a_refusal_is_described_as_problem_details_alone(document: dict[str, Any]) -> None:
    refused = document["components"]["responses"]
    assert {"Refused401", "Refused404", "Refused415", "Refused422"} <= set(refused)
    for response in refused.values():
        assert set(response["content"]) == {"application/problem+json"}
