"""The page that says in words whether the journal holds, and how to check it without us."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from api.auth.actor import Actor
from api.journal import reading
from api.journal.telling import heading_of, said_of
from api.requests import Reading, Serving, Words
from api.service import BRUSSELS
from api.web.refusals import PageRoute
from api.web.rendering import page
from api.web.visitor import page_allowed

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_SHOWN = 50


@router.get("/journal/verification")
def show_verification(
    request: Request,
    _visitor: Annotated[Actor, Depends(page_allowed("journal.read"))],
    connection: Reading,
    service: Serving,
    words: Words,
) -> HTMLResponse:
    """Walk the chain, look at every row it vouches for, and say what was found."""
    found = reading.verify(connection)
    now = service.now()
    return page(
        request,
        "journal_verification.html.j2",
        is_signed_in=True,
        found=found,
        heading=heading_of(found),
        sentence=said_of(found, words),
        altered=found.altered[:MOST_SHOWN],
        n_altered=len(found.altered),
        anchors=reading.anchors_since(connection, service.today() - reading.A_MONTH)[::-1],
        looked_on=service.today(),
        looked_at=_hour(now),
    )


def _hour(instant: datetime) -> str:
    return instant.astimezone(BRUSSELS).strftime("%H:%M")
