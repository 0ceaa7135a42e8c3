"""How long data is kept, and erasing a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.auth.actor import Actor
from api.erasure import service
from api.erasure.retention import retention_rules
from api.erasure.schemas import ErasureAsked, ErasureView, RetentionList, RetentionView
from api.idempotency import OnlyOnce
from api.requests import Allowed, Serving, Words, Writing

router = APIRouter(tags=["erasure"])
Reader = Annotated[Actor, Depends(Allowed("retention.read"))]
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
    application_id: Annotated[str, Path(max_length=100)],
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
