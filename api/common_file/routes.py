"""The common file: its mapping, comparisons, differences and what people decide of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status
from fastapi.responses import StreamingResponse

from allocation.exchange.common_file import CommonFileMapping
from api.auth.actor import Actor
from api.common_file import queries, service, views, work
from api.common_file.schemas import (
    DecisionView,
    DifferenceDecision,
    DifferenceList,
    DifferencesQuery,
    DifferenceView,
    FileEntry,
    MappingEntry,
    MappingView,
    ReconciliationList,
    ReconciliationView,
)
from api.cursors import Key, read_cursor, write_cursor
from api.idempotency import OnlyOnce
from api.reports.csv_stream import lines
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(prefix="/common-file", tags=["common file"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("common_file.read"))]
Setter = Annotated[Actor, Depends(Allowed("common_file.set"))]
Decider = Annotated[Actor, Depends(Allowed("common_file.decide"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.get("/mapping")
def read_mapping(actor: Reader, connection: Reading) -> MappingView:
    """The mapping in use."""
    return views.mapping_view(queries.mapping_of(connection, actor))


@router.put("/mapping")
def set_mapping(
    actor: Setter, asked: MappingEntry, connection: Writing, serving: Serving
) -> MappingView:
    """Say what the columns and codes of the common file mean, and which side is the master."""
    service.set_mapping(connection, actor, asked, service=serving)
    return views.mapping_view(queries.mapping_of(connection, actor))


@router.get("/reconciliations")
def list_reconciliations(actor: Reader, connection: Reading, words: Words) -> ReconciliationList:
    """Comparisons, the latest first."""
    rows = queries.reconciliations_of(connection, actor)
    return ReconciliationList(items=[views.comparison(connection, row, words) for row in rows])


@router.post("/reconciliations", status_code=status.HTTP_202_ACCEPTED)
def send_file(
    actor: Decider,
    asked: FileEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> ReconciliationView:
    """Send a common file; it is compared by a run, which changes nothing."""

    def act() -> ReconciliationView:
        mapping = queries.mapping_of(connection, actor).mapping
        encoding = CommonFileMapping.model_validate_json(mapping).encoding
        try:
            content = asked.content.encode(encoding)
        except UnicodeEncodeError as fault:
            raise service.CommonFileError("common_file.encoding") from fault
        made = service.send(connection, actor, content, mapping, service=serving)
        row = queries.one_reconciliation(connection, actor, made)
        return views.comparison(connection, row, words)

    return once(connection, actor, asked, act=act, answer=ReconciliationView)


@router.get("/reconciliations/{reconciliation_id}")
def read_reconciliation(
    actor: Reader, reconciliation_id: Identifier, connection: Reading, words: Words
) -> ReconciliationView:
    """One comparison, its totals or its faults."""
    row = queries.one_reconciliation(connection, actor, reconciliation_id)
    return views.comparison(connection, row, words)


@router.get("/reconciliations/{reconciliation_id}/differences")
def list_differences(
    actor: Reader,
    reconciliation_id: Identifier,
    asked: Annotated[DifferencesQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> DifferenceList:
    """What differs: ours alone, theirs alone, or a field."""
    queries.one_reconciliation(connection, actor, reconciliation_id)
    bound_to = f"differences/{reconciliation_id}/{asked.kind}/{asked.state}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    after = (str(key[0]), str(key[1])) if key else None
    rows = queries.differences_of(connection, reconciliation_id, asked, after=after)
    items = [DifferenceView.model_validate(row) for row in rows[: asked.limit]]
    next_cursor = ""
    if len(rows) > asked.limit:
        last: Key = [items[-1].application_id, items[-1].field]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    return DifferenceList(items=items, next_cursor=next_cursor)


@router.post("/reconciliations/{reconciliation_id}/decisions", status_code=status.HTTP_201_CREATED)
def decide_differences(
    actor: Decider,
    reconciliation_id: Identifier,
    asked: DifferenceDecision,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> DecisionView:
    """A person applies or leaves the differences of one application."""

    def act() -> DecisionView:
        return service.decide(
            connection, actor, reconciliation_id, asked, service=serving, words=words
        )

    return once(connection, actor, asked, act=act, answer=DecisionView)


@router.get("/export.csv")
def export_file(actor: Decider, connection: Writing, serving: Serving) -> StreamingResponse:
    """Our applications in the columns and codes of the common file, streamed."""
    mapping, rows = service.take_out(connection, actor, service=serving)

    def sent() -> Iterator[list[list[str]]]:
        for keys in queries.batches(rows):
            yield work.exported({key: rows[key] for key in keys}, mapping)

    header = work.header_of(mapping)
    told = lines(header, sent(), delimiter=mapping.delimiter)
    headers = {"content-disposition": 'attachment; filename="common-file.csv"'}
    return StreamingResponse(told, media_type="text/csv; charset=utf-8", headers=headers)
