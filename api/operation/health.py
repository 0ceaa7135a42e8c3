"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from http import HTTPStatus

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response

from api.db.engine import DatabaseAwayError
from api.db.migrate import newest_version, version_of
from api.db.tables.journal import journal_entry, journal_head
from api.requests import service_of
from api.routing import Route
from api.schemas import View

router = APIRouter(tags=["operation"], route_class=Route)


class Health(View):
    """The process answers."""

    status: str = "alive"


class Readiness(View):
    """Whether requests can be served, and what of it is well."""

    status: str
    tables: str
    database: bool
    migrations: bool
    journal: bool
    worker: bool | None


@router.get("/healthz")
def alive() -> Health:
    """Always answered while the process lives; asks nothing of the database."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness}})
def ready(request: Request, response: Response) -> Readiness:
    """
    Answered 503 unless the database answers, at the program's version, and its journal is read.

    `worker` is null where this process does no jobs; one that has stopped is not ready.
    """
    service = service_of(request)
    worker = getattr(request.app.state, "worker", None)
    tables, has_database, has_journal = "", True, False
    try:
        with service.database.reading() as connection:
            tables = version_of(connection) or ""
            has_journal = tables == newest_version() and _journal_is_read(connection)
    except DatabaseAwayError:
        has_database = False
    is_current = tables == newest_version()
    is_working = None if worker is None else worker.is_alive
    is_ready = has_database and is_current and has_journal and is_working is not False
    if not is_ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Readiness(
        status="ready" if is_ready else "not ready",
        tables=tables,
        database=has_database,
        migrations=is_current,
        journal=has_journal,
        worker=is_working,
    )


def _journal_is_read(connection: sa.Connection) -> bool:
    """Whether the head of the journal is its last entry."""
    head = connection.execute(sa.select(journal_head)).one_or_none()
    last = sa.select(journal_entry.c.hash).order_by(journal_entry.c.sequence.desc()).limit(1)
    return connection.scalar(last) == (None if head is None else head.hash)
