"""Nonsense, route by route: each piece of a good request replaced by what cannot be taken."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

from api.cursors import write_cursor
from tests.contract.matrix import MATRIX, Row
from tests.contract.test_matrix import filled
from tests.fixtures.service import OURS, Caller, World

JSON = {"content-type": "application/json"}
TWICE = "input.field_twice"
NUL, IMMENSE = "a\x00b", 10**30
# Never taken, whatever the field: what PostgreSQL cannot hold, what no column is wide enough for.
OTHERS: tuple[Any, ...] = (IMMENSE, -IMMENSE, {"a": {"b": []}}, [[[]]], 1.5e308)
WITH_BODY = sorted(name for name, row in MATRIX.items() if row.body is not None)


# An association may weigh intensities of its own: these keys are its names.
OWN_NAMES = ("PUT /api/v1/accompaniment/settings", ("weights",))


def caller_of(world: World, row: Row) -> Caller:
    role = sorted(row.roles)[0]
    return world.as_role(role, "P1" if role == "partner" else OURS)


def leaves(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a body holds a value, objects and lists included."""
    if path:
        yield path
    members = dict(enumerate(body)) if isinstance(body, list) else body
    for key, value in members.items() if isinstance(members, dict) else ():
        yield from leaves(value, (*path, key))


def replaced(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    made = copy.deepcopy(body)
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made


def sent(world: World, operation: str) -> tuple[Caller, str, str, dict[str, str]]:
    row = MATRIX[operation]
    method = operation.split(maxsplit=1)[0]
    role = sorted(row.roles)[0]
    path = filled(row, world.ids, role)[0] if "{" in row.path else row.path
    return caller_of(world, row), method, path, row.headers


def test_no_piece_of_a_body_may_be_nonsense(world: World) -> None:
    faults, n_sent = [], 0
    for operation in WITH_BODY:
        body = MATRIX[operation].body
        caller, method, path, headers = sent(world, operation)
        for where in leaves(body):
            n_sent += 1
            # NUL everywhere; the others in turn, so that each meets hundreds of places.
            for nonsense in (NUL, OTHERS[n_sent % len(OTHERS)]):
                made = replaced(body, where, nonsense)
                told = caller.send(method, path, json=made, headers=headers)
                if told.status_code != 422:
                    faults.append((operation, where, nonsense, told.status_code, told.text))
    assert not faults


def test_no_object_of_a_body_takes_a_field_nobody_heard_of(world: World) -> None:
    faults = []
    for operation in WITH_BODY:
        body = MATRIX[operation].body
        caller, method, path, headers = sent(world, operation)
        for place in {where[:-1] for where in leaves(body) if isinstance(where[-1], str)}:
            if (operation, place) == OWN_NAMES:
                continue
            made = replaced(body, (*place, "unheard_of"), 1)
            told = caller.send(method, path, json=made, headers=headers)
            codes = {f["code"] for f in told.json().get("errors", [])}
            if told.status_code != 422 or "input.unknown_field" not in codes:
                faults.append((operation, place, told.status_code, told.text))
    assert not faults


class Doubled(dict[str, Any]):
    """An object that is written with every field twice."""

    def items(self) -> Any:
        return [*super().items(), *super().items()]


def test_no_object_of_a_body_may_give_a_field_twice(world: World) -> None:
    faults = []
    for operation in WITH_BODY:
        body = MATRIX[operation].body
        caller, method, path, headers = sent(world, operation)
        for place in {where[:-1] for where in leaves(body) if isinstance(where[-1], str)}:
            doubled = Doubled(reduce(lambda part, step: part[step], place, body))
            made = replaced(body, place, doubled) if place else doubled
            told = caller.send(method, path, content=json.dumps(made), headers=headers | JSON)
            found = {(f["path"], f["code"]) for f in told.json().get("errors", [])}
            at = "".join(f"/{step}" for step in place)
            if told.status_code != 422 or found != {(f"{at}/{f}", TWICE) for f in doubled}:
                faults.append((operation, place, told.status_code, told.text))
    assert not faults


def test_a_body_that_is_not_json_is_refused_for_what_it_is(world: World) -> None:
    for operation in WITH_BODY:
        check_refusal_of_what_is_not_json(world, operation)


def check_refusal_of_what_is_not_json(world: World, operation: str) -> None:
    caller, method, path, _ = sent(world, operation)
    cases = [
        (b"<a/>", {"content-type": "application/xml"}, 415, "http.media_type"),
        (b"a=1", {"content-type": "application/x-www-form-urlencoded"}, 415, "http.media_type"),
        (b"{}", {"content-type": ""}, 415, "http.media_type"),
        (b"{", JSON, 422, "input.refused"),
        (b"\xff\xfe", JSON, 422, "input.refused"),
        (b"[" * 100_000, JSON, 400, "http.refused"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, 400, "http.refused"),
        (b"1" * 10_000, JSON, 400, "http.refused"),  # a number of ten thousand digits
        (b"null", JSON, 422, "input.refused"),
        (b'"text"', JSON, 422, "input.refused"),
    ]
    for content, headers, status, code in cases:
        told = caller.send(method, path, content=content, headers=headers)
        assert (told.status_code, told.json()["code"]) == (status, code), (content[:20], told.text)


def test_a_body_larger_than_allowed_is_cut_off_on_every_route(world: World) -> None:
    huge = b'{"a": "' + b"a" * world.service.settings.max_body_bytes + b'"}'
    for operation in WITH_BODY[::6]:
        caller, method, path, _ = sent(world, operation)
        told = caller.send(method, path, content=huge, headers=JSON)
        assert (told.status_code, told.json()["code"]) == (413, "http.too_large")


def parameters(world: World, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    document = world.anonymous.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", []):
                if parameter["in"] == where and name in MATRIX:
                    yield name, parameter


def test_no_text_of_an_address_may_hold_a_nul_or_be_endless(world: World) -> None:
    n = 0
    for operation, parameter in parameters(world, "query"):
        caller, method, path, _ = sent(world, operation)
        for nonsense in ("a%00b", "9" * 30, "a" * 5_000):
            address = f"{path}{'&' if '?' in path else '?'}{parameter['name']}={nonsense}"
            told = caller.send(method, address)
            assert told.status_code < 500, (address, told.text)
            if nonsense in ("a%00b", "a" * 5_000):
                assert told.status_code in (400, 422), (address, told.text)
        n += 1
    assert n > 50


def test_no_identifier_in_an_address_may_hold_a_nul_or_be_endless(world: World) -> None:
    for operation in {name for name, _ in parameters(world, "path")}:
        row = MATRIX[operation]
        method, template = operation.split(maxsplit=1)
        place = template[template.index("{") : template.index("}") + 1]
        for nonsense in ("a%00b", "a" * 5_000, "%ff", "..%2f.."):
            address = template.replace(place, nonsense).removeprefix("/api/v1")
            for rest in ("agreement_id", "application_id", "name", "quota_id"):
                address = address.replace(f"{{{rest}}}", "A1")
            told = caller_of(world, row).send(method, address, json=row.body)
            # 403: an act of the network alone, whatever the network is called.
            assert told.status_code in (403, 404, 405, 422), (address, told.status_code, told.text)


def test_a_cursor_is_good_for_its_own_list_alone(world: World) -> None:
    """Not of another list, not of another reader, not changed, not made elsewhere."""
    asked = [name for name, p in parameters(world, "query") if p["name"] == "cursor"]
    assert len(asked) > 5
    foreign = write_cursor(["A1"], bound_to="elsewhere", secret=world.service.secret)
    for operation in asked:
        caller, method, path, _ = sent(world, operation)
        mark = "&" if "?" in path else "?"
        for cursor in ("x", "====", "AAAA", "é", foreign, foreign[:-2], "A" * 400):
            told = caller.send(method, f"{path}{mark}cursor={cursor}")
            assert (told.status_code, told.json()["code"]) == (400, "cursor.invalid"), (
                operation,
                cursor,
                told.text,
            )


def test_the_key_of_a_request_is_bounded(world: World) -> None:
    row = MATRIX["POST /api/v1/meetings"]
    headers = {"Idempotency-Key": "k" * 201}
    told = caller_of(world, row).post("/meetings", row.body, headers=headers)
    assert (told.status_code, told.json()["errors"][0]["code"]) == (422, "input.text_too_long")
