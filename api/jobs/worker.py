"""
The worker inside the service: takes the runs one after the other, on either database.

A handler does its slow work outside any transaction and gives back what is left to write; that
is written in the very transaction that marks the run done, so a run killed at any moment has
either all of its effect or none, and is taken up again. A worker that stops giving signs of
life loses its run to the next one.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from allocation.errors import HousingError
from api.db import Row
from api.db.engine import DatabaseAwayError
from api.db.tables.jobs import run
from api.jobs.asking import CANCELLED, DONE, FAILED, QUEUED, RUNNING
from api.jobs.running import Run, RunCancelledError, RunPutBackError, RunTakenOverError
from api.service import Service

log = logging.getLogger("passerelle")
IDLE_SECONDS, SIGN_SECONDS, ATTEMPTS = 0.5, 5.0, 3
LOST = timedelta(seconds=30)

Result = dict[str, Any]
Finish = Callable[[sa.Connection], Result]
Handler = Callable[[Service, Run], Finish]


def is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Runs anybody may take: due, or of a worker that gives no sign of life any more."""
    is_due = sa.or_(run.c.not_before_at.is_(None), run.c.not_before_at <= now)
    is_lost = run.c.heartbeat_at < now - LOST
    return sa.or_(sa.and_(run.c.state == QUEUED, is_due), sa.and_(run.c.state == RUNNING, is_lost))


@dataclass
class Worker:
    """Takes runs until stopped; ``run_once`` takes one, for the tests and for one who waits."""

    service: Service
    handlers: Mapping[str, Handler]
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work in a thread for as long as the block lasts; the run in hand is finished."""
        self._thread = threading.Thread(target=self.work, name="passerelle-worker", daemon=True)
        self._thread.start()
        try:
            yield
        finally:
            self.stop()
            self._thread.join()

    def stop(self) -> None:
        """Take no further run."""
        self._stopped.set()

    def work(self) -> None:
        """Take runs until stopped."""
        while not self._stopped.is_set():
            try:
                has_worked = self.run_once()
            except DatabaseAwayError:
                log.warning("worker %s: the database does not answer", self.name)
                has_worked = False
            if not has_worked:
                self._stopped.wait(IDLE_SECONDS)

    @property
    def is_alive(self) -> bool:
        """Whether the thread works."""
        return self._thread is not None and self._thread.is_alive()

    def run_once(self, run_id: str = "") -> bool:
        """Take that run, or the oldest that waits, and do it; whether there was one."""
        taken = self._take(run_id)
        if taken is None:
            return False
        with self._giving_signs(taken.run_id):
            try:
                run = Run(self.service, taken, self.name)
                finish = self.handlers[taken.kind](self.service, run)
                self._end(taken, finish)
            except RunCancelledError:
                self._close(taken, state=CANCELLED)
            except RunPutBackError:
                self._put_back(taken)
            except RunTakenOverError:
                log.warning("run %s: another worker has it", taken.run_id)
            except HousingError as refusal:
                if isinstance(refusal, DatabaseAwayError):
                    raise
                self._fail(taken, refusal.code)
            except Exception as fault:  # noqa: BLE001 one run must not stop the others
                # Where, and never the message: it may hold what somebody wrote of a household.
                *_, (frame, line) = traceback.walk_tb(fault.__traceback__)
                place = f"{frame.f_globals.get('__name__')}:{line}"
                log.error("run %s: %s at %s", taken.run_id, type(fault).__name__, place)
                self._fail(taken, "service.internal")
        return True

    def _take(self, run_id: str = "") -> Row | None:
        now = self.service.now()
        is_it = run.c.run_id == run_id if run_id else sa.true()
        oldest = (
            sa.select(run)
            .where(is_it, is_free(now))
            .order_by(sa.func.coalesce(run.c.not_before_at, run.c.asked_at), run.c.run_id)
            .limit(1)
        )
        with self.service.database.reading() as connection:
            if connection.execute(oldest).one_or_none() is None:
                return None  # looked at without taking the lock of writers
        with self.service.database.writing() as connection:
            found = connection.execute(oldest.with_for_update(skip_locked=True)).one_or_none()
            if found is None:
                return None
            is_given_up = found.attempts >= ATTEMPTS
            values: dict[str, Any] = {"state": FAILED, "error": "run.lost", "ended_at": now}
            if not is_given_up:
                values = {
                    "state": RUNNING,
                    "claimed_by": self.name,
                    "attempts": found.attempts + 1,
                    "heartbeat_at": now,
                }
            connection.execute(run.update().where(run.c.run_id == found.run_id).values(values))
            return None if is_given_up else found

    def _end(self, taken: Row, finish: Finish) -> None:
        """Write the effect and mark the run done together, if it is still ours to do."""
        with self.service.database.writing() as connection:
            kept = connection.execute(
                sa.select(run.c.is_cancel_asked)
                .where(run.c.run_id == taken.run_id, run.c.claimed_by == self.name)
                .with_for_update()
            ).one_or_none()
            if kept is None:
                return
            values: dict[str, Any] = {"state": CANCELLED}
            if not kept.is_cancel_asked:
                values = {"state": DONE, "result": json.dumps(finish(connection))}
            values["ended_at"] = self.service.now()
            connection.execute(run.update().where(run.c.run_id == taken.run_id).values(values))

    def _put_back(self, taken: Row) -> None:
        """Let the run wait behind those that wait already; that it was begun does not count."""
        mine = (run.c.run_id == taken.run_id) & (run.c.claimed_by == self.name)
        waits: dict[str, Any] = {
            "state": QUEUED,
            "claimed_by": "",
            "attempts": taken.attempts,
            "not_before_at": self.service.now(),
        }
        with self.service.database.writing() as connection:
            connection.execute(run.update().where(mine, run.c.state == RUNNING).values(waits))

    def _fail(self, taken: Row, code: str) -> None:
        self._close(taken, state=FAILED, error=code)

    def _close(self, taken: Row, **values: str) -> None:
        """End the run without an effect, if it is still ours."""
        mine = (run.c.run_id == taken.run_id) & (run.c.claimed_by == self.name)
        ended = values | {"ended_at": self.service.now()}
        with self.service.database.writing() as connection:
            connection.execute(run.update().where(mine).values(ended))

    @contextmanager
    def _giving_signs(self, run_id: str) -> Iterator[None]:
        """Say now and then that the run is being done."""
        is_over = threading.Event()
        mine = (run.c.run_id == run_id) & (run.c.claimed_by == self.name)

        def sign() -> None:
            while not is_over.wait(SIGN_SECONDS):
                try:
                    with self.service.database.writing() as connection:
                        now = {"heartbeat_at": self.service.now()}
                        connection.execute(run.update().where(mine).values(now))
                except DatabaseAwayError:
                    log.warning("worker %s: the database does not answer", self.name)

        thread = threading.Thread(target=sign, name="passerelle-heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
