"""Studies: what is ready, asking for one, following it, its files."""

from __future__ import annotations

import json
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Response, status

from api.access import AbsentError
from api.auth.actor import Actor
from api.db import Row
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route
from api.studies import queries, ready, service
from api.studies.schemas import (
    ReadyList,
    ReadyView,
    StudyAsk,
    StudyDetail,
    StudyFileView,
    StudyList,
    StudyView,
)
from api.studies.snapshots import file_of

router = APIRouter(tags=["studies"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("studies.read"))]
Asker = Annotated[Actor, Depends(Allowed("studies.run"))]
StudyId = Annotated[str, Path(max_length=100)]
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}


@router.get("/ready-studies")
def list_ready_studies(_actor: Reader, words: Words) -> ReadyList:
    """The studies and reforms that come with the program, to run as they are or to start from."""
    kinds: dict[str, list[str]] = {}
    for kind, name in ready.library():
        kinds.setdefault(name, []).append(kind)
    items = []
    for name, of in kinds.items():
        content = ready.content_of(of[0], name)
        asked = content.get("question", {}).get(words.language, "")
        title = ready.title_of(of[0], content, words.language)
        items.append(
            ReadyView(name=name, kinds=tuple(of), title=title, question=asked, content=content)
        )
    return ReadyList(items=tuple(items))


@router.get("/studies")
def list_studies(actor: Reader, connection: Reading, words: Words) -> StudyList:
    """The latest studies of the caller's organisation."""
    rows = queries.studies_of(connection, actor)
    files = queries.files_of(connection, [row.study_id for row in rows])
    found = [StudyView(**_told(r, files.get(r.study_id, []), words.language)) for r in rows]
    return StudyList(items=tuple(found))


@router.post("/studies", status_code=status.HTTP_202_ACCEPTED)
def ask_study(
    actor: Asker,
    asked: StudyAsk,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> StudyDetail:
    """
    Ask for a study, checked whole first: every fault is told with its path.

    A reform is held on a copy of the registers frozen when it begins, under names of its own. Of
    one's own register it names the company's cases; of others it tells aggregates alone.
    """

    def act() -> StudyDetail:
        study_id = service.ask_study(
            connection, actor, asked, language=words.language, service=serving
        )
        return _detail(connection, actor, study_id, words.language)

    return once(connection, actor, asked, act=act, answer=StudyDetail)


@router.get("/studies/{study_id}")
def read_study(actor: Reader, study_id: StudyId, connection: Reading, words: Words) -> StudyDetail:
    """One study, with what was asked and its files."""
    return _detail(connection, actor, study_id, words.language)


@router.delete("/studies/{study_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_study(actor: Asker, study_id: StudyId, connection: Writing, serving: Serving) -> None:
    """Delete a study with its frozen registers and its results; one that runs is called off."""
    service.delete_study(connection, actor, study_id, service=serving)


@router.get("/studies/{study_id}/files/{name}", response_class=Response)
def read_study_file(
    actor: Reader,
    study_id: StudyId,
    name: Annotated[str, Path(max_length=100)],
    connection: Reading,
    serving: Serving,
) -> Response:
    """One file of the results: figures, groups, report. Frozen registers are handed to nobody."""
    queries.one_study(connection, actor, study_id)
    listed = queries.files_of(connection, [study_id]).get(study_id, [])
    content = None
    if name in [f.name for f in listed]:
        content = file_of(connection, study_id, name, secret=serving.secret)
    if content is None:
        raise AbsentError("No such file.")
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)


def _detail(connection: sa.Connection, actor: Actor, study_id: str, language: str) -> StudyDetail:
    row = queries.one_study(connection, actor, study_id)
    files = queries.files_of(connection, [study_id]).get(study_id, [])
    return StudyDetail(**_told(row, files, language), content=json.loads(row.content))


def _told(row: Row, files: list[Row], language: str) -> dict[str, Any]:
    values = {n: v for n, v in row._mapping.items() if n in StudyView.model_fields}
    terms = json.loads(row.terms)
    return values | {
        "title": ready.title_of(row.kind, json.loads(row.content), language),
        "registers": tuple(json.loads(row.registers)),
        "seed": terms["seed"],
        "replications": terms["replications"],
        "on": terms["on"],
        "files": tuple(StudyFileView.model_validate(f) for f in files),
    }
