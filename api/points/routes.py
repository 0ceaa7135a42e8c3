"""Points worked out again, and requests to the reference company."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.applications.file import are_sensitive
from api.auth.actor import Actor
from api.cursors import Key, read_cursor, write_cursor
from api.idempotency import OnlyOnce
from api.journal import append
from api.points import service
from api.points.schemas import (
    PointsAnswer,
    PointsRequestList,
    PointsRequestsQuery,
    PointsRequestView,
    Recomputation,
    RecomputedView,
)
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["applications"], route_class=Route)
Recomputer = Annotated[Actor, Depends(Allowed("points.recompute"))]
Reader = Annotated[Actor, Depends(Allowed("points.read"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.post("/applications/{application_id}/recomputation")
def recompute_points(
    actor: Recomputer,
    application_id: Identifier,
    asked: Recomputation,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> RecomputedView:
    """
    Work the points of a file out again, with the rules, facts and evidence they come from.

    A difference with what the reference company announced opens a request to it, and moves no
    rank.
    """

    def act() -> RecomputedView:
        return service.recompute(
            connection, actor, application_id, asked, service=serving, words=words
        )

    told = once(connection, actor, asked, act=act, answer=RecomputedView)
    if are_sensitive([f.fact for f in told.facts if f.fact and not f.is_masked], told.rulebook):
        now = serving.now()
        append(connection, "sensitive.read", subject=application_id, actor=actor, now=now)
    return told


@router.get("/points-requests")
def list_points_requests(
    actor: Reader,
    asked: Annotated[PointsRequestsQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> PointsRequestList:
    """Requests the company made, and those made to it as the reference."""
    bound_to = f"points-requests/{actor.organisation_id}/{asked.state}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    rows = service.requests_of(connection, actor, asked, after=str(key[0]) if key else "")
    items = [service.view(row) for row in rows[: asked.limit]]
    next_cursor = ""
    if len(rows) > asked.limit:
        last: Key = [items[-1].request_id]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    return PointsRequestList(items=items, next_cursor=next_cursor)


@router.post("/points-requests/{request_id}/answer")
def answer_points_request(
    actor: Recomputer,
    request_id: Identifier,
    asked: PointsAnswer,
    connection: Writing,
    serving: Serving,
) -> PointsRequestView:
    """The reference company corrects or stands by its file; who asked may take it back."""
    return service.answer(connection, actor, request_id, asked, service=serving)
