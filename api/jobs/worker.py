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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from allocation.errors import HousingError
from api.db import Row
from api.db.engine import DatabaseAwayError
from api.db.tables.jobs import run
from api.jobs.asking import CANCELLED, DONE, FAILED, QUEUED, RUNNING
from api.service import Service

log = logging.getLogger("passerelle")
IDLE_SECONDS, SIGN_SECONDS, ATTEMPTS = 0.5, 5.0, 3
LOST = timedelta(seconds=30)

Result = dict[str, Any]
Finish = Callable[[sa.Connection], Result]
Handler = Callable[[Service, Row], Finish]


@dataclass
class Worker:
    """Takes runs until stopped; ``run_once`` takes one, for the tests and for one who waits."""

    service: Service
    handlers: Mapping[str, Handler]
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _stopped: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work in a thread for as long as the block lasts; the run in hand is finished."""
        thread = threading.Thread(target=self._work, name="passerelle-worker", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join()

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                has_worked = self.run_once()
            except DatabaseAwayError:
                log.warning("worker %s: the database does not answer", self.name)
                has_worked = False
            if not has_worked:
                self._stopped.wait(IDLE_SECONDS)

    def run_once(self) -> bool:
        """Take the oldest run that waits, and do it; whether there was one."""
        taken = self._take()
        if taken is None:
            return False
        with self._giving_signs(taken.run_id):
            try:
                finish = self.handlers[taken.kind](self.service, taken)
                self._end(taken, finish)
            except HousingError as refusal:
                if isinstance(refusal, DatabaseAwayError):
                    raise
                self._fail(taken, refusal.code)
            except Exception as fault:  # noqa: BLE001 one run must not stop the others
                log.error("run %s: %s", taken.run_id, type(fault).__name__)
                self._fail(taken, "service.internal")
        return True

    def _take(self) -> Row | None:
        now = self.service.now()
        is_free = sa.or_(
            sa.and_(
                run.c.state == QUEUED,
                sa.or_(run.c.not_before_at.is_(None), run.c.not_before_at <= now),
            ),
            sa.and_(run.c.state == RUNNING, run.c.heartbeat_at < now - LOST),
        )
        oldest = sa.select(run).where(is_free).order_by(run.c.asked_at, run.c.run_id).limit(1)
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

    def _fail(self, taken: Row, code: str) -> None:
        mine = (run.c.run_id == taken.run_id) & (run.c.claimed_by == self.name)
        ended = {"state": FAILED, "error": code, "ended_at": self.service.now()}
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
