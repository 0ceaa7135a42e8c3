"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

import sqlalchemy as sa

from api.access import AbsentError, DeniedError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.meetings import meeting, meeting_file

LATEST = 200


def meetings_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """The latest meetings that exist for the actor."""
    query = sa.select(meeting).where(visible_to(actor, meeting))
    latest = query.order_by(meeting.c.meeting_on.desc(), meeting.c.meeting_id).limit(LATEST)
    return list(connection.execute(latest))


def one_meeting(
    connection: sa.Connection, actor: Actor, meeting_id: str, *, to_change: bool = False
) -> Row:
    """
    A meeting that exists for the actor; locked until the commit when it is to be changed.

    The Region sees every meeting; only the company itself acts on its own.
    """
    query = sa.select(meeting).where(visible_to(actor, meeting), meeting.c.meeting_id == meeting_id)
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such meeting.")
    if to_change and found.register_id != actor.organisation_id:
        raise DeniedError("This meeting is of another company.")
    return found


def files_of(
    connection: sa.Connection, actor: Actor, meeting_ids: list[str]
) -> dict[str, list[Row]]:
    """Names and hashes of the files of meetings, without their bytes."""
    rows = connection.execute(
        sa.select(meeting_file.c.meeting_id, meeting_file.c.name, meeting_file.c.sha256)
        .where(visible_to(actor, meeting_file), meeting_file.c.meeting_id.in_(meeting_ids))
        .order_by(meeting_file.c.name)
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.meeting_id, []).append(row)
    return found


def content_of(connection: sa.Connection, actor: Actor, meeting_id: str, name: str) -> bytes:
    """The bytes of one file; ``access.absent`` when there is none of that name."""
    content = connection.scalar(
        sa.select(meeting_file.c.content).where(
            visible_to(actor, meeting_file),
            meeting_file.c.meeting_id == meeting_id,
            meeting_file.c.name == name,
        )
    )
    if content is None:
        raise AbsentError("No such file.")
    return bytes(content)
