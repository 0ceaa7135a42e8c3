"""
Jobs by procrastinate, on PostgreSQL: several processes share them, and are told at once.

The table ``run`` stays the record, and the worker's the one way to do a run: procrastinate only
says which one to look at. Its job is written in the act's transaction. A run whose job was lost,
or whose process was killed, is found again by ``sweep``.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.db import Database
from api.db.engine import DatabaseAwayError
from api.db.tables.jobs import run
from api.jobs.worker import Handler, Worker, is_free
from api.service import Service

if TYPE_CHECKING:
    from procrastinate import App

log = logging.getLogger("passerelle")
TASK, QUEUE = "passerelle.run", "passerelle"
SWEEP_SECONDS = 15.0
_ITS_TABLE = "procrastinate_jobs"
_GRACE = timedelta(seconds=10)  # a run asked for just now has its job


class JobsUnavailableError(HousingError):
    """Procrastinate is asked for where it cannot be had."""

    code: ClassVar[str] = "jobs.unavailable"


class Procrastinator:
    """Hands runs to procrastinate, inside the transaction that asked for them."""

    def __init__(self) -> None:
        from procrastinate import App, SyncPsycopgConnector

        self._app = App(connector=SyncPsycopgConnector())  # never opened: connections are lent

    def hand_over(
        self, connection: sa.Connection, run_id: str, *, not_before: datetime | None
    ) -> None:
        """Write the job of a run."""
        lent = connection.connection.driver_connection
        job = self._app.configure_task(
            TASK, queue=QUEUE, schedule_at=not_before, connection=lent, allow_unknown=True
        )
        job.defer(run_id=run_id)


def procrastinator_for(database: Database) -> Procrastinator:
    """
    What hands runs over on that database.

    Raises
    ------
    JobsUnavailableError
        ``jobs.unavailable``: SQLite, the library is not installed, or its tables are not there.
    """
    if database.is_sqlite:
        raise JobsUnavailableError("Not on SQLite.")
    try:
        found = Procrastinator()
    except ImportError as absent:
        raise JobsUnavailableError("Not installed.") from absent
    with database.reading() as connection:
        if not _has_tables(connection):
            raise JobsUnavailableError("No tables.")
    return found


def make_tables(database: Database) -> None:
    """Make procrastinate's own tables, unless they are there."""
    from procrastinate.schema import SchemaManager

    with database.writing() as connection:
        if _has_tables(connection):
            return
        lent = connection.connection.driver_connection
        if lent is None:
            raise JobsUnavailableError("No connection.")
        lent.cursor().execute(SchemaManager.get_schema())


@dataclass
class ProcrastinateWorker:
    """Does what ``Worker`` does, told by procrastinate which run to take."""

    service: Service
    handlers: Mapping[str, Handler]
    _task: asyncio.Task[None] | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def is_alive(self) -> bool:
        """Whether the thread works."""
        return self._thread is not None and self._thread.is_alive()

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

    def work(self) -> None:
        """Take runs until stopped; begin again when the database was away."""
        from procrastinate.exceptions import ConnectorException

        while not self._stopped.is_set():
            try:
                asyncio.run(self._work(wait=True))
            except (ConnectorException, DatabaseAwayError):
                log.warning("worker: the database does not answer")
                self._stopped.wait(SWEEP_SECONDS)

    def work_off(self) -> None:
        """Do what waits now, for the tests and for one who waits."""
        asyncio.run(self._work(wait=False))

    def stop(self) -> None:
        """Take no further run."""
        self._stopped.set()
        if self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)

    async def _work(self, *, wait: bool) -> None:
        app = self._app()
        async with app.open_async():
            await self._sweep(app)
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    wait=wait,
                    install_signal_handlers=False,
                    delete_jobs="always",  # the table of runs is the record
                )
            )
            self._loop, self._task = asyncio.get_running_loop(), working
            sweeping = asyncio.create_task(self._sweep_on(app)) if wait else None
            try:
                if self._stopped.is_set():  # stopped before it could be told
                    working.cancel()
                await working
            except asyncio.CancelledError:
                log.info("worker: stopped")
            finally:
                if sweeping is not None:
                    sweeping.cancel()

    def _app(self) -> App:
        from procrastinate import App, PsycopgConnector

        address = self.service.database.engine.url.set(drivername="postgresql")
        conninfo = address.render_as_string(hide_password=False)
        app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))

        @app.task(name=TASK, queue=QUEUE)
        def do(run_id: str) -> None:
            Worker(self.service, self.handlers).run_once(run_id)

        return app

    async def _sweep_on(self, app: App) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._sweep(app)

    async def _sweep(self, app: App) -> None:
        """Find runs that nobody is told of: asked for without a job, or lost with their process."""
        from procrastinate.exceptions import AlreadyEnqueued
        from procrastinate.jobs import Status

        for stalled in await app.job_manager.get_stalled_jobs(queue=QUEUE):
            await app.job_manager.finish_job(stalled, status=Status.FAILED, delete_job=True)
        for run_id in await asyncio.to_thread(self._untold):
            try:
                await app.configure_task(TASK, queue=QUEUE, queueing_lock=run_id).defer_async(
                    run_id=run_id
                )
            except AlreadyEnqueued:
                log.debug("run %s is waiting", run_id)

    def _untold(self) -> list[str]:
        now = self.service.now()
        query = sa.select(run.c.run_id).where(is_free(now), run.c.asked_at < now - _GRACE)
        with self.service.database.reading() as connection:
            return [str(run_id) for run_id in connection.scalars(query.order_by(run.c.asked_at))]


def _has_tables(connection: sa.Connection) -> bool:
    return connection.scalar(sa.select(sa.func.to_regclass(_ITS_TABLE))) is not None
