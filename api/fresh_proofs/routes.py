"""Requests for fresh proofs before a meeting."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, status

from api.applications.file import are_sensitive
from api.auth.actor import Actor
from api.fresh_proofs import service
from api.fresh_proofs.schemas import RequestAct, RequestList, RequestPlan, RequestView
from api.idempotency import OnlyOnce
from api.journal import append
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["meetings"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("meetings.read"))]
Preparer = Annotated[Actor, Depends(Allowed("meetings.prepare"))]
Follower = Annotated[Actor, Depends(Allowed("offers.follow"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.post("/meetings/{meeting_id}/proof-requests", status_code=status.HTTP_201_CREATED)
def ask_for_fresh_proofs(
    actor: Preparer,
    meeting_id: Identifier,
    asked: RequestPlan,
    once: OnlyOnce,
    serving: Serving,
    words: Words,
) -> RequestList:
    """
    Ask the first households of each dwelling for fresh proofs, before the meeting.

    Sent again, it asks who has come among the first since. Who the first are is read before
    anything is written.
    """
    wanted = service.wanted_of(serving, actor, meeting_id)
    with serving.database.writing() as connection:

        def act() -> RequestList:
            return service.ask(
                connection,
                actor,
                meeting_id,
                wanted,
                asked.due_on,
                service=serving,
                words=words,
            )

        return _told(
            connection, actor, once(connection, actor, asked, act=act, answer=RequestList), serving
        )


@router.get("/meetings/{meeting_id}/proof-requests")
def list_proof_requests(
    actor: Reader, meeting_id: Identifier, connection: Reading, serving: Serving, words: Words
) -> RequestList:
    """What was asked for a meeting, those missing first."""
    told = service.requests_of(connection, actor, meeting_id, words)
    if any(are_sensitive(item.facts, service.RULEBOOK) for item in told.items):
        with serving.database.writing() as writing:
            return _told(writing, actor, told, serving)
    return told


@router.post("/proof-requests/{request_id}/acts")
def act_on_proof_request(
    actor: Follower,
    request_id: Identifier,
    asked: RequestAct,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> RequestView:
    """A proof came, is missing after its day, or is not needed."""
    return service.act_on(connection, actor, request_id, asked, service=serving, words=words)


def _told(
    connection: sa.Connection, actor: Actor, told: RequestList, serving: Serving
) -> RequestList:
    """That facts of health or violence were read is written down before they are told."""
    for item in told.items:
        if are_sensitive(item.facts, service.RULEBOOK):
            subject, now = item.application_id, serving.now()
            append(connection, "sensitive.read", subject=subject, actor=actor, now=now)
    return told
