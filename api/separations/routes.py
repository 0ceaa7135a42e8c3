"""Households that part."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.auth.actor import Actor
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route
from api.separations import service
from api.separations.schemas import Check, Separation, SeparationList, SeparationView

router = APIRouter(tags=["applications"], route_class=Route)
Worker = Annotated[Actor, Depends(Allowed("separations.act"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.post("/applications/{application_id}/separation", status_code=status.HTTP_201_CREATED)
def part_household(
    actor: Worker,
    application_id: Identifier,
    asked: Separation,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> SeparationView:
    """
    Give those who leave a file of their own; nobody is told of it by the service.

    Both files are to be looked at afterwards. The two are never taken for one household again.
    """

    def act() -> SeparationView:
        return service.part(connection, actor, application_id, asked, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=SeparationView)


@router.get("/separations")
def list_separations(actor: Worker, connection: Reading) -> SeparationList:
    """Separations of the company, those with a file to look at first."""
    return SeparationList(items=service.separations_of(connection, actor))


@router.post("/separations/{separation_id}/checks")
def check_file(
    actor: Worker,
    separation_id: Identifier,
    asked: Check,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> SeparationView:
    """One of the two files was looked at."""

    def act() -> SeparationView:
        return service.check(connection, actor, separation_id, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=SeparationView)
