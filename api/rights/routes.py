"""Rights not taken up of one household, and what a person did about one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.auth.actor import Actor
from api.journal import append
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.rights import service
from api.rights.schemas import RightAct, RightList
from api.routing import Route

router = APIRouter(tags=["rights"], route_class=Route)
Worker = Annotated[Actor, Depends(Allowed("rights.follow"))]
ApplicationId = Annotated[str, Path(max_length=100)]


@router.get("/applications/{application_id}/rights")
def list_rights(
    actor: Worker,
    application_id: ApplicationId,
    connection: Reading,
    serving: Serving,
    words: Words,
) -> RightList:
    """
    What the household seems entitled to, and on which facts.

    Such facts may tell of health or violence: that they were read is written in the journal first.
    """
    found = service.rights_of(connection, actor, application_id, service=serving, words=words)
    if found:
        with serving.database.writing() as writing:
            now = serving.now()
            append(writing, "sensitive.read", subject=application_id, actor=actor, now=now)
    return RightList(items=found)


@router.post("/applications/{application_id}/rights/acts")
def act_on_right(
    actor: Worker,
    application_id: ApplicationId,
    asked: RightAct,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> RightList:
    """It was told; it is asked for, with the household's agreement; it was refused or obtained."""
    service.act_on(connection, actor, application_id, asked, service=serving)
    return RightList(
        items=service.rights_of(connection, actor, application_id, service=serving, words=words)
    )
