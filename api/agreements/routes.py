"""Agreements as documents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.agreements import queries, service
from api.agreements.schemas import (
    ActEntry,
    DocumentList,
    DocumentView,
    NewAgreement,
    VersionList,
)
from api.auth.actor import Actor
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["agreements"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("agreements.read_documents"))]
Drafter = Annotated[Actor, Depends(Allowed("agreements.draft"))]
Manager = Annotated[Actor, Depends(Allowed("agreements.act"))]
AgreementId = Annotated[str, Path(max_length=64)]


@router.get("/agreement-documents")
def list_documents(actor: Reader, connection: Reading, serving: Serving) -> DocumentList:
    """Agreements of the company; for a partner, its own once their text is settled."""
    today = serving.today()
    rows = queries.documents_of(connection, actor)
    return DocumentList(items=tuple(service.view(connection, row, today=today) for row in rows))


@router.post("/agreement-documents", status_code=status.HTTP_201_CREATED)
def create_document(
    actor: Drafter, asked: NewAgreement, once: OnlyOnce, connection: Writing, serving: Serving
) -> DocumentView:
    """Draft an agreement, or file the text of one that the register's files brought."""

    def act() -> DocumentView:
        return service.create(connection, actor, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=DocumentView)


@router.get("/agreement-documents/{agreement_id}")
def read_document(
    actor: Reader, agreement_id: AgreementId, connection: Reading, serving: Serving
) -> DocumentView:
    """One agreement: its text in force, its next reviews, the stays that depend on it."""
    return service.one(connection, actor, agreement_id, service=serving)


@router.get("/agreement-documents/{agreement_id}/versions")
def list_versions(actor: Reader, agreement_id: AgreementId, connection: Reading) -> VersionList:
    """Every version of its text, the latest first."""
    rows = queries.versions_of(connection, actor, agreement_id)
    return VersionList(items=tuple(map(service.version_view, rows)))


@router.post("/agreement-documents/{agreement_id}/acts")
def act_on_document(
    actor: Manager,
    agreement_id: AgreementId,
    asked: ActEntry,
    connection: Writing,
    serving: Serving,
) -> DocumentView:
    """Sign, put into force, amend, suspend, renew or end an agreement; refused with its reasons."""
    return service.act_on(connection, actor, agreement_id, asked, service=serving)
