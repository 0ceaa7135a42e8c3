"""Strike-offs, complaints, appeals, and every day that matters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, status

from api.auth.actor import Actor
from api.db.tables.procedures import appeal, strike_off
from api.idempotency import OnlyOnce
from api.procedures import appeals, queries, strike_offs
from api.procedures.schemas import (
    AppealAct,
    AppealEntry,
    AppealList,
    AppealView,
    Deadline,
    DeadlineList,
    StrikeOffAct,
    StrikeOffList,
    StrikeOffView,
)
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["procedures"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("procedures.read"))]
Manager = Annotated[Actor, Depends(Allowed("strike_offs.act"))]
Recorder = Annotated[Actor, Depends(Allowed("appeals.record"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.get("/strike-offs")
def list_strike_offs(actor: Reader, connection: Reading) -> StrikeOffList:
    """Strike-offs proposed by the rule, in force and ended."""
    rows = queries.latest(connection, actor, strike_off)
    return StrikeOffList(items=tuple(strike_offs.view(row) for row in rows))


@router.post("/strike-offs/{strike_off_id}/acts")
def act_on_strike_off(
    actor: Manager,
    strike_off_id: Identifier,
    asked: StrikeOffAct,
    connection: Writing,
    serving: Serving,
) -> StrikeOffView:
    """Decide, dismiss, lift, maintain or end a strike-off, with a reason."""
    return strike_offs.act_on(connection, actor, strike_off_id, asked, service=serving)


@router.get("/appeals")
def list_appeals(actor: Reader, connection: Reading) -> AppealList:
    """Complaints and appeals, with every last day."""
    rows = queries.latest(connection, actor, appeal)
    return AppealList(items=tuple(appeals.view(row) for row in rows))


@router.post("/appeals", status_code=status.HTTP_201_CREATED)
def lodge_appeal(
    actor: Recorder, asked: AppealEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> AppealView:
    """A complaint was received."""

    def act() -> AppealView:
        return appeals.lodge(connection, actor, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=AppealView)


@router.post("/appeals/{appeal_id}/acts")
def act_on_appeal(
    actor: Recorder, appeal_id: Identifier, asked: AppealAct, connection: Writing, serving: Serving
) -> AppealView:
    """The company answered, the chamber decided, or one of them kept silent."""
    return appeals.act_on(connection, actor, appeal_id, asked, service=serving)


@router.get("/deadlines")
def list_deadlines(actor: Reader, connection: Reading) -> DeadlineList:
    """What is due and when: answers to offers and complaints, appeals, ends of strike-offs."""
    found = sorted(_deadlines(connection, actor), key=lambda d: (d.on, d.subject))
    return DeadlineList(items=tuple(found))


def _deadlines(connection: sa.Connection, actor: Actor) -> Iterator[Deadline]:
    for row in queries.open_offers(connection, actor):
        yield _deadline(row.answer_due_on, "offer_answer", row.offer_id, row.application_id)
    for row in queries.latest(connection, actor, strike_off):
        if row.state in ("in_force", "lifting_asked"):
            yield _deadline(row.until_on, "strike_off_end", row.strike_off_id, row.application_id)
    for row in queries.latest(connection, actor, appeal):
        last = appeals.deadlines_of(row)
        kind, on = {
            "lodged": ("complaint_answer", last.answer_by),
            "rejected_by_company": ("appeal_referral", last.chamber_by),
            "company_silent": ("appeal_referral", last.chamber_by),
            "before_chamber": ("chamber_decision", last.decision_by),
        }.get(row.state, ("", None))
        if on is not None:
            yield _deadline(on, kind, row.appeal_id, row.application_id)


def _deadline(on: object, kind: str, subject: str, application_id: str) -> Deadline:
    return Deadline.model_validate(
        {"on": on, "kind": kind, "subject": subject, "application_id": application_id}
    )
