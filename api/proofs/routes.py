"""Proofs handed in, as the company reads, takes in and declines them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.applications.change_schemas import ChangeView
from api.applications.file import are_sensitive
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.idempotency import OnlyOnce
from api.journal import append
from api.mandates.schemas import Acceptance, Declining, ProofList, ProofView
from api.proofs import service
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["proofs"], route_class=Route)
Taker = Annotated[Actor, Depends(Allowed("proofs.take_in"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.get("/applications/{application_id}/proofs")
def list_proofs(
    actor: Taker, application_id: Identifier, connection: Reading, serving: Serving
) -> ProofList:
    """
    Proofs handed in for an application, the latest first.

    That a reason of health or violence was read is written in the journal before it is told.
    """
    items = service.proofs_of(connection, actor, application_id, service=serving)
    terms = current_terms(connection, actor.organisation_id, today=serving.today())
    if are_sensitive([item.fact for item in items if item.fact], terms.rulebook):
        with serving.database.writing() as writing:
            now = serving.now()
            append(writing, "sensitive.read", subject=application_id, actor=actor, now=now)
    return ProofList(items=items)


@router.post("/proofs/{proof_id}/acceptance", status_code=status.HTTP_201_CREATED)
def take_proof_in(
    actor: Taker,
    proof_id: Identifier,
    asked: Acceptance,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> ChangeView:
    """Put a proof into the file; what it would take from the household waits for a hearing."""

    def act() -> ChangeView:
        return service.take_in(connection, actor, proof_id, asked, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=ChangeView)


@router.post("/proofs/{proof_id}/declining")
def decline_proof(
    actor: Taker, proof_id: Identifier, asked: Declining, connection: Writing, serving: Serving
) -> ProofView:
    """Leave the file as it is, with the reason."""
    return service.decline(connection, actor, proof_id, asked.reason, service=serving)
