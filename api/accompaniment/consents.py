"""Records of consent, and what a rent manager may read because of one."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from allocation.accompaniment.consents import CONSENT, Consent, ConsentError
from allocation.accompaniment.plans import IS_SUPPORT
from allocation.wording import Catalogue
from api.access import AbsentError, visible_to
from api.accompaniment.plans import refuse_day_to_come
from api.accompaniment.record import plan_of, refuse_rent_manager, write_down
from api.accompaniment.schemas import ConsentEntry, OnDay, PresenceView
from api.auth.actor import Actor
from api.db.tables.accompaniment import plan, plan_consent
from api.db.tables.organisations import organisation
from api.decisions.queries import is_application_visible
from api.service import Service


def record(
    connection: sa.Connection, actor: Actor, plan_id: str, asked: ConsentEntry, *, service: Service
) -> str:
    """
    Write a consent down, or its refusal.

    Raises
    ------
    ConsentError
        ``consent.incomplete``, ``consent.too_much``.
    AbsentError
        ``access.absent``: no such plan, or no such partner.
    """
    refuse_rent_manager(asked.acting_as)
    plan_of(connection, actor, plan_id, to_change=True)
    refuse_day_to_come(asked.on, service)
    state = CONSENT.after(CONSENT.initial, "give" if asked.is_given else "refuse")
    Consent(
        asked.kind,
        state,
        asked.on,
        datum=asked.datum,
        partner_id=asked.partner_id or "",
        purpose=asked.purpose,
        until_on=asked.until_on,
    )
    if asked.until_on is not None and asked.until_on < asked.on:
        raise ConsentError("consent.incomplete", "It ends before it begins.")
    if asked.partner_id is not None and not _is_known(connection, asked.partner_id):
        raise AbsentError("No such organisation.")
    consent_id = f"cns-{secrets.token_hex(8)}"
    values = asked.model_dump(exclude={"acting_as", "is_given"}) | {
        "consent_id": consent_id,
        "plan_id": plan_id,
        "state": state,
    }
    connection.execute(plan_consent.insert(), values)
    facts = {"kind": asked.kind, "state": state}
    write_down(connection, plan_id, "consent", actor=actor, service=service, facts=facts)
    return consent_id


def withdraw(
    connection: sa.Connection, actor: Actor, consent_id: str, asked: OnDay, *, service: Service
) -> str:
    """
    End a consent that was given; gives the plan it belongs to, which is left as it is.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``: it is not in force. Accompaniment is left by its plan.
    """
    refuse_rent_manager(asked.acting_as)
    query = sa.select(plan_consent).where(
        visible_to(actor, plan_consent),
        plan_consent.c.consent_id == consent_id,
        plan_consent.c.kind != "accompaniment",
    )
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise AbsentError("Nothing of that name.")
    plan_of(connection, actor, row.plan_id, to_change=True)
    refuse_day_to_come(asked.on, service)
    values = {"state": CONSENT.after(row.state, "withdraw"), "ended_on": asked.on}
    connection.execute(
        plan_consent.update().where(plan_consent.c.consent_id == consent_id).values(values)
    )
    facts = {"kind": row.kind, "state": values["state"]}
    write_down(connection, row.plan_id, "consent", actor=actor, service=service, facts=facts)
    return str(row.plan_id)


def presence(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    *,
    service: Service,
    words: Catalogue,
) -> PresenceView:
    """
    Whether a household is accompanied, to a rent manager it agreed should know.

    Nothing agreed to and no support at all give the same answer, byte for byte.
    """
    if not is_application_visible(connection, actor, application_id):
        raise AbsentError("No such application.")
    today = service.today()
    told = sa.select(plan_consent.c.datum, organisation.c.name, plan.c.accompanier).where(
        plan.c.plan_id == plan_consent.c.plan_id,
        plan.c.organisation_id == organisation.c.organisation_id,
        plan.c.application_id == application_id,
        plan.c.state.in_(sorted(IS_SUPPORT)),
        plan_consent.c.kind == "data_sharing",
        plan_consent.c.state == "given",
        plan_consent.c.partner_id == actor.organisation_id,
        plan_consent.c.on <= today,
        plan_consent.c.until_on >= today,
    )
    rows = list(connection.execute(told.order_by(organisation.c.name, plan.c.plan_id)))
    is_told = any(row.datum == "support_exists" for row in rows)
    contacts = [
        ", ".join(filter(None, (row.name, row.accompanier)))
        for row in rows
        if is_told and row.datum == "contact_person"
    ]
    key = "support.presence.told" if is_told else "support.presence.not_told"
    return PresenceView(is_told=is_told, contact="; ".join(contacts), sentence=words.text(key))


def _is_known(connection: sa.Connection, organisation_id: str) -> bool:
    mine = organisation.c.organisation_id == organisation_id
    return connection.scalar(sa.select(organisation.c.organisation_id).where(mine)) is not None
