"""What the committee decides, and who is entitled to each dwelling now."""

from __future__ import annotations

import json
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, status

from api.auth.actor import Actor
from api.decisions import derogations, queries, service
from api.decisions.entitlements import go_on
from api.decisions.schemas import (
    DerogationEntry,
    DerogationList,
    DerogationView,
    EntitlementList,
    EntitlementView,
    MeetingDecision,
    OfferState,
    Opinion,
    Posting,
    Withdrawal,
)
from api.idempotency import OnlyOnce
from api.meetings import queries as meetings
from api.meetings.schemas import RunAsked
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["decisions"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("meetings.read"))]
Preparer = Annotated[Actor, Depends(Allowed("meetings.prepare"))]
Decider = Annotated[Actor, Depends(Allowed("meetings.decide"))]
Commissioner = Annotated[Actor, Depends(Allowed("derogations.give_opinion"))]
MeetingId = Annotated[str, Path(max_length=100)]
DerogationId = Annotated[str, Path(max_length=100)]


@router.post("/meetings/{meeting_id}/decision")
def decide(
    actor: Decider, meeting_id: MeetingId, asked: MeetingDecision, serving: Serving
) -> EntitlementList:
    """The committee's decision on every dwelling proposed: follow, derogate, or not let."""
    service.decide(serving, actor, meeting_id, asked)
    with serving.database.reading() as connection:
        return _entitlements(connection, actor, meeting_id)


@router.post("/meetings/{meeting_id}/posting")
def post_meeting(
    actor: Preparer, meeting_id: MeetingId, asked: Posting, connection: Writing, serving: Serving
) -> EntitlementList:
    """The allocations are posted on the notice board."""
    service.post(connection, actor, meeting_id, asked.posted_on, service=serving)
    return _entitlements(connection, actor, meeting_id)


@router.post("/meetings/{meeting_id}/closing")
def close_meeting(
    actor: Preparer, meeting_id: MeetingId, connection: Writing, serving: Serving
) -> EntitlementList:
    """Close the meeting; refused while a dwelling waits for an answer or an offer."""
    service.close(connection, actor, meeting_id, service=serving)
    return _entitlements(connection, actor, meeting_id)


@router.get("/meetings/{meeting_id}/entitlements")
def list_entitlements(actor: Reader, meeting_id: MeetingId, connection: Reading) -> EntitlementList:
    """Who is entitled to each dwelling now, and who is next."""
    return _entitlements(connection, actor, meeting_id)


@router.post("/meetings/{meeting_id}/withdrawals")
def withdraw(
    actor: Preparer, meeting_id: MeetingId, asked: Withdrawal, connection: Writing, serving: Serving
) -> EntitlementList:
    """A dwelling is no longer to let, or a household leaves the meeting."""
    service.withdraw(connection, actor, meeting_id, asked, service=serving)
    return _entitlements(connection, actor, meeting_id)


@router.post("/meetings/{meeting_id}/continuation", status_code=status.HTTP_202_ACCEPTED)
def ask_continuation(
    actor: Preparer, meeting_id: MeetingId, connection: Writing, serving: Serving
) -> RunAsked:
    """Have it worked out again who is next, after a run that failed."""
    row = meetings.one_meeting(connection, actor, meeting_id, to_change=True)
    service.require_decided(row)
    return RunAsked(run_id=go_on(connection, actor, meeting_id, service=serving))


@router.get("/meetings/{meeting_id}/derogations")
def list_derogations(actor: Reader, meeting_id: MeetingId, connection: Reading) -> DerogationList:
    """The derogations put to a meeting, with the persons they pass over."""
    meetings.one_meeting(connection, actor, meeting_id)
    rows = queries.derogations_of(connection, actor, meeting_id)
    return DerogationList(items=tuple(derogations.view(row) for row in rows))


@router.post("/meetings/{meeting_id}/derogations", status_code=status.HTTP_201_CREATED)
def put_derogation(
    actor: Preparer,
    meeting_id: MeetingId,
    asked: DerogationEntry,
    once: OnlyOnce,
    serving: Serving,
) -> DerogationView:
    """Put a derogation to the committee: its ground, its reason, whom it passes over."""
    with serving.database.writing() as connection:

        def act() -> DerogationView:
            values = derogations.put(serving, actor, meeting_id, asked)
            return derogations.record(connection, actor, values, service=serving)

        return once(connection, actor, asked, act=act, answer=DerogationView)


@router.post("/derogations/{derogation_id}/opinion")
def give_opinion(
    actor: Commissioner,
    derogation_id: DerogationId,
    asked: Opinion,
    connection: Writing,
    serving: Serving,
) -> DerogationView:
    """The commissioner's opinion: without a concurring one the committee cannot decide it."""
    return derogations.give_opinion(connection, actor, derogation_id, asked, service=serving)


@router.post("/derogations/{derogation_id}/drop")
def drop_derogation(
    actor: Preparer, derogation_id: DerogationId, connection: Writing, serving: Serving
) -> DerogationView:
    """Take a derogation back before the committee decides."""
    row = queries.one_derogation(connection, actor, derogation_id)
    meetings.one_meeting(connection, actor, row.meeting_id, to_change=True)
    return derogations.move(connection, actor, derogation_id, "drop", service=serving)


def _entitlements(connection: sa.Connection, actor: Actor, meeting_id: str) -> EntitlementList:
    row = meetings.one_meeting(connection, actor, meeting_id)
    offered = queries.last_offers(connection, actor, meeting_id)
    items = []
    for right in queries.entitlements_of(connection, actor, meeting_id):
        values: dict[str, Any] = dict(right._mapping)
        for name in ("passed_over", "next_in_line"):
            values[name] = json.loads(values[name])
        last = offered.get(right.dwelling_id)
        values["offer"] = None if last is None else OfferState.model_validate(last)
        items.append(EntitlementView(**{n: values[n] for n in EntitlementView.model_fields}))
    return EntitlementList(meeting_id=meeting_id, state=row.state, items=tuple(items))
