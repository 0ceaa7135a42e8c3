"""The one call that lists what is due for a partner's people."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.deadlines import feed
from api.requests import Allowed, Reading, Serving
from api.routing import Route
from api.schemas import Page, PageQuery, View

router = APIRouter(tags=["deadlines"], route_class=Route)


class DueView(View):
    """Something due for somebody the partner presents or holds a mandate of."""

    on: date = Field(description="Last day.")
    kind: str = Field(
        description="`confirmation`, `proof`, `offer_answer`, `mandate_end`; of stays, with "
        "`occupancies:read`: `stay_review`, `stay_slide_or_extension`, `stay_term_end`, "
        "`stay_longest_end`, `stay_support_end`, `stay_lease_end`."
    )
    subject: str = Field(description="Identifier of the campaign, request, offer, mandate or stay.")
    application_id: str
    is_past: bool
    mandate_id: str = Field(description="Mandate that lets the partner do it; empty without.")


@router.get("/deadlines/followed")
def list_followed_deadlines(
    actor: Annotated[Actor, Depends(Allowed("deadlines.follow"))],
    asked: Annotated[PageQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> Page[DueView]:
    """Confirmations, proofs, offers, mandates and stays of one's people, the soonest first."""
    today = serving.today()
    bound_to = f"deadlines/{actor.organisation_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    found = feed.due(connection, actor, today=today)
    if key:
        after = (date.fromisoformat(str(key[0])), str(key[1]), str(key[2]), str(key[3]))
        found = [d for d in found if (d.on, d.kind, d.subject, d.application_id) > after]
    shown = found[: asked.limit]
    covers = {d.cover for d in shown if d.cover}
    mandates = {c: feed.mandate_for(connection, actor, c, today) for c in sorted(covers)}
    items = [
        DueView(
            on=d.on,
            kind=d.kind,
            subject=d.subject,
            application_id=d.application_id,
            is_past=d.on < today,
            mandate_id=mandates.get(d.cover, {}).get(d.application_id, ""),
        )
        for d in shown
    ]
    next_cursor = ""
    if len(found) > asked.limit:
        last = [items[-1].on.isoformat(), *(getattr(items[-1], n) for n in _KEY)]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    return Page(items=items, next_cursor=next_cursor)


_KEY = ("kind", "subject", "application_id")
