"""A partner never learns that another partner's candidate exists: two worlds answer the same."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from api.access import SCOPES
from api.db.tables.occupancies import occupancy
from tests.contract.matrix import CANDIDATE
from tests.contract.test_matrix import MATRIX, filled
from tests.fixtures.occupied import STAY
from tests.fixtures.partners import PARTNER, program_headers
from tests.fixtures.service import OURS, Caller, World
from tests.fixtures.two_worlds import AGREEMENT, BORN_ON, DWELLING, KEY, TwoWorlds
from tests.fixtures.two_worlds import CANDIDATE as THEIRS

# What is drawn at random, told as its kind.
_DRAWN = re.compile(
    r"(?<=[-_])(?:[0-9a-f]{8,}|[A-Za-z0-9_-]{30,})"
    r"|\b[0-9a-f]{16}\b|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}|\b[A-Z2-7]{32}\b"
)
_CURSOR = re.compile(r'(?<="next_cursor":")[^"]+')
_SECRET = re.compile(r"(?<=whsec_)[^\"]+|(?<=/calendars/)[^.\"]+")
# What three organisations share, by the charter they signed.
NETWORK = [f"/networks/{OURS}{part}" for part in ("", "/queue", "/report?year=2026")]
PARTNERS = {operation: row for operation, row in MATRIX.items() if "partner" in row.roles}
READS = {operation: row for operation, row in PARTNERS.items() if operation.startswith("GET ")}
# Parts of an address, and fields, that name no row of a partner: codes and organisations.
NOT_ROWS = {"name", "sequence", "partner_id", "operator_id", "member_id", "register_id"}
# Entries of the directory are everybody's to read.
PUBLISHED = {"service_id"}


@dataclass(frozen=True)
class Told:
    """An answer with what was drawn at random taken out, and what the database was asked."""

    status: int
    headers: dict[str, str]
    body: str
    asked: list[str]

    def said(self) -> tuple[int, dict[str, str], str]:
        """What the caller reads."""
        return self.status, self.headers, self.body


def send(
    world: World, caller: Caller, method: str, path: str, body: Any = None, **rest: Any
) -> Told:
    engine, asked = world.service.database.engine, []

    def hear(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        answer = caller.send(method, path, json=body, **rest)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    headers = {k: v for k, v in answer.headers.items() if k != "x-request-id"}
    kind = headers.get("content-type", "")
    text = answer.content.hex()
    if "json" in kind and answer.content:
        text = json.dumps(_in_order(json.loads(without_what_is_drawn(answer.text))))
    return Told(answer.status_code, headers, text, asked)


def _in_order(told: Any) -> Any:
    """What is listed by identifiers drawn at random, in one order."""
    if isinstance(told, dict):
        return {name: _in_order(value) for name, value in sorted(told.items())}
    if isinstance(told, list):
        found = [json.dumps(_in_order(one)) for one in told]
        is_drawn = any("*" in one for one in found)
        return [json.loads(one) for one in (sorted(found) if is_drawn else found)]
    return told


def without_what_is_drawn(text: str) -> str:
    return _DRAWN.sub("*", _SECRET.sub("*", _CURSOR.sub(_place_of_cursor, text)))


def _place_of_cursor(found: re.Match[str]) -> str:
    """What a cursor says, without the signature."""
    return base64.urlsafe_b64decode(found.group())[12:].decode().replace('"', "'")


def partner(world: World) -> Caller:
    return world.as_role("partner", PARTNER)


def program(world: World) -> Caller:
    return Caller(world.client, program_headers(world.service, PARTNER, SCOPES))


def both(worlds: TwoWorlds, method: str, path: str, body: Any = None, **rest: Any) -> list[Told]:
    """The same request in both worlds."""
    return [send(w, partner(w), method, path, body, **rest) for w in (worlds.quiet, worlds.busy)]


def lists(world: World) -> set[str]:
    """Routes that give a page at a time."""
    paths = world.anonymous.get("/openapi.json").json()["paths"]
    found = {p: m["get"].get("parameters", []) for p, m in paths.items() if "get" in m}
    return {f"GET {p}" for p, given in found.items() if any(x["name"] == "limit" for x in given)}


def reading(worlds: TwoWorlds, *, in_pages: bool = True) -> Iterator[tuple[str, list[Told]]]:
    """Everything the partner can read, as a person and as a program, in both worlds."""
    short_lists = lists(worlds.quiet) if in_pages else set()
    callers = {"person": partner, "program": program}
    for who, calling in callers.items():
        pair = [(world, calling(world), ids) for world, ids in worlds.pairs()]
        for path in NETWORK:
            yield f"{path} ({who})", [send(w, c, "GET", path) for w, c, _ in pair]
        for operation, row in sorted(READS.items()):
            sent = [(w, c, filled(row, ids, "partner")[0]) for w, c, ids in pair]
            yield f"{operation} ({who})", [send(w, c, "GET", path) for w, c, path in sent]
            if operation in short_lists:
                short = [(w, c, f"{p}{'&' if '?' in p else '?'}limit=1") for w, c, p in sent]
                yield f"{operation} ({who}, a page)", [send(w, c, "GET", p) for w, c, p in short]


def compared(found: Iterator[tuple[str, list[Told]]]) -> list[str]:
    """Where the two worlds differ."""
    return [
        f"{what}\n  quiet: {one.status} {one.body}\n  busy:  {two.status} {two.body}"
        for what, (one, two) in found
        if one.said() != two.said()
    ]


def test_what_a_partner_reads_is_the_same(two_worlds: TwoWorlds) -> None:
    told = list(reading(two_worlds))
    statuses = {what: one.status for what, (one, _) in told if what.endswith("(person)")}
    assert len(statuses) == len(READS) + len(NETWORK)
    assert set(statuses.values()) == {200}, statuses
    faults = compared(iter(told))
    assert not faults, "\n".join(faults)


def acting(worlds: TwoWorlds) -> Iterator[tuple[str, list[Told]]]:
    """Every act of the matrix on the partner's own things, in both worlds."""
    callers = [(world, partner(world), ids) for world, ids in worlds.pairs()]
    for operation in sorted(set(PARTNERS) - set(READS), key=_removals_last):
        told, method = [], operation.split(maxsplit=1)[0]
        for world, caller, ids in callers:
            path, body = filled(PARTNERS[operation], ids, "partner")
            key = {"Idempotency-Key": operation}
            told.append(send(world, caller, method, path, body, headers=key))
        yield operation, told


def _removals_last(operation: str) -> tuple[bool, bool, str]:
    """What takes something away after what uses it; the session itself in the end."""
    removes = operation.startswith("DELETE") or operation.endswith("/withdrawal")
    return operation == "DELETE /api/v1/session", removes, operation


def test_what_a_partner_does_is_answered_the_same_and_so_is_what_it_reads_then(
    two_worlds: TwoWorlds,
) -> None:
    faults = compared(acting(two_worlds)) + compared(reading(two_worlds, in_pages=False))
    assert not faults, "\n".join(faults)


def foreign_values(worlds: TwoWorlds) -> dict[str, list[str]]:
    """Part of an address, or field of a body -> identifiers of the other partner's things."""
    ids = worlds.foreign
    return {
        "application_id": [THEIRS, ids["registered"]],
        "agreement_id": [AGREEMENT, ids["agreement"]],
        "dwelling_id": [DWELLING, "D6"],
        "occupancy_id": [ids["stay"]],
        "continues_id": [ids["stay"]],
        "from_event_id": [ids["event"]],
        **{f"{one}_id": [ids[one]] for one in _BY_THEIR_NAME},
        "place_offer_id": [ids["place"]],
    }


_BY_THEIR_NAME = (
    "consent", "contact_offer", "entry", "feed", "mandate", "network", "offer", "plan", "project",
    "referral", "session", "support", "webhook",
)  # fmt: skip


def addresses(operation: str, path: str, foreign: dict[str, list[str]]) -> Iterator[str]:
    """The address with identifiers of the other partner in every place but never nowhere."""
    parts = operation.split(maxsplit=1)[1].removeprefix("/api/v1").split("/")
    own, _, query = path.partition("?")
    choices = []
    for part, mine in zip(parts, own.split("/"), strict=True):
        name = part[1:-1] if part.startswith("{") else ""
        is_row = name and name not in NOT_ROWS | PUBLISHED
        choices.append([mine, *foreign[name]] if is_row else [mine])
    for found in itertools.product(*choices):
        address = "/".join(found)
        if address != own:
            yield address + (f"?{query}" if query else "")


def fields(document: dict[str, Any], operation: str) -> Iterator[str]:
    """Fields of the body, or of the question, of an operation that name a row."""
    method, path = operation.split()
    told = document["paths"][path][method.lower()]
    names = [p["name"] for p in told.get("parameters", []) if p["in"] == "query"]
    content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    names += schema.get("properties", {})
    yield from (n for n in names if n.endswith("_id") and n not in NOT_ROWS | PUBLISHED)


def requests(
    operation: str, path: str, body: Any, foreign: dict[str, list[str]], named: list[str]
) -> Iterator[tuple[str, Any]]:
    """An operation with an identifier of the other partner, in each place there is for one."""
    yield from ((address, body) for address in addresses(operation, path, foreign))
    for name in named:
        for value in foreign[name]:
            if operation.startswith("GET "):
                yield f"{path.partition('?')[0]}?{name}={value}", None
            else:
                yield path, (body or {}) | {name: value}


def asking(worlds: TwoWorlds) -> Iterator[tuple[str, list[Told]]]:
    """Every operation with an identifier of the other partner: in one world it never existed."""
    foreign = foreign_values(worlds)
    document = worlds.quiet.anonymous.get("/openapi.json").json()
    callers = [(world, partner(world), ids) for world, ids in worlds.pairs()]
    for operation, row in sorted(PARTNERS.items()):
        named, method = list(fields(document, operation)), operation.split(maxsplit=1)[0]
        asked = [
            requests(operation, *filled(row, ids, "partner"), foreign, named)
            for _, _, ids in callers
        ]
        for pair in zip(*asked, strict=True):
            told = [
                send(world, caller, method, path, body)
                for (world, caller, _), (path, body) in zip(callers, pair, strict=True)
            ]
            yield f"{operation} {pair[1]}", told


def test_an_identifier_of_another_partner_is_one_that_never_existed(
    two_worlds: TwoWorlds,
) -> None:
    """The same answer, and the same questions put to the database: no clock tells more."""
    told = list(asking(two_worlds))
    assert len(told) > len(PARTNERS)
    faults = compared(iter(told))
    faults += [
        f"{what}\n  quiet: {one.asked}\n  busy:  {two.asked}"
        for what, (one, two) in told
        if one.asked != two.asked
    ]
    assert not faults, "\n".join(faults)


def test_the_same_batch_and_keys_are_answered_the_same(two_worlds: TwoWorlds) -> None:
    """What P2 presents already, a key it used, the place where its own feed ended."""
    ids = two_worlds.foreign
    lines = [
        CANDIDATE | {"application_id": one, "born_on": born_on, "agreement_id": agreement_id}
        for one in (THEIRS, "A2", "nobody", ids["registered"])
        for born_on in (BORN_ON, "1971-02-12")
        for agreement_id in ("C1", AGREEMENT)
    ]
    batch, feed = "/presentations/batch", f"/events?cursor={ids['cursor']}"
    told = [both(two_worlds, "POST", batch, {"items": lines}, headers=KEY) for _ in range(2)]
    (first, again), cursor = told, both(two_worlds, "GET", feed)
    assert json.loads(first[1].body)["presented"] == 1  # known by its date of birth, and unseen
    assert "idempotency-replayed" not in first[1].headers
    assert "idempotency-replayed" in again[1].headers
    assert cursor[1].status == 400
    faults = compared(iter([("first", first), ("again", again), ("cursor", cursor)]))
    assert not faults, "\n".join(faults)


def test_support_is_not_started_under_the_agreement_of_another_partner(
    two_worlds: TwoWorlds,
) -> None:
    """Its free places would be told, and taken."""
    lease = {"status": "standard_lease", "until_on": None}
    for world, _ in two_worlds.pairs():
        with world.service.database.writing() as connection:
            connection.execute(occupancy.update().where(occupancy.c.operator_id == PARTNER), lease)
    start = {"act": "start_support", "on": "2026-06-14"}
    told = [
        both(two_worlds, "POST", f"/occupancies/{STAY}/acts", start | {"agreement_id": named})
        for named in (AGREEMENT, "no-such-agreement")
    ]
    assert all(one.said() == told[0][0].said() for pair in told for one in pair)
    assert told[0][0].status == 404
