"""Dwellings and vacancies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.dwellings import service
from api.dwellings.schemas import (
    DwellingChange,
    DwellingList,
    DwellingView,
    NewDwelling,
    VacancyEntry,
    VacancyWithdrawal,
)
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route
from api.schemas import PageQuery

router = APIRouter(tags=["dwellings"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("dwellings.read"))]
Writer = Annotated[Actor, Depends(Allowed("dwellings.write"))]
DwellingId = Annotated[str, Path(max_length=100)]


@router.get("/dwellings")
def list_dwellings(
    actor: Reader, asked: Annotated[PageQuery, Query()], connection: Reading, serving: Serving
) -> DwellingList:
    """Dwellings, with the vacancy of those to let."""
    bound_to = f"dwellings/{actor.organisation_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    after = str(key[0]) if key else ""
    found = service.page_of(connection, actor, after=after, limit=asked.limit)
    shown, more = found[: asked.limit], found[asked.limit :]
    next_cursor = ""
    if more:
        next_cursor = write_cursor([shown[-1]], bound_to=bound_to, secret=serving.secret)
    items = [service.view(connection, actor, name) for name in shown]
    return DwellingList(items=items, next_cursor=next_cursor)


@router.post("/dwellings", status_code=status.HTTP_201_CREATED)
def file_dwelling(
    actor: Writer,
    asked: NewDwelling,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> DwellingView:
    """File a dwelling of the caller's company."""

    def act() -> DwellingView:
        return service.file_dwelling(
            connection, actor, asked.dwelling_id, asked.dwelling, service=serving, words=words
        )

    return once(connection, actor, asked, act=act, answer=DwellingView)


@router.get("/dwellings/{dwelling_id}")
def read_dwelling(actor: Reader, dwelling_id: DwellingId, connection: Reading) -> DwellingView:
    """One dwelling."""
    return service.view(connection, actor, dwelling_id)


@router.put("/dwellings/{dwelling_id}")
def change_dwelling(
    actor: Writer,
    dwelling_id: DwellingId,
    asked: DwellingChange,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> DwellingView:
    """Change a dwelling."""
    service.one(connection, actor, dwelling_id)
    return service.file_dwelling(
        connection,
        actor,
        dwelling_id,
        asked.dwelling,
        service=serving,
        words=words,
        row_version=asked.row_version,
    )


@router.put("/dwellings/{dwelling_id}/vacancy")
def put_to_let(
    actor: Writer,
    dwelling_id: DwellingId,
    asked: VacancyEntry,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> DwellingView:
    """Say that a dwelling is to let."""
    return service.put_to_let(
        connection, actor, dwelling_id, asked.vacancy, service=serving, words=words
    )


@router.post("/dwellings/{dwelling_id}/vacancy/withdrawal")
def take_back(
    actor: Writer,
    dwelling_id: DwellingId,
    asked: VacancyWithdrawal,
    connection: Writing,
    serving: Serving,
) -> DwellingView:
    """Say that a dwelling is not to let after all."""
    return service.take_back(connection, actor, dwelling_id, asked.reason, service=serving)
