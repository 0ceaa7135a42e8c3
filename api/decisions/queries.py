"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

import sqlalchemy as sa

from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.meetings import meeting_file
from api.db.tables.offers import derogation, entitlement, meeting_answer, offer_course
from api.db.tables.register import applications, offers

PROPOSAL, CONTINUATION = "proposal.json", "continuation.json"


def entitlements_of(connection: sa.Connection, actor: Actor, meeting_id: str) -> list[Row]:
    """Every dwelling of a meeting, by identifier."""
    query = sa.select(entitlement).where(
        visible_to(actor, entitlement), entitlement.c.meeting_id == meeting_id
    )
    return list(connection.execute(query.order_by(entitlement.c.dwelling_id)))


def last_offers(connection: sa.Connection, actor: Actor, meeting_id: str) -> dict[str, Row]:
    """Dwelling -> the last offer made of it after this meeting."""
    rows = connection.execute(
        sa.select(
            offers.c.offer_id,
            offers.c.application_id,
            offers.c.dwelling_id,
            offers.c.made_on,
            offer_course.c.state,
        )
        .join(offer_course, offer_course.c.offer_id == offers.c.offer_id)
        .where(visible_to(actor, offer_course), offer_course.c.meeting_id == meeting_id)
        .order_by(offer_course.c.sequence)
    )
    return {row.dwelling_id: row for row in rows}


def derogations_of(connection: sa.Connection, actor: Actor, meeting_id: str) -> list[Row]:
    """The derogations put to a meeting."""
    query = sa.select(derogation).where(
        visible_to(actor, derogation), derogation.c.meeting_id == meeting_id
    )
    return list(connection.execute(query.order_by(derogation.c.derogation_id)))


def one_derogation(
    connection: sa.Connection, actor: Actor, derogation_id: str, *, to_change: bool = False
) -> Row:
    """A derogation that exists for the actor; locked when it is to be changed."""
    query = sa.select(derogation).where(
        visible_to(actor, derogation), derogation.c.derogation_id == derogation_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such derogation.")
    return found


def is_application_visible(connection: sa.Connection, actor: Actor, application_id: str) -> bool:
    """Whether the application exists for the actor."""
    query = sa.select(applications.c.application_id).where(
        visible_to(actor, applications), applications.c.application_id == application_id
    )
    return connection.scalar(query) is not None


def standing_proposal(connection: sa.Connection, meeting_id: str) -> Row | None:
    """The proposal of a meeting found visible, as it goes on today: bytes and hash."""
    rows = connection.execute(
        sa.select(meeting_file).where(
            meeting_file.c.meeting_id == meeting_id,
            meeting_file.c.name.in_((PROPOSAL, CONTINUATION)),
        )
    )
    found = {row.name: row for row in rows}
    return found.get(CONTINUATION) or found.get(PROPOSAL)


def answers_to_take_in(connection: sa.Connection, meeting_id: str) -> list[Row]:
    """Answers that the continuation does not rest on yet, in the order they came."""
    query = sa.select(meeting_answer).where(
        meeting_answer.c.meeting_id == meeting_id, meeting_answer.c.is_taken_in.is_(False)
    )
    return list(connection.execute(query.order_by(meeting_answer.c.sequence)))
