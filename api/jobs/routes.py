"""How work asked for is coming along, and calling it off."""

from __future__ import annotations

import json
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path

from allocation.wording import Catalogue
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db.tables.jobs import run
from api.jobs.asking import CANCELLED, DONE, OVER, QUEUED
from api.jobs.running import WHOLE
from api.jobs.schemas import RunView
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["runs"], route_class=Route)
RunId = Annotated[str, Path(max_length=100)]


@router.get("/runs/{run_id}")
def read_run(
    actor: Annotated[Actor, Depends(Allowed("runs.read"))],
    run_id: RunId,
    connection: Reading,
    words: Words,
) -> RunView:
    """One run of the caller's organisation."""
    return run_view(connection, actor, run_id, words=words)


@router.post("/runs/{run_id}/cancel")
def cancel_run(
    actor: Annotated[Actor, Depends(Allowed("runs.cancel"))],
    run_id: RunId,
    connection: Writing,
    service: Serving,
    words: Words,
) -> RunView:
    """Call a run off: at once when nobody has begun it, else at its next step; no effect stays."""
    # Seen by the Region, called off only where it was asked for.
    asked = (run.c.run_id == run_id) & (run.c.organisation_id == actor.organisation_id)
    values: dict[str, Any] = {"is_cancel_asked": True}
    connection.execute(run.update().where(asked, run.c.state.not_in(OVER)).values(values))
    values = {"state": CANCELLED, "ended_at": service.now()}
    connection.execute(run.update().where(asked, run.c.state == QUEUED).values(values))
    return run_view(connection, actor, run_id, words=words)


def run_view(connection: sa.Connection, actor: Actor, run_id: str, *, words: Catalogue) -> RunView:
    """A run that exists for the actor; ``access.absent`` otherwise."""
    row = connection.execute(
        sa.select(run).where(visible_to(actor, run), run.c.run_id == run_id)
    ).one_or_none()
    if row is None:
        raise AbsentError("No such run.")
    values = dict(row._mapping) | {
        "result": json.loads(row.result),
        "detail": _said(row.error, words),
        "progress": 1.0 if row.state == DONE else row.progress / WHOLE,
        "step": _step(row.step, words),
    }
    return RunView.model_validate(values)


def _step(kept: str | None, words: Catalogue) -> str:
    if not kept:
        return ""
    step = json.loads(kept)
    return words.text(step["key"], **step["facts"])


def _said(code: str, words: Catalogue) -> str:
    return words.text(code) if code in words else code
