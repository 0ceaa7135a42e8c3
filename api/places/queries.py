"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

import sqlalchemy as sa

from allocation.accompaniment import HAD_ITS_TURN
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.agreements import place_offer
from api.db.tables.register import agreements, dwellings, presentations, vacancies

MOST = 500
_HOME = dwellings.alias("home")
_FREE = vacancies.alias("free")
_TOLD = (
    *place_offer.c,
    *(_HOME.c[n] for n in ("nis5", "kind", "bedrooms", "accessibility", "floor", "has_lift")),
    _FREE.c.available_on,
)
_JOINED = place_offer.join(_HOME, _HOME.c.dwelling_id == place_offer.c.dwelling_id).outerjoin(
    _FREE, _FREE.c.dwelling_id == place_offer.c.dwelling_id
)


def offers_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Places offered that exist for the actor, the latest first."""
    query = sa.select(*_TOLD).select_from(_JOINED).where(visible_to(actor, place_offer))
    latest = query.order_by(place_offer.c.offered_on.desc(), place_offer.c.place_offer_id)
    return list(connection.execute(latest.limit(MOST)))


def one_offer(connection: sa.Connection, actor: Actor, place_offer_id: str) -> Row:
    """A place offered that exists for the actor."""
    query = sa.select(*_TOLD).select_from(_JOINED)
    found = connection.execute(
        query.where(visible_to(actor, place_offer), place_offer.c.place_offer_id == place_offer_id)
    ).one_or_none()
    if found is None:
        raise AbsentError("No such place.")
    return found


def lock(connection: sa.Connection, actor: Actor, place_offer_id: str) -> Row:
    """The same, locked: who acts next waits, and reads what was done."""
    mine = place_offer.c.place_offer_id == place_offer_id
    connection.execute(sa.select(place_offer.c.state).where(mine).with_for_update())
    return one_offer(connection, actor, place_offer_id)


def dwelling_to_let(connection: sa.Connection, actor: Actor, dwelling_id: str) -> Row | None:
    """A dwelling of the actor's company that is vacant and that no agreement names."""
    query = (
        sa.select(dwellings)
        .join(vacancies, vacancies.c.dwelling_id == dwellings.c.dwelling_id)
        .where(
            visible_to(actor, dwellings),
            dwellings.c.dwelling_id == dwelling_id,
            vacancies.c.agreement_id.is_(None),
        )
    )
    return connection.execute(query).one_or_none()


def require_dwelling(connection: sa.Connection, actor: Actor, dwelling_id: str) -> None:
    """Refuse a dwelling that does not exist for the actor."""
    query = sa.select(dwellings.c.dwelling_id).where(
        visible_to(actor, dwellings), dwellings.c.dwelling_id == dwelling_id
    )
    if connection.scalar(query) is None:
        raise AbsentError("No such dwelling.")


def stands_in(connection: sa.Connection, dwelling_id: str) -> bool:
    """Whether a place is offered in a dwelling, or was taken up there."""
    query = sa.select(place_offer.c.place_offer_id).where(
        place_offer.c.dwelling_id == dwelling_id,
        place_offer.c.state.in_(("offered", "taken_up")),
    )
    return connection.scalar(query) is not None


def had_their_turn(connection: sa.Connection, actor: Actor, dwelling_id: str) -> tuple[str, ...]:
    """Agreements asked for this dwelling since it is vacant, that did not take it up."""
    since = sa.select(vacancies.c.vacated_on).where(vacancies.c.dwelling_id == dwelling_id)
    vacated_on = connection.scalar(since)
    query = sa.select(place_offer.c.agreement_id).where(
        visible_to(actor, place_offer),
        place_offer.c.dwelling_id == dwelling_id,
        place_offer.c.state.in_(HAD_ITS_TURN),
    )
    if vacated_on is not None:
        query = query.where(place_offer.c.offered_on >= vacated_on)
    return tuple(sorted(set(connection.scalars(query))))


def agreement_rows(connection: sa.Connection, actor: Actor) -> dict[str, Row]:
    """The agreements of the register, by identifier."""
    query = sa.select(agreements).where(visible_to(actor, agreements))
    return {row.agreement_id: row for row in connection.execute(query)}


def is_presented(
    connection: sa.Connection, actor: Actor, agreement_id: str, application_id: str
) -> bool:
    """Whether a household is presented under an agreement, with its own agreement."""
    query = sa.select(presentations.c.application_id).where(
        visible_to(actor, presentations),
        presentations.c.agreement_id == agreement_id,
        presentations.c.application_id == application_id,
        presentations.c.household_agreed_on.is_not(None),
    )
    return connection.scalar(query) is not None
