"""Applications that may be one household: suspicions, decisions, sets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from allocation.procedure import same_household, suspicions
from api.applications.change_schemas import ReasonGiven
from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.duplicates import queries, service
from api.duplicates.schemas import (
    HouseholdSet,
    SamePersonView,
    SetList,
    SuspicionList,
    SuspicionView,
    VerdictEntry,
    VerdictList,
    VerdictView,
)
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route
from api.schemas import PageQuery

router = APIRouter(tags=["duplicates"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("duplicates.read"))]
Decider = Annotated[Actor, Depends(Allowed("duplicates.decide"))]


@router.get("/duplicates")
def list_suspicions(
    actor: Reader,
    asked: Annotated[PageQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> SuspicionList:
    """Pairs of active applications with a person in common on which nobody has decided."""
    bound_to = f"duplicates/{actor.organisation_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    start = int(key[0]) if key else 0
    verdicts = queries.decided(queries.verdicts_of(connection, actor))
    known = [*verdicts, *queries.parted(connection)]
    found = suspicions(queries.persons_of(connection, actor), known)
    end = start + asked.limit
    next_cursor = ""
    if found[end:]:
        next_cursor = write_cursor([end], bound_to=bound_to, secret=serving.secret)
    items = [
        SuspicionView(
            first=one.first,
            second=one.second,
            persons=[
                SamePersonView(first_member=a, second_member=b, ground=ground)
                for a, b, ground in one.persons
            ],
        )
        for one in found[start:end]
    ]
    return SuspicionList(items=items, next_cursor=next_cursor)


@router.get("/duplicates/verdicts")
def list_verdicts(actor: Reader, connection: Reading) -> VerdictList:
    """Decisions, the latest first, those undone included."""
    rows = queries.verdicts_of(connection, actor, with_undone=True)
    return VerdictList(items=[VerdictView.model_validate(row) for row in rows])


@router.post("/duplicates/verdicts", status_code=status.HTTP_201_CREATED)
def decide_of_pair(
    actor: Decider, asked: VerdictEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> VerdictView:
    """Bring two applications together, or keep them apart for good; no file changes by it."""

    def act() -> VerdictView:
        return service.decide(connection, actor, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=VerdictView)


@router.post("/duplicates/verdicts/{verdict_id}/undoing")
def undo_verdict(
    actor: Decider,
    verdict_id: Annotated[str, Path(max_length=100)],
    asked: ReasonGiven,
    connection: Writing,
    serving: Serving,
) -> VerdictView:
    """Undo a decision."""
    return service.undo(connection, actor, verdict_id, asked.reason, service=serving)


@router.get("/duplicates/sets")
def list_sets(actor: Reader, connection: Reading) -> SetList:
    """Applications that people brought together, chains included."""
    roots = same_household(queries.decided(queries.verdicts_of(connection, actor)))
    sets: dict[str, list[str]] = {}
    for application_id, root in roots.items():
        sets.setdefault(root, []).append(application_id)
    return SetList(items=[HouseholdSet(applications=found) for found in sets.values()])
