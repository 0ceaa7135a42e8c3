"""The list of a register, worked out again after an act that touched it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.applications.standings import current_terms, keep, standings_of
from api.auth.actor import Actor
from api.db.register import bump, read_register
from api.db.tables.register import register
from api.db.tables.standings import standing_head
from api.jobs.asking import ask
from api.jobs.running import Run
from api.jobs.worker import Finish
from api.service import Service

WORK_OUT_LIST = "list"


def touch(connection: sa.Connection, register_id: str, *, actor: Actor, service: Service) -> int:
    """
    Say that the register is about to change; gives its new version.

    The first line of every act that changes what a snapshot holds: other writers of the register
    wait from here on, and its list will be worked out again.
    """
    version = bump(connection, register_id)
    ask(connection, WORK_OUT_LIST, subject=register_id, actor=actor, now=service.now())
    return version


def work_out_list(service: Service, run: Run) -> Finish:
    """
    Work the list out from one consistent snapshot.

    Readers see the old list until the new one is whole. A list of an older version never
    replaces a newer one.
    """
    register_id = str(run.subject)
    with service.database.reading() as connection:
        terms = current_terms(connection, register_id, today=service.today())
        snapshot = read_register(connection, register_id)
    rows = standings_of(snapshot.register, terms)

    def finish(connection: sa.Connection) -> dict[str, Any]:
        # The register's row is the lock of everybody who writes about it.
        connection.execute(
            sa.select(register.c.version)
            .where(register.c.register_id == register_id)
            .with_for_update()
        )
        mine = standing_head.c.register_id == register_id
        kept = connection.scalar(sa.select(standing_head.c.version).where(mine))
        if kept is None or kept <= snapshot.version:
            version, now = snapshot.version, service.now()
            keep(connection, register_id, terms, rows, version=version, now=now)
        return {"version": snapshot.version, "applications": len(rows)}

    return finish
