"""Offers: made, followed, answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Query, status

from allocation.procedure import OFFER
from api.auth.actor import Actor
from api.cursors import read_cursor, write_cursor
from api.db import Row
from api.idempotency import OnlyOnce
from api.offers import queries, service
from api.offers.schemas import (
    Contact,
    ContactView,
    Judgement,
    OfferAnswer,
    OfferEntry,
    OfferFile,
    OfferList,
    OffersQuery,
    OfferView,
    OfferWithdrawal,
    Silence,
)
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["offers"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("offers.read"))]
Maker = Annotated[Actor, Depends(Allowed("offers.make"))]
Follower = Annotated[Actor, Depends(Allowed("offers.follow"))]
Judge = Annotated[Actor, Depends(Allowed("offers.judge"))]
MeetingId = Annotated[str, Path(max_length=100)]
OfferId = Annotated[str, Path(max_length=100)]


@router.get("/offers")
def list_offers(
    actor: Reader,
    asked: Annotated[OffersQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> OfferList:
    """Offers made after the meetings of the company, latest first."""
    bound_to = f"offers/{actor.organisation_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    after = (date.fromisoformat(str(key[0])), str(key[1])) if key else None
    rows = queries.page_of(connection, actor, asked, after=after)
    shown, more = rows[: asked.limit], rows[asked.limit :]
    next_cursor = ""
    if more:
        last = [shown[-1].made_on.isoformat(), shown[-1].offer_id]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    return OfferList(items=[_view(row) for row in shown], next_cursor=next_cursor)


@router.post("/meetings/{meeting_id}/offers", status_code=status.HTTP_201_CREATED)
def make_offer(
    actor: Maker,
    meeting_id: MeetingId,
    asked: OfferEntry,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> OfferFile:
    """Offer a dwelling; refused to anybody but the household entitled to it."""

    def act() -> OfferFile:
        offer_id = service.make(connection, actor, meeting_id, asked, service=serving)
        return _file(connection, actor, offer_id)

    return once(connection, actor, asked, act=act, answer=OfferFile)


@router.get("/offers/{offer_id}")
def read_offer(actor: Reader, offer_id: OfferId, connection: Reading) -> OfferFile:
    """One offer with its contacts."""
    return _file(connection, actor, offer_id)


@router.post("/offers/{offer_id}/contacts", status_code=status.HTTP_201_CREATED)
def record_contact(
    actor: Follower,
    offer_id: OfferId,
    asked: Contact,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> OfferFile:
    """An attempt to reach the household: without one no silence can be recorded."""

    def act() -> OfferFile:
        service.record_contact(connection, actor, offer_id, asked, service=serving)
        return _file(connection, actor, offer_id)

    return once(connection, actor, asked, act=act, answer=OfferFile)


@router.post("/offers/{offer_id}/answer")
def answer_offer(
    actor: Follower, offer_id: OfferId, asked: OfferAnswer, connection: Writing, serving: Serving
) -> OfferFile:
    """The household accepts or refuses; an accepted offer enters the ledger."""
    service.answer(
        connection,
        actor,
        offer_id,
        asked.answer,
        on=asked.answered_on,
        reason=asked.ground,
        service=serving,
    )
    return _file(connection, actor, offer_id)


@router.post("/offers/{offer_id}/judgement")
def judge_ground(
    actor: Judge, offer_id: OfferId, asked: Judgement, connection: Writing, serving: Serving
) -> OfferFile:
    """Whether the ground of a refusal is accepted."""
    act = "find_justified" if asked.is_justified else "find_not_justified"
    on, reason = serving.today(), asked.reason
    service.answer(connection, actor, offer_id, act, on=on, reason=reason, service=serving)
    return _file(connection, actor, offer_id)


@router.post("/offers/{offer_id}/silence")
def record_silence(
    actor: Judge, offer_id: OfferId, asked: Silence, connection: Writing, serving: Serving
) -> OfferFile:
    """No answer came in time, after at least one attempt to reach the household."""
    service.answer(
        connection,
        actor,
        offer_id,
        "record_silence",
        on=serving.today(),
        silence_counts=asked.counts_as_refusal,
        service=serving,
    )
    return _file(connection, actor, offer_id)


@router.post("/offers/{offer_id}/withdrawal")
def withdraw_offer(
    actor: Judge, offer_id: OfferId, asked: OfferWithdrawal, connection: Writing, serving: Serving
) -> OfferFile:
    """The company takes the offer back; the household stays entitled to the dwelling."""
    on, reason = serving.today(), asked.reason
    service.answer(connection, actor, offer_id, "withdraw", on=on, reason=reason, service=serving)
    return _file(connection, actor, offer_id)


def _view(row: Row) -> OfferView:
    return OfferView(**_values(row))


def _file(connection: sa.Connection, actor: Actor, offer_id: str) -> OfferFile:
    row = queries.one_offer(connection, actor, offer_id)
    contacts = queries.contacts_of(connection, actor, offer_id)
    told = [ContactView(**{n: getattr(c, n) for n in ContactView.model_fields}) for c in contacts]
    return OfferFile(**_values(row), contacts=told)


def _values(row: Row) -> dict[str, Any]:
    values = {n: getattr(row, n) for n in OfferView.model_fields if n != "possible"}
    return values | {"possible": list(OFFER.possible(row.state))}
