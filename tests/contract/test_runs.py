"""Work asked for is done once, survives its worker, can be called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from allocation.errors import HousingError
from api.applications.work import WORK_OUT_LIST, touch
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.jobs import run
from api.jobs import ask
from api.jobs.worker import ATTEMPTS, LOST, Finish, Worker
from api.service import Service
from tests.fixtures.service import NOW, OURS, World

CLERK = Actor(f"acc-{OURS}-clerk", OURS, "slsp", "clerk")


class RefusedError(HousingError):
    code = "cursor.invalid"


def asked(world: World, kind: str = "test") -> str:
    with world.service.database.writing() as connection:
        return ask(connection, kind, subject="S", actor=CLERK, now=NOW)


def state(world: World, run_id: str) -> dict[str, Any]:
    return dict(world.as_role("clerk").get(f"/runs/{run_id}").json())


def worker(world: World, *, finishing: Any = None, minutes: int = 0) -> Worker:
    def handler(service: Service, row: Row) -> Finish:
        return finishing or (lambda connection: {"subject": row.subject})

    later = replace(world.service, now=lambda: NOW + timedelta(minutes=minutes))
    return Worker(later, {"test": handler})


def test_a_run_is_done_once(world: World) -> None:
    run_id = asked(world)
    assert worker(world).run_once()
    assert state(world, run_id)["result"] == {"subject": "S"}
    assert not worker(world).run_once()


def test_the_effect_and_the_end_of_a_run_are_one(world: World) -> None:
    def half(connection: sa.Connection) -> dict[str, Any]:
        connection.execute(run.update().values(subject="half done"))
        raise RefusedError("no")

    run_id = asked(world)
    worker(world, finishing=half).run_once()
    told = state(world, run_id)
    assert (told["state"], told["error"], told["subject"]) == ("failed", "cursor.invalid", "S")
    assert told["detail"]


def test_a_fault_of_ours_fails_the_run_and_not_the_worker(world: World) -> None:
    def broken(_: sa.Connection) -> dict[str, Any]:
        raise ZeroDivisionError("Zoé")

    run_id = asked(world)
    assert worker(world, finishing=broken).run_once()
    assert state(world, run_id)["error"] == "service.internal"


def test_a_run_whose_worker_died_is_taken_up_again(world: World) -> None:
    run_id = asked(world)
    assert worker(world)._take() is not None  # and then killed
    assert not worker(world).run_once()
    after = LOST / timedelta(minutes=1) + 1
    assert worker(world, minutes=int(after)).run_once()
    assert state(world, run_id)["state"] == "done"


def test_a_worker_that_was_given_up_writes_nothing(world: World) -> None:
    run_id = asked(world)
    slow = worker(world)
    taken = slow._take()
    assert taken is not None
    worker(world, minutes=5).run_once()
    slow._end(taken, lambda _: pytest.fail("done twice"))
    assert state(world, run_id)["state"] == "done"


def test_a_run_that_keeps_killing_its_worker_is_given_up(world: World) -> None:
    run_id = asked(world)
    for n in range(ATTEMPTS):
        assert worker(world, minutes=n * 5)._take() is not None
    assert worker(world, minutes=60)._take() is None
    assert state(world, run_id)["error"] == "run.lost"


def test_a_run_called_off_has_no_effect(world: World) -> None:
    clerk = world.as_role("clerk")
    waiting = asked(world)
    assert clerk.post(f"/runs/{waiting}/cancel").json()["state"] == "cancelled"
    begun = asked(world)
    doing = worker(world)
    taken = doing._take()
    assert taken is not None
    assert clerk.post(f"/runs/{begun}/cancel").json()["state"] == "running"
    doing._end(taken, lambda _: pytest.fail("called off"))
    assert state(world, begun)["state"] == "cancelled"


def test_the_list_follows_the_register(world: World) -> None:
    clerk = world.as_role("clerk")
    with world.service.database.writing() as connection:
        touch(connection, OURS, actor=CLERK, service=world.service)
    assert not clerk.get("/applications").json()["standing"]["is_current"]
    world.work()
    told = clerk.get("/applications").json()["standing"]
    assert (told["is_current"], told["version"]) == (True, 2)


def test_work_that_nobody_has_begun_is_asked_for_once(world: World) -> None:
    assert asked(world, WORK_OUT_LIST) == asked(world, WORK_OUT_LIST)
