"""A meeting as the engine knows it, in and out of its row."""

from __future__ import annotations

import json
import secrets
from datetime import date

import sqlalchemy as sa

from allocation.exchange.entries import MeetingEntry, meeting_values
from allocation.model import Meeting
from api.db.tables.meetings import meeting

DRAFT, FROZEN, PROPOSED = "draft", "frozen", "proposed"
DECIDED, POSTED, CLOSED = "decided", "posted", "closed"
STATES = (DRAFT, FROZEN, PROPOSED, DECIDED, POSTED, CLOSED)


def file_meeting(connection: sa.Connection, register_id: str, planned: Meeting) -> str:
    """Write a new meeting down as a draft; gives its identifier."""
    meeting_id = f"mtg-{planned.meeting_on.isoformat()}-{secrets.token_hex(4)}"
    connection.execute(
        meeting.insert(),
        {
            "meeting_id": meeting_id,
            "register_id": register_id,
            "state": DRAFT,
            "meeting_on": planned.meeting_on,
            "settings": settings_text(planned),
        },
    )
    return meeting_id


def settings_text(planned: Meeting) -> str:
    """The meeting as `meeting.yaml` holds it, in JSON."""
    return json.dumps(meeting_values(planned), default=date.isoformat, ensure_ascii=False)


def meeting_of(settings: str) -> Meeting:
    """The meeting of a row."""
    return MeetingEntry.model_validate_json(settings).meeting()


def next_meeting(connection: sa.Connection, register_id: str, *, today: date) -> Meeting | None:
    """The soonest meeting of a register that is not past nor closed."""
    settings = connection.scalar(
        sa.select(meeting.c.settings)
        .where(
            meeting.c.register_id == register_id,
            meeting.c.meeting_on >= today,
            meeting.c.state != CLOSED,
        )
        .order_by(meeting.c.meeting_on, meeting.c.meeting_id)
        .limit(1)
    )
    return None if settings is None else meeting_of(settings)
