"""What waits for somebody: missing facts by effect on the rank, days, anomalies."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query

from allocation.cli.console import problem_sentence
from allocation.exchange.kept_register import anomalies
from allocation.exchange.severity import severity
from allocation.model import Meeting
from api.access import visible_to
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.campaigns.queries import campaigns_of
from api.campaigns.service import DELETED_STATUS, OPEN
from api.db.register import read_register
from api.db.tables.campaigns import campaign, confirmation
from api.db.tables.changes import application_change
from api.db.tables.register import applications
from api.occupancies.views import reminders_of
from api.places.unfilled import reminders as place_reminders
from api.requests import Allowed, Reading, Serving, Words
from api.routing import Route
from api.worklists.missing import missing_facts
from api.worklists.schemas import (
    AnomalyList,
    AnomalyView,
    DeadlineList,
    DeadlineView,
    MissingList,
    WorklistQuery,
)

router = APIRouter(tags=["worklists"], route_class=Route)
Worker = Annotated[Actor, Depends(Allowed("worklists.read"))]
Asked = Annotated[WorklistQuery, Query()]
_OF_CHANGES = {"to_hear": "change.to_hear", "heard": "change.to_decide"}


@router.get("/worklists/missing-facts")
def list_missing_facts(
    actor: Worker, asked: Asked, connection: Reading, serving: Serving
) -> MissingList:
    """Applications whose missing facts could change their rank most, first."""
    return missing_facts(connection, actor, limit=asked.limit, service=serving)


@router.get("/worklists/deadlines")
def list_deadlines(
    actor: Worker, asked: Asked, connection: Reading, serving: Serving
) -> DeadlineList:
    """What falls due: changes, strike-offs, campaigns, terms of stays, reserved places."""
    today = serving.today()
    rows = [
        (_OF_CHANGES[c.state], c.change_id, c.reported_on)
        for c in connection.execute(
            sa.select(application_change).where(
                visible_to(actor, application_change), application_change.c.state.in_(_OF_CHANGES)
            )
        )
    ]
    struck_off = sa.select(
        sa.literal("strike_off.over"), applications.c.application_id, applications.c.status_until_on
    ).where(
        visible_to(actor, applications),
        applications.c.reference_slsp_id == actor.organisation_id,
        applications.c.status == DELETED_STATUS,
        applications.c.status_until_on <= today,
    )
    to_close = sa.select(
        sa.literal("campaign.to_close"), campaign.c.campaign_id, campaign.c.grace_to_on
    ).where(visible_to(actor, campaign), campaign.c.state == OPEN, campaign.c.grace_to_on < today)
    closed_on = {c.campaign_id: c.grace_to_on for c in campaigns_of(connection, actor)}
    silent = sa.select(confirmation).where(
        visible_to(actor, confirmation), confirmation.c.state == "unanswered"
    )
    rows += [
        ("confirmation.to_decide", c.application_id, closed_on[c.campaign_id])
        for c in connection.execute(silent)
    ]
    for query in (struck_off, to_close):
        rows += [(kind, subject, due) for kind, subject, due in connection.execute(query)]
    rows += [
        (f"stay.{due.kind}", due.occupancy_id, due.due_on)
        for due in reminders_of(connection, actor, today=today)
    ]
    rows += place_reminders(connection, actor, today=today)
    rows.sort(key=lambda row: (row[2], row[0], row[1]))
    items = [DeadlineView(kind=k, subject=s, due_on=d) for k, s, d in rows[: asked.limit]]
    return DeadlineList(items=items)


@router.get("/worklists/anomalies")
def list_anomalies(
    actor: Worker, asked: Asked, connection: Reading, serving: Serving, words: Words
) -> AnomalyList:
    """What the import would say of the register as it stands, errors first."""
    register_id = actor.organisation_id
    terms = current_terms(connection, register_id, today=serving.today())
    snapshot = read_register(connection, register_id)
    judged = Meeting(register_id, terms.on, terms.draw_seed, "", terms.rulebook)
    found = [(severity(p.code), p, key) for p, key in anomalies(snapshot.register, judged)]
    found.sort(key=lambda one: one[0])
    items = [
        AnomalyView(
            table=p.where,
            key=list(key),
            column=p.column,
            code=p.code,
            severity=kind,
            sentence=problem_sentence(p, words),
        )
        for kind, p, key in found[: asked.limit]
    ]
    return AnomalyList(version=snapshot.version, total=len(found), items=items)
