"""Studies of an organisation: nobody else's, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.jobs import run
from api.db.tables.register import register
from api.db.tables.studies import study, study_file
from api.jobs.asking import QUEUED, RUNNING
from api.studies.retention import RESULT

LATEST = 200
MANAGER, COMPANY = "manager", "company"


def is_kept(study_id: str) -> sa.ColumnElement[bool]:
    """That study, unless it was deleted."""
    return sa.and_(study.c.study_id == study_id, study.c.deleted_at.is_(None))


def _exists_for(actor: Actor) -> sa.ColumnElement[bool]:
    """One that names a company's applications is for its managers alone."""
    is_open = study.c.audience != COMPANY
    mine = visible_to(actor, study)
    return mine if actor.role == MANAGER else sa.and_(mine, is_open)


def _with_run(actor: Actor) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(study, run.c.state)
        .join(run, run.c.run_id == study.c.run_id)
        .where(_exists_for(actor))
    )


def studies_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """The latest ones, newest first."""
    kept = _with_run(actor).where(study.c.deleted_at.is_(None))
    query = kept.order_by(study.c.asked_at.desc(), study.c.study_id).limit(LATEST)
    return list(connection.execute(query))


def one_study(
    connection: sa.Connection, actor: Actor, study_id: str, *, or_deleted: bool = False
) -> Row:
    """One that exists for the actor; ``access.absent`` otherwise."""
    is_it = study.c.study_id == study_id if or_deleted else is_kept(study_id)
    found = connection.execute(_with_run(actor).where(is_it)).one_or_none()
    if found is None:
        raise AbsentError("No such study.")
    return found


def files_of(connection: sa.Connection, study_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Results by study, by name."""
    query = (
        sa.select(
            study_file.c.study_id, study_file.c.name, study_file.c.sha256, study_file.c.n_bytes
        )
        .where(study_file.c.study_id.in_(study_ids), study_file.c.part == RESULT)
        .order_by(study_file.c.study_id, study_file.c.name)
    )
    found: dict[str, list[Row]] = {}
    for row in connection.execute(query):
        found.setdefault(row.study_id, []).append(row)
    return found


def n_open(connection: sa.Connection, actor: Actor) -> int:
    """Studies of the organisation that are not over."""
    query = (
        sa.select(sa.func.count())
        .select_from(study.join(run, run.c.run_id == study.c.run_id))
        .where(study.c.organisation_id == actor.organisation_id, run.c.state.in_((QUEUED, RUNNING)))
    )
    return int(connection.scalar(query) or 0)


def registers_seen(connection: sa.Connection, actor: Actor) -> list[str]:
    """Registers that exist for the actor, by name."""
    query = sa.select(register.c.register_id).where(visible_to(actor, register))
    return list(connection.scalars(query.order_by(register.c.register_id)))
