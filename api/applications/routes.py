"""The ranked list, the search, one file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.applications import queries
from api.applications.file import file_of, line_view, tells_sensitive
from api.applications.schemas import (
    ApplicationFile,
    ApplicationList,
    ApplicationsQuery,
    StandingView,
)
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.journal import append
from api.requests import Allowed, Reading, Serving, Words
from api.routing import Route

router = APIRouter(tags=["applications"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("applications.read"))]


@router.get("/applications")
def list_applications(
    actor: Reader,
    asked: Annotated[ApplicationsQuery, Query()],
    connection: Reading,
    service: Serving,
) -> ApplicationList:
    """
    The list of a register in its legal order: those ranked, then those who take no part.

    Points and ranks are those of the version of the register told in `standing`.
    """
    register_id = asked.register_id or actor.organisation_id
    bound_to = f"applications/{actor.organisation_id}/{register_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=service.secret)
    head = queries.head_of(connection, actor, register_id)
    after = int(key[0]) if key else 0
    rows = queries.page_of(connection, actor, asked, head=head, after=after)
    shown, more = rows[: asked.limit], rows[asked.limit :]
    items = [line_view(row) for row in shown]
    next_cursor = ""
    if more:
        next_cursor = write_cursor([items[-1].position], bound_to=bound_to, secret=service.secret)
    return ApplicationList(
        items=items, next_cursor=next_cursor, standing=StandingView.model_validate(head)
    )


@router.get("/applications/{application_id}")
def read_application(
    actor: Reader,
    application_id: Annotated[str, Path(max_length=100)],
    connection: Reading,
    service: Serving,
    words: Words,
) -> ApplicationFile:
    """
    One application with its household, its points line by line, and what is missing.

    That a reason of health or violence was read is written in the journal before it is told.
    """
    terms = current_terms(connection, actor.organisation_id, today=service.today())
    told = file_of(connection, actor, application_id, terms=terms, words=words)
    if tells_sensitive(told, terms.rulebook):
        with service.database.writing() as writing:
            now = service.now()
            append(writing, "sensitive.read", subject=application_id, actor=actor, now=now)
    return told
