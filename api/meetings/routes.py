"""Meetings: planned, frozen, proposed; their files."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Response, status

from api.access import AbsentError, may
from api.auth.actor import Actor
from api.db import Row
from api.idempotency import OnlyOnce
from api.meetings import queries, service
from api.meetings.record import meeting_of
from api.meetings.schemas import FileView, MeetingList, MeetingPlan, MeetingView, RunAsked
from api.meetings.snapshot import SNAPSHOT
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["meetings"], route_class=Route)
PREPARE = "meetings.prepare"
Reader = Annotated[Actor, Depends(Allowed("meetings.read"))]
Preparer = Annotated[Actor, Depends(Allowed(PREPARE))]
MeetingId = Annotated[str, Path(max_length=100)]

# What names people behind pseudonyms, or everybody: for who prepares the meeting.
SEALED = frozenset({SNAPSHOT, "annex.json"})
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


@router.get("/meetings")
def list_meetings(actor: Reader, connection: Reading) -> MeetingList:
    """The latest meetings."""
    rows = queries.meetings_of(connection, actor)
    return MeetingList(items=_views(connection, actor, rows))


@router.post("/meetings", status_code=status.HTTP_201_CREATED)
def plan_meeting(
    actor: Preparer, asked: MeetingPlan, once: OnlyOnce, connection: Writing, serving: Serving
) -> MeetingView:
    """Plan a meeting of the caller's own company."""

    def act() -> MeetingView:
        return _view(connection, actor, service.plan(connection, actor, asked, service=serving))

    return once(connection, actor, asked, act=act, answer=MeetingView)


@router.get("/meetings/{meeting_id}")
def read_meeting(actor: Reader, meeting_id: MeetingId, connection: Reading) -> MeetingView:
    """One meeting, with its files."""
    return _view(connection, actor, meeting_id)


@router.post("/meetings/{meeting_id}/freeze")
def freeze_meeting(actor: Preparer, meeting_id: MeetingId, serving: Serving) -> MeetingView:
    """Fix the register it decides on; refused with everything that is missing."""
    service.freeze(serving, actor, meeting_id)
    with serving.database.reading() as connection:
        return _view(connection, actor, meeting_id)


@router.post("/meetings/{meeting_id}/proposal", status_code=status.HTTP_202_ACCEPTED)
def ask_proposal(
    actor: Preparer, meeting_id: MeetingId, connection: Writing, serving: Serving
) -> RunAsked:
    """Have the proposal worked out on the frozen register."""
    return RunAsked(run_id=service.ask_proposal(connection, actor, meeting_id, service=serving))


@router.get("/meetings/{meeting_id}/files/{name}", response_class=Response)
def read_file(
    actor: Reader,
    meeting_id: MeetingId,
    name: Annotated[str, Path(max_length=100)],
    connection: Reading,
) -> Response:
    """One file of the meeting: proposal, certificate, report, workbook, minutes."""
    queries.one_meeting(connection, actor, meeting_id)
    if name in SEALED and not may(actor, PREPARE):
        raise AbsentError("No such file.")
    content = queries.content_of(connection, actor, meeting_id, name)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)


def _view(connection: sa.Connection, actor: Actor, meeting_id: str) -> MeetingView:
    row = queries.one_meeting(connection, actor, meeting_id)
    return _views(connection, actor, [row])[0]


def _views(connection: sa.Connection, actor: Actor, rows: list[Row]) -> tuple[MeetingView, ...]:
    files = queries.files_of(connection, actor, [row.meeting_id for row in rows])
    views = []
    for row in rows:
        planned = meeting_of(row.settings)
        values: dict[str, Any] = {n: getattr(planned, n, None) for n in MeetingView.model_fields}
        values |= {n: v for n, v in row._mapping.items() if n in MeetingView.model_fields}
        shown = [f for f in files.get(row.meeting_id, []) if _is_open(f.name, actor)]
        values["files"] = tuple(FileView.model_validate(f) for f in shown)
        views.append(MeetingView(**values))
    return tuple(views)


def _is_open(name: str, actor: Actor) -> bool:
    return name not in SEALED or may(actor, PREPARE)
