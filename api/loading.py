"""A register of files becomes the register the service works on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from allocation.model import Register
from api.applications.standings import current_terms, keep, standings_of
from api.auth.actor import Actor
from api.db import Database
from api.db.bulk import refresh_statistics
from api.db.register import organisation_kind, write_register
from api.db.tables.register import register_tables
from api.db.tables.standings import standing
from api.journal import append
from api.journal.rows import LOADED, loaded
from api.meetings.record import file_meeting
from api.partners.sandbox import end_sandbox, make_sandbox
from api.service import today

# Who loads is who may log in on the machine: no account of the service.
COMMAND_ACTOR_ID = "command"


def load_register(
    database: Database,
    register: Register,
    *,
    now: datetime,
    with_sandbox: bool = False,
    also: Callable[[sa.Connection], object] | None = None,
) -> None:
    """
    File a register, its meeting as a draft, and its list worked out: all of it or nothing.

    ``also`` is done last, in the same transaction.

    Raises
    ------
    RegisterPresentError
        ``register.present``.
    ProblemsError
        Facts the rulebook cannot read.
    NotDemoError
        ``partner.sandbox_not_demo``: a sandbox was asked for beside a real register.
    """
    with database.writing() as connection:
        write_register(connection, register)
        if register.meeting is not None:
            file_meeting(connection, register.slsp_id, register.meeting)
        terms = current_terms(connection, register.slsp_id, today=today(now))
        rows = standings_of(register, terms)
        keep(connection, register.slsp_id, terms, rows, version=1, now=now)
        refresh_statistics(connection, (*register_tables.values(), standing))
        append(
            connection,
            LOADED,
            subject=register.slsp_id,
            actor=Actor(COMMAND_ACTOR_ID, register.slsp_id, organisation_kind(register), role=""),
            now=now,
            content={"content_hash": register.content_hash, **loaded(connection, register.slsp_id)},
        )
        if register.kind != "demo":
            end_sandbox(connection, now=now)
        if with_sandbox:
            make_sandbox(connection, register, now=now)
        if also is not None:
            also(connection)
