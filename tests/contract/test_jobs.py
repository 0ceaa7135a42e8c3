"""
One contract for every way of doing jobs: the embedded worker on both databases, procrastinate.

A killed worker is a process of its own, killed by the system in the middle of a run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from allocation.errors import HousingError
from api.app import create_app
from api.auth.actor import Actor
from api.db import Database
from api.db.engine import DatabaseAwayError
from api.db.tables.jobs import run as runs
from api.jobs import ask
from api.jobs.procrastination import (
    JobsUnavailableError,
    ProcrastinateWorker,
    make_tables,
    procrastinator_for,
)
from api.jobs.running import Run
from api.jobs.worker import LOST, Finish, Handler, Worker
from api.service import Service, now_utc
from api.settings import Settings
from tests.fixtures.databases import database_of
from tests.fixtures.service import OURS, World, made

CLERK = Actor(f"acc-{OURS}-clerk", OURS, "slsp", "clerk")
WAYS = ("embedded on sqlite", "embedded on postgresql", "procrastinate on postgresql")


def finishing(result: dict[str, Any]) -> Finish:
    return lambda _connection: result


def at_once(_service: Service, run: Run) -> Finish:
    return finishing({"subject": run.subject})


@dataclass
class Way:
    """A world, and how its jobs are done."""

    world: World
    name: str

    def worker(
        self, handler: Handler = at_once, *, now: Callable[[], datetime] = now_utc
    ) -> Worker | ProcrastinateWorker:
        """A worker that knows one kind of work."""
        kind: Any = ProcrastinateWorker if "procrastinate" in self.name else Worker
        worker: Worker | ProcrastinateWorker = kind(
            replace(self.world.service, now=now), {"test": handler}
        )
        return worker

    def work(self, handler: Handler = at_once, *, minutes: int = 0) -> None:
        """Do what waits, as if so many minutes had passed."""
        worker = self.worker(handler, now=lambda: now_utc() + timedelta(minutes=minutes))
        if isinstance(worker, ProcrastinateWorker):
            worker.work_off()
            return
        while worker.run_once():
            pass

    def ask(self, subject: str = "S") -> str:
        """Ask for work."""
        with self.world.service.database.writing() as connection:
            return ask(connection, "test", subject=subject, actor=CLERK, now=now_utc())

    def told(self, run_id: str) -> dict[str, Any]:
        """What the API says of a run."""
        return dict(self.world.as_role("clerk").get(f"/runs/{run_id}").json())

    def call_off(self, run_id: str) -> None:
        """Call a run off by the API."""
        assert self.world.as_role("clerk").post(f"/runs/{run_id}/cancel").status_code == 200

    def until(self, run_id: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the API tells it."""
        for _ in range(300):
            told = self.told(run_id)
            if is_so(told):
                return told
            time.sleep(0.1)
        raise AssertionError(told)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Way]:
    kind = "sqlite" if "sqlite" in request.param else "postgresql"
    for url in database_of(request, kind, tmp_path):
        database = Database.at(url)
        if "procrastinate" in request.param:
            make_tables(database)
            make_tables(database)  # there already: nothing is done
            database = replace(database, job_queue=procrastinator_for(database))
        for world in made(database):
            yield Way(world, request.param)
        database.close()


def test_a_run_is_done_once(way: Way) -> None:
    run_id = way.ask()
    way.work()
    assert way.told(run_id)["result"] == {"subject": "S"}
    assert way.told(run_id)["progress"] == 1
    way.work(lambda *_: pytest.fail("done twice"))


def test_an_act_that_is_undone_leaves_no_work(way: Way) -> None:
    def act() -> None:
        with way.world.service.database.writing() as connection:
            ask(connection, "test", subject="S", actor=CLERK, now=now_utc())
            raise JobsUnavailableError("undone")

    with pytest.raises(JobsUnavailableError):
        act()
    way.work(lambda *_: pytest.fail("there is nothing to do"), minutes=10)


def test_work_for_later_waits(way: Way) -> None:
    later = now_utc() + timedelta(hours=1)
    with way.world.service.database.writing() as connection:
        run_id = ask(connection, "test", subject="S", actor=CLERK, now=now_utc(), not_before=later)
    way.work(lambda *_: pytest.fail("too early"))
    assert way.ask() == run_id  # brought forward
    way.work()
    assert way.told(run_id)["state"] == "done"


def test_a_long_run_tells_how_far_it_is_and_is_called_off_at_its_next_step(way: Way) -> None:
    def long(_service: Service, run: Run) -> Finish:
        for step in range(1, 600):
            run.report(step / 600, "run.taken_over")
            time.sleep(0.05)
        return finishing({"late": True})

    run_id = way.ask()
    with way.worker(long).running():
        told = way.until(run_id, lambda told: told["progress"] > 0)
        assert told["state"] == "running"
        assert told["step"] == "This work was taken over by another process."
        way.call_off(run_id)
        told = way.until(run_id, lambda told: told["state"] != "running")
    assert (told["state"], told["result"], told["progress"] < 1) == ("cancelled", {}, True)


def test_a_refusal_is_told_and_the_next_run_is_done(way: Way) -> None:
    class RefusedError(HousingError):
        code = "cursor.invalid"

    def refusing(_service: Service, run: Run) -> Finish:
        if run.subject == "bad":
            raise RefusedError("no")
        return finishing({})

    bad, good = way.ask("bad"), way.ask("good")
    way.work(refusing)
    assert (way.told(bad)["state"], way.told(bad)["error"]) == ("failed", "cursor.invalid")
    assert way.told(good)["state"] == "done"


def test_a_run_whose_job_was_lost_is_found(way: Way) -> None:
    silent = replace(way.world.service.database, job_queue=None)  # as a command that tells nobody
    with silent.writing() as connection:
        run_id = ask(connection, "test", subject="S", actor=CLERK, now=now_utc())
    way.work(minutes=1)
    assert way.told(run_id)["state"] == "done"


DOOMED = """
import sys, time
from api.db import Database
from api.jobs.procrastination import ProcrastinateWorker
from api.jobs.worker import Worker
from api.service import Service
from api.settings import Settings

def endless(service, run):
    run.report(0.5, "run.taken_over")
    print("begun", flush=True)
    time.sleep(600)

kind = ProcrastinateWorker if sys.argv[2] == "procrastinate" else Worker
kind(Service(Settings(), Database.at(sys.argv[1]), b"s" * 32), {"test": endless}).work()
"""


def test_a_run_survives_the_worker_that_is_killed(way: Way) -> None:
    run_id = way.ask()
    url = way.world.service.database.engine.url.set(
        drivername="sqlite" if "sqlite" in way.name else "postgresql"
    ).render_as_string(hide_password=False)
    doomed = subprocess.Popen(
        [sys.executable, "-c", DOOMED, url, way.name.split()[0]],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert doomed.stdout is not None
    assert doomed.stdout.readline() == "begun\n"
    os.kill(doomed.pid, signal.SIGKILL)
    doomed.communicate()
    way.work(lambda *_: pytest.fail("it was heard of just now"))
    assert way.told(run_id)["state"] == "running"
    way.work(minutes=int(LOST.total_seconds() // 60) + 1)
    told = way.told(run_id)
    assert (told["state"], told["result"]) == ("done", {"subject": "S"})


def test_a_worker_that_was_taken_over_stops_at_its_next_step(way: Way) -> None:
    run_id = way.ask()

    def stolen(_service: Service, run: Run) -> Finish:
        with way.world.service.database.writing() as connection:
            connection.execute(runs.update().values(claimed_by="another"))
        run.report(0.5, "run.taken_over")
        return finishing({"late": True})

    way.work(stolen)
    assert (way.told(run_id)["state"], way.told(run_id)["result"]) == ("running", {})


def test_a_database_that_is_away_for_a_while_stops_no_worker(way: Way) -> None:
    run_id = way.ask()
    failures = iter([True])

    def failing(_service: Service, run: Run) -> Finish:
        if next(failures, False):
            raise DatabaseAwayError("gone")
        return finishing({})

    worker = way.worker(failing)
    if isinstance(worker, Worker):
        with pytest.raises(DatabaseAwayError):
            worker.run_once()
    else:
        way.work(failing)
    way.work(failing, minutes=2)
    assert way.told(run_id)["state"] == "done"


def test_procrastinate_is_refused_where_it_cannot_be_had(database: Database) -> None:
    with pytest.raises(JobsUnavailableError):
        procrastinator_for(database)  # SQLite, or PostgreSQL without its tables


def test_the_service_works_while_it_serves_by_either_way(way: Way) -> None:
    jobs: Any = "procrastinate" if "procrastinate" in way.name else "embedded"
    service = replace(way.world.service, settings=Settings(has_worker=True, jobs=jobs), now=now_utc)
    with service.database.writing() as connection:
        run_id = ask(connection, "list", subject=OURS, actor=CLERK, now=now_utc())
    app = create_app(service)
    with TestClient(app):
        assert way.until(run_id, lambda told: told["state"] == "done")
        assert app.state.worker.is_alive
    assert not app.state.worker.is_alive
