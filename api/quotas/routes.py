"""Quotas: the sets a register had, the ledger of the year, the allocations behind a figure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from api.access import may
from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.idempotency import OnlyOnce
from api.quotas import contradictions, service
from api.quotas.passed_over import extra_waits
from api.quotas.schemas import (
    ContradictionList,
    LedgerQuery,
    LedgerRowList,
    LedgerRowsQuery,
    LedgerView,
    PassedOverList,
    QuotaSetEntry,
    QuotaSetList,
    QuotaSetView,
    RegisterQuery,
)
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["quotas"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("quotas.read"))]
RowReader = Annotated[Actor, Depends(Allowed("quotas.read_rows"))]
Decider = Annotated[Actor, Depends(Allowed("quotas.set"))]
Asked = Annotated[RegisterQuery, Query()]


@router.get("/quotas")
def list_quota_sets(actor: Reader, asked: Asked, connection: Reading) -> QuotaSetList:
    """Every set of quotas a register had, with its day and its legal basis."""
    register_id = asked.register_id or actor.organisation_id
    return QuotaSetList(items=service.sets_of(connection, actor, register_id))


@router.post("/quotas", status_code=status.HTTP_201_CREATED)
def set_quotas(
    actor: Decider, asked: QuotaSetEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> QuotaSetView:
    """
    Decide the quotas of the caller's own register from a day on, all of them at once.

    Refused for a day on or before that of a frozen meeting: its quotas are fixed.
    """

    def act() -> QuotaSetView:
        return service.set_quotas(connection, actor, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=QuotaSetView)


@router.get("/quotas/ledger")
def read_ledger(
    actor: Reader,
    asked: Annotated[LedgerQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> LedgerView:
    """
    What every quota calls for by now, what is done, and what the rest of the year asks.

    On request, also what each cost the general list in time, by size of dwelling.
    """
    register_id = asked.register_id or actor.organisation_id
    with_waits = asked.extra_waits and may(actor, "quotas.read_rows")
    return service.ledger(connection, actor, register_id, service=serving, with_waits=with_waits)


@router.get("/quotas/contradictions")
def list_contradictions(
    actor: Reader, asked: Asked, connection: Reading, serving: Serving, words: Words
) -> ContradictionList:
    """
    What rules, quotas, agreements and the settings of the next meeting ask and cannot have.

    It refuses nothing; every finding says how certain it is and names both sources.
    """
    register_id = asked.register_id or actor.organisation_id
    return contradictions.told(connection, actor, register_id, service=serving, words=words)


@router.get("/quotas/ledger/{quota_id}/allocations")
def list_ledger_rows(
    actor: RowReader,
    quota_id: Annotated[str, Path(max_length=64)],
    asked: Annotated[LedgerRowsQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> LedgerRowList:
    """The allocations behind `done` or `base_done`, by identifier."""
    register_id = asked.register_id or actor.organisation_id
    bound_to = f"ledger/{actor.organisation_id}/{register_id}/{quota_id}/{asked.figure}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    rows = service.rows_behind(
        connection, actor, register_id, quota_id, figure=asked.figure, service=serving
    )
    start = bisect_right(rows, str(key[0]), key=lambda row: row.allocation_id) if key else 0
    items = rows[start : start + asked.limit]
    next_cursor = ""
    if start + asked.limit < len(rows):
        last = items[-1].allocation_id
        next_cursor = write_cursor([last], bound_to=bound_to, secret=serving.secret)
    return LedgerRowList(items=items, next_cursor=next_cursor, total=len(rows))


@router.get("/quotas/ledger/{quota_id}/passed-over")
def list_passed_over(
    actor: RowReader,
    quota_id: Annotated[str, Path(max_length=64)],
    asked: Asked,
    connection: Reading,
    serving: Serving,
) -> PassedOverList:
    """Whom a quota passed over at the meetings of the year, and what that costs in time."""
    register_id = asked.register_id or actor.organisation_id
    found = service.passed_over(connection, actor, register_id, quota_id, service=serving)
    sizes = Counter(str(one.bedrooms) for one in found)
    waits = extra_waits(connection, actor, register_id, found)
    return PassedOverList(items=found, by_bedrooms=dict(sorted(sizes.items())), extra_waits=waits)
