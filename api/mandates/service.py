"""
Acts of a partner in a household's name.

Each act asks first for the mandate: the partner's own, in force that day, covering the act. Then
it is done on the file of the household's company as if the household had come to the desk, and
the journal names the mandate.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import MANDATE, check_mandate
from allocation.procedure.mandates import ANSWER_OFFERS, CONFIRM, SUPPLY_PROOFS
from allocation.wording import Catalogue
from api.access import PARTNER, AbsentError, DeniedError, rows_of
from api.applications import service as files
from api.applications.record_schemas import ApplicationRecord
from api.auth.actor import Actor
from api.campaigns import service as campaigns
from api.campaigns.schemas import Answer
from api.db import Row
from api.db.tables.mandates import mandate
from api.db.tables.register import applications, register
from api.fresh_proofs.service import told_facts
from api.journal import append
from api.journal.sealing import seal
from api.mandates import queries
from api.mandates.schemas import (
    Answered,
    Confirmed,
    Given,
    MandateEntry,
    MandateView,
    PersonEntry,
    ProofState,
    Registration,
    WantedProof,
)
from api.offers import service as offers
from api.partners import proofs
from api.partners import queries as partners
from api.service import Service


class MandateError(HousingError):
    """A mandate cannot be filed, or there is nothing to do under it."""

    code: ClassVar[str] = "mandate.no_agreement"

    def __init__(self, code: str) -> None:
        super().__init__("Refused.")
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def reference_of(
    connection: sa.Connection, actor: Actor, asked: MandateEntry, *, service: Service
) -> str | None:
    """
    The reference company of a household the partner proved to know; ``None`` when it did not.

    A refusal is counted in this transaction: it must be committed.
    """
    today = service.today()
    holders = sorted(queries.companies_of_partner(connection, actor, today))
    wanted = (asked.application_id, asked.born_on)
    births = [
        partners.births_known_to(
            connection, holder, kind="slsp", application_ids=[asked.application_id]
        )
        for holder in holders
    ]
    is_known = any(wanted in known for known in births)
    if not proofs.proved(connection, actor, asked.application_id, is_known=is_known, day=today):
        return None
    reference = sa.select(applications.c.reference_slsp_id).where(
        applications.c.application_id == asked.application_id
    )
    return str(connection.scalar(reference))


def file(
    connection: sa.Connection,
    actor: Actor,
    asked: MandateEntry,
    *,
    register_id: str,
    service: Service,
) -> MandateView:
    """File the mandate of a household whose application exists."""
    _require_sound(asked, service.today())
    _require_register(connection, register_id)
    mandate_id = _drawn()
    acting = in_its_name(actor, register_id, mandate_id)
    _write(connection, actor, asked, acting, asked.application_id, service=service)
    return view(connection, actor, mandate_id, on=service.today())


def register_person(
    connection: sa.Connection,
    actor: Actor,
    asked: Registration,
    *,
    service: Service,
    words: Catalogue,
) -> MandateView:
    """
    Register a person under the mandate given at the same time.

    The file is incomplete until the company admits it. No name in full and no domicile is
    needed; whether the person is known elsewhere is looked at by the company alone.
    """
    today = service.today()
    _require_sound(asked.mandate, today)
    if asked.register_id not in queries.companies_of_partner(connection, actor, today):
        raise MandateError("mandate.no_agreement")
    _require_address(asked)
    mandate_id = _drawn()
    acting = in_its_name(actor, asked.register_id, mandate_id)
    record = _record(asked, today)
    made = files.create(connection, acting, record, service=service, words=words)
    reach = {"address": asked.reach.address or ""}
    values = {
        "address_kind": asked.reach.address_kind,
        "sealed": seal(connection, made.application_id, reach, secret=service.secret),
    }
    _write(connection, actor, asked.mandate, acting, made.application_id, service=service, **values)
    return view(connection, actor, mandate_id, on=today)


def end(
    connection: sa.Connection, actor: Actor, mandate_id: str, asked_by: str, *, service: Service
) -> MandateView:
    """End a mandate, at once: at the desk for the household, or by the partner itself."""
    row = queries.one_mandate(connection, actor, mandate_id, to_change=True)
    is_partner = actor.role == PARTNER
    if is_partner is not (asked_by == "partner"):
        raise MandateError("mandate.whose_end")
    if not is_partner and row.register_id != actor.organisation_id:
        raise DeniedError("At the desk of the reference company.")
    today = service.today()
    state = MANDATE.after(row.state, "give_back" if is_partner else "revoke")
    mine = mandate.c.mandate_id == mandate_id
    connection.execute(mandate.update().where(mine).values(state=state, ended_on=today))
    content = {
        "application_id": row.application_id,
        "mandate_id": mandate_id,
        "partner_id": row.organisation_id,
        "state": state,
        "on": today.isoformat(),
    }
    append(
        connection,
        "mandate.ended",
        subject=row.application_id,
        actor=replace(actor, organisation_id=row.register_id),
        now=service.now(),
        content=content,
    )
    return view(connection, actor, mandate_id, on=today)


def confirm(
    connection: sa.Connection, actor: Actor, mandate_id: str, asked: Confirmed, *, service: Service
) -> None:
    """The household confirms its application through the partner."""
    row, acting = required(connection, actor, mandate_id, CONFIRM, on=service.today())
    campaign_id = queries.awaited_confirmation(
        connection, row.application_id, on=asked.confirmed_on
    )
    if campaign_id is None:
        raise MandateError("mandate.nothing_to_confirm")
    said = Answer(
        application_id=row.application_id, confirmed_on=asked.confirmed_on, channel="partner"
    )
    campaigns.answer(connection, acting, campaign_id, said, service=service)


def answer_offer(
    connection: sa.Connection,
    actor: Actor,
    mandate_id: str,
    offer_id: str,
    asked: Answered,
    *,
    service: Service,
) -> Row:
    """The household's answer to an offer; gives the offer as it stands then."""
    row, acting = required(connection, actor, mandate_id, ANSWER_OFFERS, on=service.today())
    offered_by = queries.register_of_offer(connection, row.application_id, offer_id)
    return offers.answer(
        connection,
        replace(acting, organisation_id=offered_by),
        offer_id,
        asked.answer,
        on=asked.answered_on,
        reason=asked.ground,
        service=service,
    )


def required(
    connection: sa.Connection, actor: Actor, mandate_id: str, cover: str, *, on: date
) -> tuple[Row, Actor]:
    """
    The mandate that allows an act, and who the act is done as; locked until the commit.

    Raises
    ------
    AbsentError
        No such mandate of this partner.
    IllegalActError
        ``mandate.ended``, ``mandate.not_in_force``, ``mandate.not_covered``.
    """
    row = queries.one_mandate(connection, actor, mandate_id, to_change=True)
    check_mandate(
        cover,
        covers=row.covers.split(),
        state=row.state,
        given_on=row.given_on,
        until_on=row.until_on,
        on=on,
    )
    return row, in_its_name(actor, row.register_id, mandate_id)


def in_its_name(actor: Actor, register_id: str, mandate_id: str) -> Actor:
    """The partner acting on a file of a company: the role stays a partner's, with no right more."""
    return replace(
        actor, organisation_id=register_id, organisation_kind="slsp", mandate_id=mandate_id
    )


def view(connection: sa.Connection, actor: Actor, mandate_id: str, *, on: date) -> MandateView:
    """A mandate as told."""
    return views(connection, [queries.one_mandate(connection, actor, mandate_id)], on=on)[0]


def views(connection: sa.Connection, rows: list[Row], *, on: date) -> list[MandateView]:
    """Mandates found visible, as told."""
    proofs_of = queries.proofs_under(connection, [row.mandate_id for row in rows])
    own = {"covers", "is_in_force", "proofs", "wanted"}
    supplying = [r for r in rows if _is_in_force(r, on) and SUPPLY_PROOFS in r.covers.split()]
    wanted = queries.proofs_wanted(connection, [r.application_id for r in supplying])
    wanted_of = {r.mandate_id: wanted.get(r.application_id, []) for r in supplying}
    return [
        MandateView(
            **{n: getattr(row, n) for n in MandateView.model_fields if n not in own},
            covers=row.covers.split(),
            is_in_force=_is_in_force(row, on),
            proofs=[ProofState.model_validate(p) for p in proofs_of.get(row.mandate_id, [])],
            wanted=[_wanted(request) for request in wanted_of.get(row.mandate_id, [])],
        )
        for row in rows
    ]


def _is_in_force(row: Row, on: date) -> bool:
    return bool(row.state == MANDATE.initial and row.given_on <= on <= row.until_on)


def _wanted(row: Row) -> WantedProof:
    facts, n_closed = told_facts(row, is_open=False)
    return WantedProof(
        request_id=row.request_id,
        due_on=row.due_on,
        conditions=json.loads(row.conditions),
        facts=facts,
        n_closed=n_closed,
    )


def _write(
    connection: sa.Connection,
    actor: Actor,
    given: Given,
    acting: Actor,
    application_id: str,
    *,
    service: Service,
    address_kind: str = "",
    sealed: str = "",
) -> None:
    values: dict[str, Any] = {
        "mandate_id": acting.mandate_id,
        "organisation_id": actor.organisation_id,
        "register_id": acting.organisation_id,
        "application_id": application_id,
        "covers": " ".join(sorted(set(given.covers))),
        "given_on": given.given_on,
        "until_on": given.until_on,
        "form": given.form,
        "state": MANDATE.initial,
        "address_kind": address_kind,
        "sealed": sealed,
        "recorded_at": service.now(),
    }
    connection.execute(mandate.insert(), values)
    content = {
        "application_id": application_id,
        "partner_id": actor.organisation_id,
        "covers": values["covers"].split(),
        "given_on": given.given_on.isoformat(),
        "until_on": given.until_on.isoformat(),
        "form": given.form,
        "state": MANDATE.initial,
    }
    append(
        connection,
        "mandate.filed",
        subject=application_id,
        actor=acting,
        now=service.now(),
        content=content,
    )


def _require_sound(given: Given, today: date) -> None:
    if given.given_on > today:
        raise MandateError("mandate.given_later")
    if given.until_on < max(given.given_on, today):
        raise MandateError("mandate.over_already")


def _require_address(asked: Registration) -> None:
    """An address is said, unless it is the partner's, which is known."""
    if (asked.reach.address is None) is not (asked.reach.address_kind == "partner"):
        raise MandateError("mandate.address")


def _require_register(connection: sa.Connection, register_id: str) -> None:
    known = sa.select(register.c.register_id).where(
        register.c.register_id == register_id,
        rows_of(register_id, kind="slsp", table=register),
    )
    if connection.scalar(known) is None:
        raise AbsentError("The reference company is not here.")


def _drawn() -> str:
    return f"man-{secrets.token_hex(8)}"


def _record(asked: Registration, today: date) -> ApplicationRecord:
    """The least of a file: who, which communes, what kind of dwelling."""
    return ApplicationRecord.model_validate(
        {
            "application": {
                "registered_on": today,
                "status": "incomplete",
                "list": "candidate",
                "kind_wanted": asked.kind_wanted,
            },
            "members": [_member(person) for person in asked.members],
            "facts": [],
            "choices": [{"rank": n, "nis5": c.nis5} for n, c in enumerate(asked.choices, start=1)],
        }
    )


def _member(person: PersonEntry) -> dict[str, Any]:
    return {
        "member_id": f"p-{secrets.token_hex(8)}",
        "role": person.role,
        "family_name": person.known_as,
        "born_on": person.born_on,
    }
