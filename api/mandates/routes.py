"""Mandates, and what a partner does under them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from api.auth.actor import Actor
from api.cursors import Key, read_cursor, write_cursor
from api.idempotency import OnlyOnce
from api.mandates import queries, service
from api.mandates.schemas import (
    Answered,
    Confirmed,
    Ending,
    MandateEntry,
    MandateList,
    MandatesQuery,
    MandateView,
    ProofEntry,
    Registration,
)
from api.partners.presentations import UNKNOWN_HOUSEHOLD, PresentationError
from api.partners.schemas import CandidateOffer
from api.proofs import service as proofs
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["mandates"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("mandates.read"))]
Mandatary = Annotated[Actor, Depends(Allowed("mandates.act"))]
Ender = Annotated[Actor, Depends(Allowed("mandates.end"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.get("/mandates")
def list_mandates(
    actor: Reader,
    asked: Annotated[MandatesQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> MandateList:
    """Mandates given to the partner; for a company, those on the applications it refers to."""
    bound_to = f"mandates/{actor.organisation_id}/{asked.application_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    rows = queries.mandates_of(
        connection,
        actor,
        application_id=asked.application_id,
        after=str(key[0]) if key else "",
        limit=asked.limit,
    )
    items = service.views(connection, rows[: asked.limit], on=serving.today())
    next_cursor = ""
    if len(rows) > asked.limit:
        last: Key = [items[-1].mandate_id]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    return MandateList(items=items, next_cursor=next_cursor)


@router.post("/mandates", status_code=status.HTTP_201_CREATED)
def file_mandate(
    actor: Mandatary, asked: MandateEntry, once: OnlyOnce, serving: Serving
) -> MandateView:
    """
    File the mandate of a household whose application exists.

    A date that is wrong is counted, as for a presentation.
    """
    with serving.database.writing() as connection:
        register_id = service.reference_of(connection, actor, asked, service=serving)
    if register_id is None:
        raise PresentationError(UNKNOWN_HOUSEHOLD)
    with serving.database.writing() as connection:

        def act() -> MandateView:
            return service.file(connection, actor, asked, register_id=register_id, service=serving)

        return once(connection, actor, asked, act=act, answer=MandateView)


@router.post("/mandates/registrations", status_code=status.HTTP_201_CREATED)
def register_person(
    actor: Mandatary,
    asked: Registration,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> MandateView:
    """Register a person under the mandate given at the same time; the company then admits it."""

    def act() -> MandateView:
        return service.register_person(connection, actor, asked, service=serving, words=words)

    return once(connection, actor, asked, act=act, answer=MandateView)


@router.get("/mandates/{mandate_id}")
def read_mandate(
    actor: Reader, mandate_id: Identifier, connection: Reading, serving: Serving
) -> MandateView:
    """One mandate, and what became of the proofs handed in under it."""
    return service.view(connection, actor, mandate_id, on=serving.today())


@router.post("/mandates/{mandate_id}/end")
def end_mandate(
    actor: Ender, mandate_id: Identifier, asked: Ending, connection: Writing, serving: Serving
) -> MandateView:
    """End a mandate, at once: the household at the company's desk, or the partner itself."""
    return service.end(connection, actor, mandate_id, asked.asked_by, service=serving)


@router.post("/mandates/{mandate_id}/confirmation", status_code=status.HTTP_201_CREATED)
def confirm_application(
    actor: Mandatary,
    mandate_id: Identifier,
    asked: Confirmed,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> MandateView:
    """The household confirms its application through the partner, in time or late."""

    def act() -> MandateView:
        service.confirm(connection, actor, mandate_id, asked, service=serving)
        return service.view(connection, actor, mandate_id, on=serving.today())

    return once(connection, actor, asked, act=act, answer=MandateView)


@router.post("/mandates/{mandate_id}/proofs", status_code=status.HTTP_201_CREATED)
def hand_in_proof(
    actor: Mandatary,
    mandate_id: Identifier,
    asked: ProofEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> MandateView:
    """Hand a proof in; the company takes it into the file or declines it."""

    def act() -> MandateView:
        proofs.hand_in(connection, actor, mandate_id, asked, service=serving)
        return service.view(connection, actor, mandate_id, on=serving.today())

    return once(connection, actor, asked, act=act, answer=MandateView)


@router.post("/mandates/{mandate_id}/offers/{offer_id}/answer", status_code=status.HTTP_201_CREATED)
def answer_offer(
    actor: Mandatary,
    mandate_id: Identifier,
    offer_id: Identifier,
    asked: Answered,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> CandidateOffer:
    """Tell the household's answer to an offer."""

    def act() -> CandidateOffer:
        row = service.answer_offer(connection, actor, mandate_id, offer_id, asked, service=serving)
        return CandidateOffer(
            offer_id=row.offer_id,
            dwelling_id=row.dwelling_id,
            made_on=row.made_on,
            answer=row.state,
            answered_on=row.answered_on,
        )

    return once(connection, actor, asked, act=act, answer=CandidateOffer)
