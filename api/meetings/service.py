"""
What is done to a meeting before it decides: planned, frozen, sent to be proposed.

Each act checks the state it starts from on a locked row, changes, and is written in the journal,
all in one transaction.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError, ProblemsError
from allocation.proposal import problems_before_proposing
from allocation.rules import load_rulebook
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.register import Snapshot, read_register
from api.db.tables.meetings import meeting
from api.db.tables.register import register
from api.jobs import ask
from api.journal import append
from api.meetings import queries
from api.meetings.record import DRAFT, FROZEN, file_meeting, meeting_of
from api.meetings.schemas import MeetingPlan
from api.meetings.snapshot import SNAPSHOT, keep_file, packed
from api.meetings.work import PROPOSE
from api.places.unfilled import due_places, follow_due
from api.service import Service

_TRIES = 3
N_SECRET = 32


class MeetingStateError(HousingError):
    """The meeting is not at the step this act starts from."""

    code: ClassVar[str] = "meeting.wrong_state"


class RegisterMovedError(HousingError):
    """The register kept changing while it was being frozen."""

    code: ClassVar[str] = "meeting.register_moved"


def plan(connection: sa.Connection, actor: Actor, asked: MeetingPlan, *, service: Service) -> str:
    """Write a meeting down as a draft of the actor's own register; gives its identifier."""
    register_id = actor.organisation_id
    planned = asked.meeting(register_id, pseudonym_secret=secrets.token_hex(N_SECRET))
    touch(connection, register_id, actor=actor, service=service)
    meeting_id = file_meeting(connection, register_id, planned)
    content = {"meeting_on": planned.meeting_on.isoformat(), "draw_seed": planned.draw_seed}
    append(
        connection,
        "meeting.planned",
        subject=meeting_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return meeting_id


def freeze(service: Service, actor: Actor, meeting_id: str) -> None:
    """
    Fix the register the meeting decides on: read at one instant, kept with its version and hash.

    The long reading is done before the writing; when the register has moved meanwhile it is read
    again. So it is when a reserved place had to follow its agreement's text first.

    Raises
    ------
    MeetingStateError
        ``meeting.wrong_state``: it is not a draft.
    ProblemsError
        What is missing before anything may be proposed.
    RegisterMovedError
        ``meeting.register_moved``.
    """
    for _ in range(_TRIES):
        with service.database.reading() as connection:
            row = queries.one_meeting(connection, actor, meeting_id)
            require(row, DRAFT)
            planned = meeting_of(row.settings)
            snapshot = read_register(connection, row.register_id, meeting=planned)
            has_due = bool(due_places(connection, actor, today=service.today()))
        problems = problems_before_proposing(snapshot.register, load_rulebook(planned.rulebook))
        if problems:
            raise ProblemsError(problems)
        if has_due:
            with service.database.writing() as connection:
                require(queries.one_meeting(connection, actor, meeting_id, to_change=True), DRAFT)
                follow_due(connection, actor, meeting_id=meeting_id, service=service)
            continue
        content = packed(snapshot.register)
        with service.database.writing() as connection:
            if _freeze_at(connection, actor, meeting_id, snapshot, content, service=service):
                return
    raise RegisterMovedError("The register keeps changing.")


def _freeze_at(
    connection: sa.Connection,
    actor: Actor,
    meeting_id: str,
    snapshot: Snapshot,
    content: bytes,
    *,
    service: Service,
) -> bool:
    """Keep a snapshot, if it is still of the register as it stands."""
    version = connection.scalar(
        sa.select(register.c.version)
        .where(register.c.register_id == snapshot.register.slsp_id)
        .with_for_update()
    )
    row = queries.one_meeting(connection, actor, meeting_id, to_change=True)
    require(row, DRAFT)
    if version != snapshot.version:
        return False
    sha256 = keep_file(connection, meeting_id, SNAPSHOT, content)
    kept = {
        "state": FROZEN,
        "register_version": snapshot.version,
        "content_hash": snapshot.register.content_hash,
        "frozen_at": service.now(),
        "row_version": row.row_version + 1,
    }
    connection.execute(meeting.update().where(meeting.c.meeting_id == meeting_id).values(kept))
    append(
        connection,
        "meeting.frozen",
        subject=meeting_id,
        actor=actor,
        now=service.now(),
        content={
            "register_version": snapshot.version,
            "content_hash": snapshot.register.content_hash,
            "snapshot_sha256": sha256,
        },
    )
    return True


def ask_proposal(
    connection: sa.Connection, actor: Actor, meeting_id: str, *, service: Service
) -> str:
    """Ask for the proposal of a frozen meeting; gives the run to follow."""
    row = queries.one_meeting(connection, actor, meeting_id, to_change=True)
    require(row, FROZEN)
    return ask(connection, PROPOSE, subject=meeting_id, actor=actor, now=service.now())


def require(row: Row, state: str) -> None:
    """Refuse when a meeting is not at that step."""
    if row.state != state:
        raise MeetingStateError("Not at this step.", state=row.state, needed=state)
