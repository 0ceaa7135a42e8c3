"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.meetings import meeting
from api.db.tables.occupancies import occupancy
from api.db.tables.offers import offer_contact, offer_course
from api.db.tables.register import applications, offers
from api.offers.schemas import OffersQuery

# Under a name of its own: what is visible is found through the meeting too.
_HELD = meeting.alias("held")
_OFFER = (
    offers.c.dwelling_id,
    offers.c.made_on,
    offers.c.answered_on,
    *offer_course.c,
    _HELD.c.register_id,
)
_JOINED = offer_course.join(offers).join(_HELD)


def page_of(
    connection: sa.Connection, actor: Actor, asked: OffersQuery, *, after: tuple[date, str] | None
) -> list[Row]:
    """Offers, latest first, one more than the page holds when there are more."""
    query = sa.select(*_OFFER).select_from(_JOINED).where(visible_to(actor, offer_course))
    for column, value in (
        (offer_course.c.meeting_id, asked.meeting_id),
        (offer_course.c.application_id, asked.application_id),
        (offer_course.c.state, asked.state),
    ):
        if value:
            query = query.where(column == value)
    if after:
        made_on, offer_id = after
        same_day = sa.and_(offers.c.made_on == made_on, offers.c.offer_id > offer_id)
        query = query.where(sa.or_(offers.c.made_on < made_on, same_day))
    query = query.order_by(offers.c.made_on.desc(), offers.c.offer_id).limit(asked.limit + 1)
    return list(connection.execute(query))


def one_offer(connection: sa.Connection, actor: Actor, offer_id: str) -> Row:
    """An offer that exists for the actor."""
    query = sa.select(*_OFFER).select_from(_JOINED)
    found = connection.execute(
        query.where(visible_to(actor, offer_course), offer_course.c.offer_id == offer_id)
    ).one_or_none()
    if found is None:
        raise AbsentError("No such offer.")
    return found


def contacts_of(connection: sa.Connection, actor: Actor, offer_id: str) -> list[Row]:
    """The attempts to reach the household, in their order."""
    query = sa.select(offer_contact).where(
        visible_to(actor, offer_contact), offer_contact.c.offer_id == offer_id
    )
    return list(connection.execute(query.order_by(offer_contact.c.sequence)))


def application_to_lock(connection: sa.Connection, actor: Actor, application_id: str) -> Row:
    """An application that exists for the actor, locked until the commit."""
    found = connection.execute(
        sa.select(applications)
        .where(visible_to(actor, applications), applications.c.application_id == application_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise AbsentError("No such application.")
    return found


def is_lived_in(connection: sa.Connection, offer: Row) -> bool:
    """Whether the household of an offer has entered its dwelling and lives there."""
    query = sa.select(occupancy.c.occupancy_id).where(
        occupancy.c.application_id == offer.application_id,
        occupancy.c.dwelling_id == offer.dwelling_id,
        occupancy.c.entered_on.is_not(None),
        occupancy.c.ended_on.is_(None),
    )
    return connection.scalar(query.limit(1)) is not None
