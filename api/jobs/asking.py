"""Ask for work, in the transaction of the act it follows."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa

from api.auth.actor import Actor
from api.db.engine import JOB_QUEUE
from api.db.tables.jobs import run

QUEUED, RUNNING, DONE = "queued", "running", "done"
FAILED, CANCELLED = "failed", "cancelled"
OVER = (DONE, FAILED, CANCELLED)

# What the service asks of itself, in no one's name.
SERVICE_ACTOR_ID = "service"


def ask(
    connection: sa.Connection,
    kind: str,
    *,
    subject: str,
    actor: Actor,
    now: datetime,
    not_before: datetime | None = None,
) -> str:
    """
    Ask for work of a kind on a subject; gives the identifier of the run.

    Work of that kind on that subject that nobody has begun yet does as well: it will see what
    this transaction changed. It is brought forward when it was for later.
    """
    waiting = connection.scalar(
        sa.select(run.c.run_id).where(
            run.c.kind == kind, run.c.subject == subject, run.c.state == QUEUED
        )
    )
    if waiting is not None:
        if not_before is None:
            mine = run.c.run_id == waiting
            connection.execute(run.update().where(mine).values(not_before_at=None))
            _tell(connection, str(waiting), not_before=None)
        return str(waiting)
    run_id = f"run-{secrets.token_hex(8)}"
    connection.execute(
        run.insert(),
        {
            "run_id": run_id,
            "kind": kind,
            "subject": subject,
            "organisation_id": actor.organisation_id,
            "actor_id": actor.actor_id,
            "state": QUEUED,
            "claimed_by": "",
            "result": "{}",
            "error": "",
            "asked_at": now,
            "not_before_at": not_before,
        },
    )
    _tell(connection, run_id, not_before=not_before)
    return run_id


def _tell(connection: sa.Connection, run_id: str, *, not_before: datetime | None) -> None:
    """Hand the run over in this very transaction, where somebody wants to be told."""
    queue = connection.get_execution_options().get(JOB_QUEUE)
    if queue is not None:
        queue.hand_over(connection, run_id, not_before=not_before)
