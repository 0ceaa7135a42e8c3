"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from fastapi import APIRouter

from api.db.migrate import version_of
from api.requests import Reading
from api.schemas import View

router = APIRouter(tags=["operation"])


class Health(View):
    """The process answers."""

    status: str = "alive"


class Readiness(View):
    """The database answers, at this version of its tables."""

    status: str = "ready"
    tables: str


@router.get("/healthz")
def alive() -> Health:
    """Always answered while the process lives; asks nothing of the database."""
    return Health()


@router.get("/readyz")
def ready(connection: Reading) -> Readiness:
    """Answered 503 while the database does not."""
    return Readiness(tables=version_of(connection) or "")
