"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import sqlalchemy as sa

from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.meetings import meeting, meeting_file
from api.db.tables.quotas import quota_set
from api.db.tables.register import allocations_ytd, dwellings, register
from api.decisions.queries import PROPOSAL
from api.meetings.record import CLOSED, DECIDED, DRAFT, POSTED
from api.protection import tells_place_of


def require_register(connection: sa.Connection, actor: Actor, register_id: str) -> None:
    """Refuse a register that does not exist for the actor."""
    _settings_of(connection, actor, register_id)


def quotas_of_files(connection: sa.Connection, actor: Actor, register_id: str) -> Any:
    """The quotas that the register's files brought, as plain values."""
    return json.loads(_settings_of(connection, actor, register_id))["quotas"]


def _settings_of(connection: sa.Connection, actor: Actor, register_id: str) -> str:
    query = sa.select(register.c.settings).where(
        visible_to(actor, register), register.c.register_id == register_id
    )
    settings = connection.scalar(query)
    if settings is None:
        raise AbsentError("No such register.")
    return str(settings)


def names_not_told(connection: sa.Connection, actor: Actor, register_id: str) -> frozenset[str]:
    """Protected households of the ledger, that this reader may not join with a place."""
    ledger = allocations_ytd.c
    query = sa.select(ledger.application_id).where(
        visible_to(actor, allocations_ytd),
        ledger.held_by == register_id,
        ~tells_place_of(actor, ledger.application_id),
    )
    return frozenset(connection.scalars(query))


def sets_of(connection: sa.Connection, actor: Actor, register_id: str) -> list[Row]:
    """Every set of quotas a register had, the latest decided first."""
    query = sa.select(quota_set).where(
        visible_to(actor, quota_set), quota_set.c.register_id == register_id
    )
    return list(connection.execute(query.order_by(quota_set.c.sequence.desc())))


def last_frozen_day(connection: sa.Connection, actor: Actor, register_id: str) -> date | None:
    """The latest day of a meeting that has been frozen: its quotas are fixed."""
    latest: date | None = connection.scalar(
        sa.select(sa.func.max(meeting.c.meeting_on)).where(
            visible_to(actor, meeting),
            meeting.c.register_id == register_id,
            meeting.c.state != DRAFT,
        )
    )
    return latest


def decided_proposals(
    connection: sa.Connection, actor: Actor, register_id: str, *, year: int
) -> list[Row]:
    """The proposals the committee decided on in a year, by the day of their meeting."""
    query = (
        sa.select(meeting.c.meeting_id, meeting.c.meeting_on, meeting_file.c.content)
        .join(meeting_file, meeting_file.c.meeting_id == meeting.c.meeting_id)
        .where(
            visible_to(actor, meeting),
            meeting.c.register_id == register_id,
            meeting.c.state.in_((DECIDED, POSTED, CLOSED)),
            meeting.c.meeting_on.between(date(year, 1, 1), date(year, 12, 31)),
            meeting_file.c.name == PROPOSAL,
        )
        .order_by(meeting.c.meeting_on, meeting.c.meeting_id)
    )
    return list(connection.execute(query))


def lettings_by_size(
    connection: sa.Connection, actor: Actor, register_id: str, *, year: int
) -> list[Row]:
    """Bedrooms and day of the allocations of a year that stand, where the dwelling is known."""
    # By another name: who may see an allocation is asked of the dwellings too.
    ledger, home = allocations_ytd.c, dwellings.alias("home")
    query = (
        sa.select(home.c.bedrooms, ledger.decided_on)
        .join_from(allocations_ytd, home, home.c.dwelling_id == ledger.dwelling_id)
        .where(
            visible_to(actor, allocations_ytd),
            ledger.held_by == register_id,
            ledger.undone_on.is_(None),
            ledger.decided_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
    )
    return list(connection.execute(query))
