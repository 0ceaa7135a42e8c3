"""What follows in a plan: contacts, reviews, preparation, consents, supports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, status

from api.accompaniment import consents, following, views
from api.accompaniment.routes import Accompanier
from api.accompaniment.schemas import (
    ConsentEntry,
    ContactEntry,
    OnDay,
    PlanFile,
    PreparationEntry,
    ReviewEntry,
    SupportAct,
    SupportEntry,
)
from api.idempotency import OnlyOnce
from api.requests import Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["accompaniment"], route_class=Route)
Identifier = Annotated[str, Path(max_length=100)]


@router.post("/plans/{plan_id}/contacts", status_code=status.HTTP_201_CREATED)
def add_contact(
    actor: Accompanier,
    plan_id: Identifier,
    asked: ContactEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """A contact took place, was missed or moved; what was said has no field."""

    def act() -> PlanFile:
        following.add_contact(connection, actor, plan_id, asked, service=serving)
        return views.plan_file(connection, actor, plan_id, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=PlanFile)


@router.post("/plans/{plan_id}/reviews", status_code=status.HTTP_201_CREATED)
def add_review(
    actor: Accompanier,
    plan_id: Identifier,
    asked: ReviewEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """A review, the household's own view first."""

    def act() -> PlanFile:
        following.add_review(connection, actor, plan_id, asked, service=serving)
        return views.plan_file(connection, actor, plan_id, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=PlanFile)


@router.post("/plans/{plan_id}/preparation")
def prepare(
    actor: Accompanier,
    plan_id: Identifier,
    asked: PreparationEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """One item of what is prepared before a household enters its home."""

    def act() -> PlanFile:
        following.prepare(connection, actor, plan_id, asked, service=serving)
        return views.plan_file(connection, actor, plan_id, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=PlanFile)


@router.post("/plans/{plan_id}/consents", status_code=status.HTTP_201_CREATED)
def record_consent(
    actor: Accompanier,
    plan_id: Identifier,
    asked: ConsentEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """Sharing a named datum, the notice on data, a contract: one record each, with its day."""

    def act() -> PlanFile:
        consents.record(connection, actor, plan_id, asked, service=serving)
        return views.plan_file(connection, actor, plan_id, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=PlanFile)


@router.post("/consents/{consent_id}/withdrawal")
def withdraw_consent(
    actor: Accompanier,
    consent_id: Identifier,
    asked: OnDay,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """End one consent; the others, and the plan, are as they were."""
    plan_id = consents.withdraw(connection, actor, consent_id, asked, service=serving)
    return views.plan_file(connection, actor, plan_id, service=serving, words=words)


@router.post("/plans/{plan_id}/supports", status_code=status.HTTP_201_CREATED)
def ask_support(
    actor: Accompanier,
    plan_id: Identifier,
    asked: SupportEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """Home guidance, logistics of moving in, an interpreter, ...: what the household asks for."""

    def act() -> PlanFile:
        following.ask_support(connection, actor, plan_id, asked, service=serving)
        return views.plan_file(connection, actor, plan_id, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=PlanFile)


@router.post("/supports/{support_id}/acts")
def act_on_support(
    actor: Accompanier,
    support_id: Identifier,
    asked: SupportAct,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> PlanFile:
    """It was arranged, done, dropped by the household, or there is none to be had."""
    plan_id = following.act_on_support(connection, actor, support_id, asked, service=serving)
    return views.plan_file(connection, actor, plan_id, service=serving, words=words)
