"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from allocation.accompaniment import HAD_ITS_TURN
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.agreements import agreement_document, agreement_version, place_offer
from api.db.tables.meetings import meeting
from api.db.tables.offers import entitlement
from api.db.tables.register import agreements, dwellings, presentations, vacancies
from api.meetings.record import CLOSED, DECIDED, FROZEN, POSTED, PROPOSED

MOST = 500
_HOME = dwellings.alias("home")
_FREE = vacancies.alias("free")
_TOLD = (
    *place_offer.c,
    *(_HOME.c[n] for n in ("nis5", "kind", "bedrooms", "accessibility", "floor", "has_lift")),
    _FREE.c.available_on,
    agreement_version.c.terms,
)
_JOINED = (
    place_offer.join(_HOME, _HOME.c.dwelling_id == place_offer.c.dwelling_id)
    .outerjoin(_FREE, _FREE.c.dwelling_id == place_offer.c.dwelling_id)
    .outerjoin(agreement_document, agreement_document.c.agreement_id == place_offer.c.agreement_id)
    .outerjoin(
        agreement_version,
        (agreement_version.c.agreement_id == agreement_document.c.agreement_id)
        & (agreement_version.c.version == agreement_document.c.version),
    )
)
# Nobody was found for it; a dwelling not let at all is another matter.
_FOUND_NOBODY = ("empty", "nobody_left")


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


def waiting_places(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Places of the actor's company that wait for an answer or a household, by identifier."""
    query = sa.select(*_TOLD).select_from(_JOINED)
    waiting = query.where(
        visible_to(actor, place_offer),
        place_offer.c.register_id == actor.organisation_id,
        place_offer.c.state.in_(("offered", "taken_up")),
    )
    return list(connection.execute(waiting.order_by(place_offer.c.place_offer_id)))


def standing_place(connection: sa.Connection, dwelling_id: str, *states: str) -> Row | None:
    """The latest place of a dwelling that is in one of these states; locked."""
    query = sa.select(place_offer).where(
        place_offer.c.dwelling_id == dwelling_id, place_offer.c.state.in_(states)
    )
    latest = query.order_by(place_offer.c.offered_on.desc(), place_offer.c.place_offer_id)
    return connection.execute(latest.limit(1).with_for_update()).one_or_none()


def found_nobody_on(connection: sa.Connection, place: Row) -> date | None:
    """Day of the last meeting that gave the dwelling of a place taken up to nobody."""
    query = sa.select(sa.func.max(meeting.c.meeting_on)).join_from(entitlement, meeting)
    found: date | None = connection.scalar(
        query.where(
            meeting.c.register_id == place.register_id,
            meeting.c.state.in_((DECIDED, POSTED, CLOSED)),
            meeting.c.meeting_on >= place.answered_on,
            entitlement.c.dwelling_id == place.dwelling_id,
            entitlement.c.agreement_id == place.agreement_id,
            entitlement.c.application_id.is_(None),
            entitlement.c.ground.in_(_FOUND_NOBODY),
        )
    )
    return found


def is_under_way(connection: sa.Connection, place: Row, *, today: date) -> bool:
    """Whether a meeting to come has fixed its register and not decided yet."""
    query = sa.select(meeting.c.meeting_id).where(
        meeting.c.register_id == place.register_id,
        meeting.c.state.in_((FROZEN, PROPOSED)),
        meeting.c.meeting_on >= today,
    )
    return connection.scalar(query.limit(1)) is not None


def is_somebodys(connection: sa.Connection, place: Row) -> bool:
    """Whether a household is entitled to the dwelling, or has its answer to give."""
    query = (
        sa.select(entitlement.c.application_id)
        .join_from(entitlement, meeting)
        .where(
            meeting.c.register_id == place.register_id,
            meeting.c.state.in_((DECIDED, POSTED)),
            entitlement.c.dwelling_id == place.dwelling_id,
            sa.or_(entitlement.c.application_id.is_not(None), entitlement.c.ground == "awaited"),
        )
    )
    return connection.scalar(query.limit(1)) is not None


def stands_in(connection: sa.Connection, dwelling_id: str) -> bool:
    """Whether a place is offered in a dwelling, or was taken up there."""
    query = sa.select(place_offer.c.place_offer_id).where(
        place_offer.c.dwelling_id == dwelling_id,
        place_offer.c.state.in_(("offered", "taken_up")),
    )
    return connection.scalar(query) is not None


def had_their_turn(connection: sa.Connection, actor: Actor, dwelling_id: str) -> tuple[str, ...]:
    """Agreements asked for this dwelling since it is vacant, that did not fill it."""
    return _of_this_vacancy(connection, actor, dwelling_id, HAD_ITS_TURN)


def is_released(connection: sa.Connection, actor: Actor, dwelling_id: str) -> bool:
    """Whether an agreement gave this vacancy back to the general list."""
    return bool(_of_this_vacancy(connection, actor, dwelling_id, ("place_released",)))


def _of_this_vacancy(
    connection: sa.Connection, actor: Actor, dwelling_id: str, states: tuple[str, ...]
) -> tuple[str, ...]:
    """Agreements whose place in the dwelling, since it is vacant, is in one of these states."""
    since = sa.select(vacancies.c.vacated_on).where(vacancies.c.dwelling_id == dwelling_id)
    vacated_on = connection.scalar(since)
    query = sa.select(place_offer.c.agreement_id).where(
        visible_to(actor, place_offer),
        place_offer.c.dwelling_id == dwelling_id,
        place_offer.c.state.in_(states),
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
