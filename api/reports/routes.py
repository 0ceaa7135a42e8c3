"""Reports: figures, the rows behind each, and those rows as a file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.reports import service
from api.reports.schemas import (
    Counted,
    Dataset,
    DerogationReport,
    DerogationsQuery,
    Report,
    ReportQuery,
    ReportRowList,
    RowsFilter,
    RowsQuery,
    WaitReport,
)
from api.requests import Allowed, Reading, Serving, Words
from api.routing import Route

router = APIRouter(tags=["reports"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("reports.read"))]
RowReader = Annotated[Actor, Depends(Allowed("reports.read_rows"))]
Asked = Annotated[ReportQuery, Query()]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "The rows, streamed."}
}


@router.get("/reports/waits")
def read_waits(
    actor: Reader, asked: Asked, connection: Reading, serving: Serving, words: Words
) -> WaitReport:
    """How long those housed have waited, and how long those on the list wait today."""
    return service.wait_report(connection, actor, asked, today=serving.today(), words=words)


@router.get("/reports/derogations")
def read_derogations(
    actor: Reader,
    asked: Annotated[DerogationsQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> DerogationReport:
    """Derogations by ground (`by=kind`) or otherwise; with the ceiling of one commune."""
    return service.derogation_report(connection, actor, asked, today=serving.today())


@router.get("/reports/{name}")
def read_report(
    actor: Reader, name: Counted, asked: Asked, connection: Reading, serving: Serving
) -> Report:
    """Allocations or refusals, by commune, size, income category, channel or answer, month."""
    return service.report(connection, actor, name, asked, today=serving.today())


@router.get("/reports/{name}/rows")
def list_rows(
    actor: RowReader,
    name: Dataset,
    asked: Annotated[RowsQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> ReportRowList:
    """The rows behind a figure: the filters of the report and the key of the cell."""
    chosen = asked.model_dump_json(exclude={"cursor", "limit"})
    bound_to = f"reports/{actor.organisation_id}/{name}/{chosen}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    after = str(key[0]) if key else ""
    found = service.page(connection, actor, name, asked, after=after, today=serving.today())
    items = found[: asked.limit]
    next_cursor = ""
    if len(found) > asked.limit:
        next_cursor = write_cursor([items[-1].row_id], bound_to=bound_to, secret=serving.secret)
    return ReportRowList(items=items, next_cursor=next_cursor)


@router.get("/reports/{name}/rows.csv", response_class=StreamingResponse, responses=_CSV)
def export_rows(
    actor: RowReader,
    name: Dataset,
    asked: Annotated[RowsFilter, Query()],
    connection: Reading,
    serving: Serving,
) -> StreamingResponse:
    """The same rows as a CSV file; a cell that a spreadsheet would run begins with `'`."""
    service.require_rows(connection, actor, asked)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    content = service.exported(serving, actor, name, asked)
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=headers)
