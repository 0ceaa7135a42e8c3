"""
A first missed rent, a repair nobody reported, a neighbour's complaint: an offer of contact.

It goes to a service the household agreed should hear of it, else to the company's own liaison.
Whoever sent it reads nothing more of it, and nothing goes on from it. Who could read in a list
that it went elsewhere, an accompanier, finds it in its own list in any case.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from allocation.accompaniment.plans import IS_SUPPORT
from allocation.accompaniment.supports import CONTACT_OFFER
from api.access import AbsentError, may, visible_to
from api.accompaniment.plans import refuse_day_to_come
from api.accompaniment.record import refuse_rent_manager
from api.accompaniment.schemas import ContactOfferAct, ContactOfferEntry
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import contact_offer, plan, plan_consent
from api.decisions.queries import is_application_visible
from api.journal import append
from api.service import Service

LATEST = 500


def pass_on(
    connection: sa.Connection, actor: Actor, asked: ContactOfferEntry, *, service: Service
) -> str:
    """Pass an event on to who may offer a contact; it is no step of any procedure."""
    if not is_application_visible(connection, actor, asked.application_id):
        raise AbsentError("No such application.")
    refuse_day_to_come(asked.happened_on, service)
    values = asked.model_dump(exclude={"acting_as"}) | {
        "sent_by": actor.organisation_id,
        "state": CONTACT_OFFER.initial,
        "actor_id": actor.actor_id,
        "acted_as": asked.acting_as,
        "sent_at": service.now(),
    }
    offering = _who_offers(connection, actor, asked.application_id, service=service)
    to = {f"off-{secrets.token_hex(8)}": organisation_id for organisation_id in offering}
    rows = [{"contact_offer_id": key, "organisation_id": who} for key, who in to.items()]
    connection.execute(contact_offer.insert(), [values | row for row in rows])
    contact_offer_id = next(iter(to))
    append(
        connection,
        "contact_offer.passed_on",
        subject=contact_offer_id,
        actor=actor,
        now=service.now(),
        content={"event": asked.event, "acted_as": asked.acting_as},
    )
    return contact_offer_id


def offers_to_make(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Offers of contact of the actor's service: those to make first, the oldest first."""
    query = sa.select(contact_offer).where(visible_to(actor, contact_offer))
    is_over = contact_offer.c.settled_on.is_not(None)
    ordered = query.order_by(is_over, contact_offer.c.sent_at, contact_offer.c.contact_offer_id)
    return list(connection.execute(ordered.limit(LATEST)))


def act_on(
    connection: sa.Connection,
    actor: Actor,
    contact_offer_id: str,
    asked: ContactOfferAct,
    *,
    service: Service,
) -> Row:
    """
    Write down that the contact was offered, taken up, or not: the last two weigh the same.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``.
    """
    refuse_rent_manager(asked.acting_as)
    row = _one(connection, actor, contact_offer_id)
    refuse_day_to_come(asked.on, service)
    state = CONTACT_OFFER.after(row.state, asked.act)
    settled_on = None if CONTACT_OFFER.possible(state) else asked.on
    mine = contact_offer.c.contact_offer_id == contact_offer_id
    values = {"state": state, "settled_on": settled_on}
    connection.execute(contact_offer.update().where(mine).values(values))
    append(
        connection, "contact_offer.acted_on", subject=contact_offer_id, actor=actor,
        now=service.now(),
    )  # fmt: skip
    return _one(connection, actor, contact_offer_id)


def _one(connection: sa.Connection, actor: Actor, contact_offer_id: str) -> Row:
    query = sa.select(contact_offer).where(
        visible_to(actor, contact_offer), contact_offer.c.contact_offer_id == contact_offer_id
    )
    found = connection.execute(query.with_for_update()).one_or_none()
    if found is None:
        raise AbsentError("Nothing of that name.")
    return found


def _who_offers(
    connection: sa.Connection, actor: Actor, application_id: str, *, service: Service
) -> tuple[str, ...]:
    """
    The service that accompanies the household, if it may be told its need; else the sender's own.

    The sender is not told which it was: the answer would say whether there is support. For the
    same reason the sender's own comes first, and always, when the sender may read what is there.
    """
    today = service.today()
    query = (
        sa.select(plan.c.organisation_id)
        .join(plan_consent, plan_consent.c.plan_id == plan.c.plan_id)
        .where(
            plan.c.application_id == application_id,
            plan.c.state.in_(sorted(IS_SUPPORT)),
            plan_consent.c.kind == "data_sharing",
            plan_consent.c.datum == "need",
            plan_consent.c.partner_id == plan.c.organisation_id,
            plan_consent.c.state == "given",
            plan_consent.c.on <= today,
            plan_consent.c.until_on >= today,
        )
    )
    own = actor.organisation_id
    found = connection.scalar(query.order_by(plan.c.plan_id).limit(1)) or own
    return tuple(dict.fromkeys((own, found) if may(actor, "accompaniment.read") else (found,)))
