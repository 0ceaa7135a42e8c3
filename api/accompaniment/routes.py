"""Plans and capacity, to the service that accompanies; what a rent manager may read and send."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from api.accompaniment import capacity, consents, contact_offers, plans, views
from api.accompaniment.schemas import (
    CapacityView,
    ContactOfferAct,
    ContactOfferEntry,
    ContactOfferList,
    ContactOfferSent,
    ContactOfferView,
    PlanAct,
    PlanChange,
    PlanEntry,
    PlanFile,
    PlanList,
    PlanQuery,
    PresenceView,
    SettingEntry,
)
from api.auth.actor import Actor
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["accompaniment"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("accompaniment.read"))]
Accompanier = Annotated[Actor, Depends(Allowed("accompaniment.act"))]
Identifier = Annotated[str, Path(max_length=100)]
LATEST = 500


@router.get("/accompaniment/capacity")
def read_capacity(actor: Reader, connection: Reading, words: Words) -> CapacityView:
    """What the service can still promise, by intensity, before it promises."""
    return capacity.view(connection, actor.organisation_id, words)


@router.put("/accompaniment/settings")
def settle_scale(
    actor: Annotated[Actor, Depends(Allowed("accompaniment.settle"))],
    asked: SettingEntry,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> CapacityView:
    """Fix the association's own workers, intensities and weights."""
    capacity.settle(connection, actor, asked, service=serving)
    return capacity.view(connection, actor.organisation_id, words)


@router.get("/plans")
def list_plans(
    actor: Reader, asked: Annotated[PlanQuery, Query()], connection: Reading, words: Words
) -> PlanList:
    """The plans of the caller's own service."""
    rows = plans.plans_of(
        connection, actor, state=asked.state, application_id=asked.application_id, limit=LATEST
    )
    return PlanList(items=[views.plan_view(row, words) for row in rows])


@router.post("/plans", status_code=status.HTTP_201_CREATED)
def open_plan(
    actor: Accompanier,
    asked: PlanEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """Write a first contact down; nothing is offered yet."""

    def act() -> PlanFile:
        plan_id = plans.open_plan(connection, actor, asked, service=serving)
        return views.plan_file(connection, actor, plan_id, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=PlanFile)


@router.get("/plans/{plan_id}")
def read_plan(
    actor: Reader, plan_id: Identifier, connection: Reading, serving: Serving, words: Words
) -> PlanFile:
    """A plan with all that its service keeps of it."""
    return views.plan_file(connection, actor, plan_id, service=serving, words=words)


@router.put("/plans/{plan_id}")
def change_plan(
    actor: Accompanier,
    plan_id: Identifier,
    asked: PlanChange,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """Write what household and service agree on from now on."""
    plans.change(connection, actor, plan_id, asked, service=serving)
    return views.plan_file(connection, actor, plan_id, service=serving, words=words)


@router.post("/plans/{plan_id}/acts")
def act_on_plan(
    actor: Accompanier,
    plan_id: Identifier,
    asked: PlanAct,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """Offer, accept, decline, pause, withdraw, end: one act, with its day."""
    plans.act_on(connection, actor, plan_id, asked, service=serving)
    return views.plan_file(connection, actor, plan_id, service=serving, words=words)


@router.get("/applications/{application_id}/support")
def read_presence(
    actor: Annotated[Actor, Depends(Allowed("support.presence"))],
    application_id: Identifier,
    connection: Reading,
    serving: Serving,
    words: Words,
) -> PresenceView:
    """Whether a household is accompanied, if it agreed that this is said to the rent manager."""
    return consents.presence(connection, actor, application_id, service=serving, words=words)


@router.get("/contact-offers")
def list_contact_offers(actor: Reader, connection: Reading) -> ContactOfferList:
    """Contacts to offer, after events of the tenancy."""
    rows = contact_offers.offers_to_make(connection, actor)
    return ContactOfferList(items=[views.contact_offer_view(row) for row in rows])


@router.post("/contact-offers", status_code=status.HTTP_201_CREATED)
def pass_event_on(
    actor: Annotated[Actor, Depends(Allowed("contact_offers.send"))],
    asked: ContactOfferEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> ContactOfferSent:
    """Pass an event on, so that a contact may be offered: no step of any procedure."""

    def act() -> ContactOfferSent:
        found = contact_offers.pass_on(connection, actor, asked, service=serving)
        sentence = words.text("support.contact_offer.passed_on")
        return ContactOfferSent(contact_offer_id=found, sentence=sentence)

    return once(connection, actor, asked, act=act, answer=ContactOfferSent)


@router.post("/contact-offers/{contact_offer_id}/acts")
def act_on_contact_offer(
    actor: Accompanier,
    contact_offer_id: Identifier,
    asked: ContactOfferAct,
    connection: Writing,
    serving: Serving,
) -> ContactOfferView:
    """The contact was offered; it was taken up, or not, and nothing follows from that."""
    row = contact_offers.act_on(connection, actor, contact_offer_id, asked, service=serving)
    return views.contact_offer_view(row)
