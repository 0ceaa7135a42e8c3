"""Plans as they are told: to their own service, whole; to the household, its copy."""

from __future__ import annotations

import sqlalchemy as sa

from allocation.accompaniment import supports as known
from allocation.accompaniment.consents import CONSENT
from allocation.accompaniment.plans import PLAN
from allocation.accompaniment.supports import CONTACT_OFFER, SUPPORT
from allocation.wording import Catalogue
from api.access import visible_to
from api.accompaniment.record import codes, opened_words, plan_of
from api.accompaniment.schemas import (
    ActView,
    AlternativeEntry,
    ConsentView,
    ContactOfferView,
    ContactView,
    Objective,
    PlanFile,
    PlanView,
    PreparationView,
    ProgressEntry,
    ReviewView,
    SupportView,
)
from api.accompaniment.self_employment import doors_of, kept_of
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import (
    plan_act,
    plan_consent,
    plan_contact,
    plan_review,
    preparation_item,
    support_request,
)
from api.service import Service


def plan_view(row: Row, words: Catalogue) -> PlanView:
    """A plan without what was written in words."""
    values = {n: getattr(row, n) for n in PlanView.model_fields if n in row._mapping}
    sentence = words.text(f"support.coupling.{row.coupling}")
    return PlanView(**values, coupling_sentence=sentence, possible=list(PLAN.possible(row.state)))


def plan_file(
    connection: sa.Connection, actor: Actor, plan_id: str, *, service: Service, words: Catalogue
) -> PlanFile:
    """A plan with all that is kept of it."""
    row = plan_of(connection, actor, plan_id)
    said = opened_words(connection, row, service=service)
    alternative = said.get("alternative")
    business = kept_of(said)
    acts = _rows(connection, actor, plan_act, plan_id, plan_act.c.number)
    contacts = _rows(connection, actor, plan_contact, plan_id, plan_contact.c.on)
    reviews = _rows(connection, actor, plan_review, plan_id, plan_review.c.on)
    consents = _rows(connection, actor, plan_consent, plan_id, plan_consent.c.on)
    asked = _rows(connection, actor, support_request, plan_id, support_request.c.asked_on)
    return PlanFile(
        plan=plan_view(row, words),
        objectives=[Objective(**one) for one in said.get("objectives", [])],
        self_employment=business,
        doors=doors_of(business, words),
        ended_because=said.get("ended_because", ""),
        alternative=AlternativeEntry(**alternative) if alternative else None,
        overbooked_because=said.get("overbooked_because", ""),
        acts=[ActView.model_validate(one) for one in acts],
        consents=[consent_view(one) for one in consents],
        contacts=[ContactView.model_validate(one) for one in contacts],
        reviews=[_review_view(connection, one, service=service) for one in reviews],
        preparation=_checklist(connection, actor, plan_id, words),
        supports=[support_view(one, words) for one in asked],
    )


def consent_view(row: Row) -> ConsentView:
    """A record of consent; accompaniment is left by its plan, not here."""
    values = {n: getattr(row, n) for n in ConsentView.model_fields if n in row._mapping}
    possible = () if row.kind == "accompaniment" else CONSENT.possible(row.state)
    return ConsentView(**values, possible=list(possible))


def support_view(row: Row, words: Catalogue) -> SupportView:
    """A support asked for."""
    values = {n: getattr(row, n) for n in SupportView.model_fields if n in row._mapping}
    label = getattr(known.supports()[row.kind], words.language)
    return SupportView(**values, label=label, possible=list(SUPPORT.possible(row.state)))


def contact_offer_view(row: Row) -> ContactOfferView:
    """An offer of contact, to who makes it."""
    values = {n: getattr(row, n) for n in ContactOfferView.model_fields if n in row._mapping}
    return ContactOfferView(**values, possible=list(CONTACT_OFFER.possible(row.state)))


def _review_view(connection: sa.Connection, row: Row, *, service: Service) -> ReviewView:
    said = dict.fromkeys(
        ("household_says", "service_says", "landlord_says", "proposals", "disagreement"), ""
    )
    return ReviewView(
        review_id=row.review_id,
        on=row.on,
        due_on=row.due_on,
        present=codes(row.present),
        objectives=[ProgressEntry(**one) for one in codes(row.objectives)],
        obstacles=codes(row.obstacles),
        resolved=codes(row.resolved),
        next_on=row.next_on,
        copy_given=row._mapping["copy"],
        **(said | opened_words(connection, row, service=service)),
    )


def _checklist(
    connection: sa.Connection, actor: Actor, plan_id: str, words: Catalogue
) -> list[PreparationView]:
    rows = _rows(connection, actor, preparation_item, plan_id, preparation_item.c.item)
    kept = {row.item: row for row in rows}
    return [
        PreparationView(
            item=item,
            label=getattr(label, words.language),
            state=kept[item].state if item in kept else "to_do",
            on=kept[item].on if item in kept else None,
        )
        for item, label in known.preparation().items()
    ]


def _rows(
    connection: sa.Connection,
    actor: Actor,
    table: sa.Table,
    plan_id: str,
    first: sa.ColumnElement[object],
) -> list[Row]:
    query = sa.select(table).where(visible_to(actor, table), table.c.plan_id == plan_id)
    return list(connection.execute(query.order_by(first, *table.primary_key.columns)))
