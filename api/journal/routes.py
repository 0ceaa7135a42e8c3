"""The journal, and its verification."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.journal import reading
from api.journal.reading import A_MONTH
from api.journal.schemas import (
    AlteredView,
    AnchorList,
    AnchorsQuery,
    AnchorView,
    EntryView,
    JournalQuery,
    VerificationView,
)
from api.journal.telling import said_of
from api.requests import Allowed, Reading, Serving, Words
from api.routing import Route
from api.schemas import Page

router = APIRouter(tags=["journal"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("journal.read"))]
MOST_ALTERED = 200


@router.get("/journal")
def read_journal(
    actor: Reader,
    asked: Annotated[JournalQuery, Query()],
    connection: Reading,
    service: Serving,
) -> Page[EntryView]:
    """Acts done in the name of the caller's organisation (for the Region and the SWL: all)."""
    bound_to = f"journal/{actor.organisation_id}/{asked.subject}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=service.secret)
    found = reading.page_of(
        connection,
        actor,
        subject=asked.subject,
        after=int(key[0]) if key else 0,
        limit=asked.limit,
    )
    items = [EntryView.model_validate(entry) for entry in found[: asked.limit]]
    next_cursor = ""
    if len(found) > asked.limit:
        next_cursor = write_cursor([items[-1].sequence], bound_to=bound_to, secret=service.secret)
    return Page(items=items, next_cursor=next_cursor)


@router.get("/journal/verification")
def verify_journal(_actor: Reader, connection: Reading, words: Words) -> VerificationView:
    """Walk the whole chain and look at every row it vouches for; name what does not hold."""
    found = reading.verify(connection)
    return VerificationView(
        entries=found.entries,
        end=found.end,
        is_sound=found.is_sound,
        broken_sequence=None if found.broken is None else found.broken.sequence,
        fault="" if found.broken is None else found.broken.fault,
        rows=found.rows,
        before=found.before,
        altered=[AlteredView.model_validate(row) for row in found.altered[:MOST_ALTERED]],
        sentence=said_of(found, words),
    )


@router.get("/journal/anchors")
def list_anchors(
    _actor: Reader,
    asked: Annotated[AnchorsQuery, Query()],
    connection: Reading,
    service: Serving,
) -> AnchorList:
    """The hash of the last entry of each day, to be published where nobody can take it back."""
    since = asked.since or service.today() - A_MONTH
    found = reading.anchors_since(connection, since)
    return AnchorList(items=[AnchorView.model_validate(anchor) for anchor in found])
