"""The yearly confirmation: campaigns, reminders, answers, decisions."""

from __future__ import annotations

import json
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Query, status

from allocation.procedure import CONFIRMATION
from api.applications.queries import applicants
from api.auth.actor import Actor
from api.campaigns import queries, service
from api.campaigns.schemas import (
    Answer,
    CampaignList,
    CampaignPlan,
    CampaignView,
    ConfirmationList,
    ConfirmationsQuery,
    ConfirmationView,
    Decision,
    Reminder,
)
from api.cursors import read_cursor, write_cursor
from api.db import Row
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["campaigns"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("campaigns.read"))]
Runner = Annotated[Actor, Depends(Allowed("campaigns.run"))]
Recorder = Annotated[Actor, Depends(Allowed("confirmations.record"))]
Decider = Annotated[Actor, Depends(Allowed("confirmations.decide"))]
CampaignId = Annotated[str, Path(max_length=100)]


@router.get("/campaigns")
def list_campaigns(actor: Reader, connection: Reading) -> CampaignList:
    """Campaigns of the yearly confirmation, the latest first."""
    rows = queries.campaigns_of(connection, actor)
    return CampaignList(items=[_view(connection, row) for row in rows])


@router.post("/campaigns", status_code=status.HTTP_201_CREATED)
def open_campaign(
    actor: Runner, asked: CampaignPlan, once: OnlyOnce, connection: Writing, serving: Serving
) -> CampaignView:
    """Open the campaign of a year: its window is in the rulebook."""

    def act() -> CampaignView:
        return _one(
            connection,
            actor,
            service.open_campaign(connection, actor, asked, service=serving),
        )

    return once(connection, actor, asked, act=act, answer=CampaignView)


@router.get("/campaigns/{campaign_id}")
def read_campaign(actor: Reader, campaign_id: CampaignId, connection: Reading) -> CampaignView:
    """One campaign, with its counts."""
    return _one(connection, actor, campaign_id)


@router.get("/campaigns/{campaign_id}/confirmations")
def list_confirmations(
    actor: Reader,
    campaign_id: CampaignId,
    asked: Annotated[ConfirmationsQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> ConfirmationList:
    """Applications of a campaign: who is awaited, who did not answer."""
    queries.one_campaign(connection, actor, campaign_id)
    bound_to = f"confirmations/{actor.organisation_id}/{campaign_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    rows = queries.confirmations_of(
        connection,
        actor,
        campaign_id,
        state=asked.state,
        after=str(key[0]) if key else "",
        limit=asked.limit,
    )
    shown, more = rows[: asked.limit], rows[asked.limit :]
    names = applicants(connection, [row.application_id for row in shown])
    next_cursor = ""
    if more:
        last = [shown[-1].application_id]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    return ConfirmationList(items=[_line(row, names) for row in shown], next_cursor=next_cursor)


@router.post("/campaigns/{campaign_id}/reminders", status_code=status.HTTP_201_CREATED)
def record_reminder(
    actor: Runner,
    campaign_id: CampaignId,
    asked: Reminder,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> CampaignView:
    """Write down that everybody who has not answered was reminded."""

    def act() -> CampaignView:
        service.remind(connection, actor, campaign_id, asked, service=serving)
        return _one(connection, actor, campaign_id)

    return once(connection, actor, asked, act=act, answer=CampaignView)


@router.post("/campaigns/{campaign_id}/confirmations", status_code=status.HTTP_201_CREATED)
def confirm_application(
    actor: Recorder,
    campaign_id: CampaignId,
    asked: Answer,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> CampaignView:
    """A household confirms its application, in time or late."""

    def act() -> CampaignView:
        service.answer(connection, actor, campaign_id, asked, service=serving)
        return _one(connection, actor, campaign_id)

    return once(connection, actor, asked, act=act, answer=CampaignView)


@router.post("/campaigns/{campaign_id}/close")
def close_campaign(
    actor: Runner, campaign_id: CampaignId, connection: Writing, serving: Serving
) -> CampaignView:
    """End a campaign: it lists who did not answer, and deletes nobody."""
    service.close(connection, actor, campaign_id, service=serving)
    return _one(connection, actor, campaign_id)


@router.post("/campaigns/{campaign_id}/decisions", status_code=status.HTTP_201_CREATED)
def decide_of_silence(
    actor: Decider,
    campaign_id: CampaignId,
    asked: Decision,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> CampaignView:
    """Keep or delete one application that was not confirmed."""

    def act() -> CampaignView:
        service.decide(connection, actor, campaign_id, asked, service=serving)
        return _one(connection, actor, campaign_id)

    return once(connection, actor, asked, act=act, answer=CampaignView)


def _one(connection: sa.Connection, actor: Actor, campaign_id: str) -> CampaignView:
    return _view(connection, queries.one_campaign(connection, actor, campaign_id))


def _view(connection: sa.Connection, row: Row) -> CampaignView:
    values = {n: v for n, v in row._mapping.items() if n in CampaignView.model_fields}
    values["channels"] = json.loads(row.channels)
    return CampaignView(**values, counts=queries.counts_of(connection, row.campaign_id))


def _line(row: Row, names: dict[str, str]) -> ConfirmationView:
    values = {n: v for n, v in row._mapping.items() if n in ConfirmationView.model_fields}
    return ConfirmationView(
        **values,
        applicant=names.get(row.application_id, ""),
        possible=list(CONFIRMATION.possible(row.state)),
    )
