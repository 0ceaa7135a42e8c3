"""A creating request sent again is done once, also when both are sent at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from api.db.tables.meetings import meeting
from tests.contract.matrix import PLAN
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
