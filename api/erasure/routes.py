"""How long data is kept, and erasing a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.auth.actor import Actor
from api.erasure import aliases, service
from api.erasure.retention import retention_rules
from api.erasure.schemas import ErasureAsked, ErasureView, RetentionList, RetentionView
from api.idempotency import OnlyOnce
from api.requests import Allowed, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["erasure"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("retention.read"))]
Identifier = Annotated[str, Path(max_length=100)]
Eraser = Annotated[Actor, Depends(Allowed("persons.erase"))]


@router.get("/retention")
def list_retention(_actor: Reader, words: Words) -> RetentionList:
    """How long a file is kept once it is closed, by what it became."""
    return RetentionList(
        items=tuple(
            RetentionView(
                code=rule.code,
                statuses=rule.statuses,
                is_housed=rule.is_housed,
                keep_years=rule.keep_years,
                counted_from=rule.counted_from[words.language],
                source=rule.source.act,
                status=rule.source.status,
            )
            for rule in retention_rules()
        )
    )


@router.post("/applications/{application_id}/erasure", status_code=status.HTTP_201_CREATED)
def erase_person(
    actor: Eraser,
    application_id: Identifier,
    asked: ErasureAsked,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> ErasureView:
    """Erase the persons of a household for good; totals, certificates and the journal stay."""
    return once(
        connection,
        actor,
        asked,
        act=lambda: service.erase(connection, actor, application_id, asked, service=serving),
        answer=ErasureView,
    )


@router.delete("/plans/{plan_id}", status_code=status.HTTP_204_NO_CONTENT)
def erase_plan(
    actor: Annotated[Actor, Depends(Allowed("accompaniment.act"))],
    plan_id: Identifier,
    connection: Writing,
    serving: Serving,
) -> None:
    """Erase somebody a plan knows by an alias alone; a household goes with its file."""
    aliases.erase_plan(connection, actor, plan_id, service=serving)


@router.delete("/referrals/{referral_id}", status_code=status.HTTP_204_NO_CONTENT)
def erase_referral(
    actor: Annotated[Actor, Depends(Allowed("orientation.act"))],
    referral_id: Identifier,
    connection: Writing,
    serving: Serving,
) -> None:
    """Erase somebody a referral knows by an alias alone, by its sender once it is over."""
    aliases.erase_referral(connection, actor, referral_id, service=serving)
