"""A creating request sent again is done once, also when both are sent at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from api.db.tables.meetings import meeting
from api.db.tables.metadata import metadata
from tests.contract.matrix import PLAN
from tests.contract.test_matrix import MATRIX, filled
from tests.fixtures.service import OURS, World

KEY = {"Idempotency-Key": "a-key-of-mine"}


def n_meetings(world: World) -> int:
    with world.service.database.reading() as connection:
        ours = meeting.c.register_id == OURS
        return int(connection.scalar(sa.select(sa.func.count()).where(ours)) or 0)


def test_the_same_request_again_gets_the_same_answer(world: World) -> None:
    clerk, before = world.as_role("clerk"), n_meetings(world)
    first, second = (clerk.post("/meetings", PLAN, headers=KEY) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert n_meetings(world) == before + 1


def test_the_same_key_for_another_request_is_refused(world: World) -> None:
    clerk = world.as_role("clerk")
    clerk.post("/meetings", PLAN, headers=KEY)
    told = clerk.post("/meetings", PLAN | {"mode": "serial"}, headers=KEY)
    assert (told.status_code, told.json()["code"]) == (409, "idempotency.other_request")


def test_a_key_is_of_one_caller(world: World) -> None:
    before = n_meetings(world)
    for role in ("clerk", "manager"):
        assert world.as_role(role).post("/meetings", PLAN, headers=KEY).status_code == 201
    assert n_meetings(world) == before + 2


def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    clerk = world.as_role("clerk")
    assert clerk.post("/meetings", PLAN | {"mode": "both"}, headers=KEY).status_code == 422
    assert clerk.post("/meetings", PLAN, headers=KEY).status_code == 201


def test_requests_at_the_same_moment_are_done_once(world: World) -> None:
    clerk, before = world.as_role("clerk"), n_meetings(world)
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(clerk.post, "/meetings", PLAN, headers=KEY) for _ in range(4)]
    told = [s.result() for s in sent]
    assert {t.status_code for t in told} == {201}
    assert len({t.json()["meeting_id"] for t in told}) == 1
    assert n_meetings(world) == before + 1


# Calls that do it again when sent again without a key, and why they take none.
WITHOUT_KEY = {
    "POST /api/v1/session": "a token is shown once and kept nowhere: there is no answer to keep",
    "POST /api/v1/session/second-factor": "a secret shown once; another takes its place",
    "POST /api/v1/calendars": "its address is the key to it, shown once and kept as a hash",
    "POST /api/v1/household-views": "nobody knows who gave a view, nor when: a key would tell",
    "POST /api/v1/webhooks/{webhook_id}/test": "whoever tries an address wants another message",
}


def test_what_is_sent_again_without_a_key_is_done_once(world: World) -> None:
    """A route takes a key, or changes nothing when sent again, or is an exception with reason."""
    document = world.anonymous.get("/openapi.json").json()
    posts = {f"POST {path}" for path, methods in document["paths"].items() if "post" in methods}
    without = {operation for operation in posts if not takes_key(document, operation)}
    assert set(WITHOUT_KEY) <= without
    faults = []
    for operation in sorted((without & set(MATRIX)) - set(WITHOUT_KEY)):
        row, ids = MATRIX[operation], world.ids
        role = sorted(row.roles)[0]
        path, body = filled(row, ids, role)
        caller = world.as_role(role, "P1" if role == "partner" else OURS)
        first = caller.post(path, body, headers=row.headers)
        before = n_rows(world)
        again = caller.post(path, body, headers=row.headers)
        # Refused at first: for the state things are in, as it is once it was done.
        if n_rows(world) != before or first.status_code not in (200, 202, 204, 409):
            faults.append((operation, first.status_code, again.status_code, first.text[:200]))
    assert not faults, "\n".join(map(str, faults))


def takes_key(document: dict[str, Any], operation: str) -> bool:
    asked = document["paths"][operation.split()[1]]["post"].get("parameters", [])
    return "Idempotency-Key" in {parameter["name"] for parameter in asked}


def n_rows(world: World) -> dict[str, int]:
    with world.service.database.reading() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
