"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

import sqlalchemy as sa

from api.access import AbsentError, DeniedError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.offers import offer_course

LATEST = 500


def latest(connection: sa.Connection, actor: Actor, table: sa.Table) -> list[Row]:
    """The latest rows that exist for the actor."""
    day = table.c.from_on if "from_on" in table.c else table.c.lodged_on
    (key,) = table.primary_key.columns
    query = sa.select(table).where(visible_to(actor, table)).order_by(day.desc(), key)
    return list(connection.execute(query.limit(LATEST)))


def one_of(
    connection: sa.Connection, actor: Actor, table: sa.Table, identifier: str, *, to_change: bool
) -> Row:
    """A row that exists for the actor; the Region sees it, only its own company changes it."""
    (key,) = table.primary_key.columns
    query = sa.select(table).where(visible_to(actor, table), key == identifier)
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("Nothing of that name.")
    if to_change and found.register_id != actor.organisation_id:
        raise DeniedError("Another company's.")
    return found


def open_offers(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Offers that have a last day to be answered."""
    query = sa.select(offer_course).where(
        visible_to(actor, offer_course),
        offer_course.c.state == "open",
        offer_course.c.answer_due_on.is_not(None),
    )
    return list(connection.execute(query))
