"""Reserved places offered to partners."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status

from api.auth.actor import Actor
from api.idempotency import OnlyOnce
from api.places import queries, service, unfilled
from api.places.schemas import PlaceAnswer, PlaceEntry, PlaceList, PlaceView, TurnList
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route

router = APIRouter(tags=["places"], route_class=Route)
Reader = Annotated[Actor, Depends(Allowed("places.read"))]
Offerer = Annotated[Actor, Depends(Allowed("places.offer"))]
Partner = Annotated[Actor, Depends(Allowed("places.answer"))]
PlaceId = Annotated[str, Path(max_length=100)]


@router.get("/place-offers")
def list_places(actor: Reader, connection: Reading) -> PlaceList:
    """Places offered by the company; for a partner, those offered to it."""
    return PlaceList(items=tuple(map(service.view, queries.offers_of(connection, actor))))


@router.get("/place-offers/turns")
def read_turns(
    actor: Offerer,
    dwelling_id: Annotated[str, Query(min_length=1, max_length=64)],
    connection: Reading,
    serving: Serving,
) -> TurnList:
    """Whose turn it is for a dwelling; when nobody's, it is the general list's."""
    return service.turns(connection, actor, dwelling_id, service=serving)


@router.post("/place-offers", status_code=status.HTTP_201_CREATED)
def offer_place(
    actor: Offerer, asked: PlaceEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> PlaceView:
    """Offer a dwelling to the agreement whose turn it is, with its free support looked at first."""

    def act() -> PlaceView:
        return service.offer(connection, actor, asked, service=serving)

    return once(connection, actor, asked, act=act, answer=PlaceView)


@router.get("/place-offers/{place_offer_id}")
def read_place(actor: Reader, place_offer_id: PlaceId, connection: Reading) -> PlaceView:
    """One place offered."""
    return service.view(queries.one_offer(connection, actor, place_offer_id))


@router.post("/place-offers/{place_offer_id}/answer")
def answer_place(
    actor: Partner,
    place_offer_id: PlaceId,
    asked: PlaceAnswer,
    connection: Writing,
    serving: Serving,
) -> PlaceView:
    """The partner presents a household for the place, or leaves it to the next."""
    return service.answer(connection, actor, place_offer_id, asked, service=serving)


@router.post("/place-offers/{place_offer_id}/silence")
def record_no_answer(
    actor: Offerer, place_offer_id: PlaceId, connection: Writing, serving: Serving
) -> PlaceView:
    """The partner did not answer in time: the place goes to the next, or to the general list."""
    return service.close(connection, actor, place_offer_id, "record_no_answer", service=serving)


@router.post("/place-offers/{place_offer_id}/withdrawal")
def withdraw_place(
    actor: Offerer, place_offer_id: PlaceId, connection: Writing, serving: Serving
) -> PlaceView:
    """The company withdraws the place; the dwelling is named by nobody."""
    return service.close(connection, actor, place_offer_id, "withdraw_place", service=serving)


@router.post("/place-offers/{place_offer_id}/fate")
def follow_fate(
    actor: Offerer, place_offer_id: PlaceId, connection: Writing, serving: Serving
) -> PlaceView:
    """Do with a place taken up that nobody fills what the text of its agreement says."""
    return unfilled.follow(connection, actor, place_offer_id, service=serving)
