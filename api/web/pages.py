"""The first page: what this service is, and what there is in it for whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from api.access import may
from api.auth.actor import Actor
from api.web.refusals import PageRoute
from api.web.rendering import page
from api.web.visitor import HOME, known_visitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Door:
    """
    Something the service has.

    ``key``: of its sentence, `home.door.<key>`. ``act``: what a visitor must be allowed, the empty
    text for everybody. ``call``: how a program asks for it; the empty text for a page to open.
    """

    key: str
    act: str
    address: str
    call: str = ""


DOORS = (
    Door("journal", "journal.read", "/journal/verification"),
    Door("description", "", "/api/v1/openapi.json"),
    Door("applications", "applications.read", "/api/v1/applications", "GET"),
    Door("meetings", "meetings.read", "/api/v1/meetings", "GET"),
    Door("worklists", "worklists.read", "/api/v1/worklists/deadlines", "GET"),
    Door("reports", "reports.read", "/api/v1/reports/allocations", "GET"),
    Door("candidates", "presentations.read", "/api/v1/presentations", "GET"),
    Door("deadlines", "deadlines.follow", "/api/v1/deadlines/followed", "GET"),
    Door("events", "events.read", "/api/v1/events", "GET"),
    Door("calendar", "calendars.subscribe", "/api/v1/calendars", "POST"),
    Door("accounts", "accounts.manage", "/api/v1/accounts", "GET"),
)


@router.get(HOME)
def show_home(
    request: Request, visitor: Annotated[Actor | None, Depends(known_visitor)]
) -> HTMLResponse:
    """What is open to everybody, and what the visitor's role may open or ask for."""
    doors = [
        door for door in DOORS if not door.act or (visitor is not None and may(visitor, door.act))
    ]
    return page(
        request,
        "home.html.j2",
        is_signed_in=visitor is not None,
        role="" if visitor is None else visitor.role,
        pages=[door for door in doors if not door.call],
        calls=[door for door in doors if door.call],
    )
