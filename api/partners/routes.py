"""Agreements, presentations and the feed of events of a partner."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Query, status

from allocation.accompaniment.support_places import SupportPlaces
from allocation.wording import Catalogue
from api.agreements.support_places import places_of_all
from api.auth.actor import Actor
from api.cursors import Key, read_cursor, write_cursor
from api.db import Row
from api.db.tables.register import HELD_BY
from api.idempotency import OnlyOnce
from api.partners import presentations as service
from api.partners import queries
from api.partners.schemas import (
    AgreementList,
    AgreementView,
    BatchResult,
    CandidateOffer,
    EventsPage,
    EventView,
    Outcome,
    PresentationBatch,
    PresentationEntry,
    PresentationsQuery,
    PresentationView,
    Withdrawal,
)
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route
from api.schemas import Page, PageQuery

router = APIRouter(tags=["partners"], route_class=Route)
Presenter = Annotated[Actor, Depends(Allowed("presentations.make"))]
Follower = Annotated[Actor, Depends(Allowed("presentations.read"))]
Identifier = Annotated[str, Path(max_length=64)]


@router.get("/agreements")
def list_agreements(
    actor: Annotated[Actor, Depends(Allowed("agreements.read"))],
    connection: Reading,
    serving: Serving,
) -> AgreementList:
    """The partner's own agreements, their seats and their places of accompaniment."""
    today = serving.today()
    rows = queries.agreements_of(connection, actor, year=today.year)
    places = places_of_all(connection, rows)
    return AgreementList(items=[_agreement(row, places[row.agreement_id], today) for row in rows])


@router.get("/presentations")
def list_presentations(
    actor: Follower,
    asked: Annotated[PresentationsQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> Page[PresentationView]:
    """The candidates the partner presents, with their status and the offers made to them."""
    bound_to = f"presentations/{actor.organisation_id}/{asked.agreement_id}/{asked.status}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    rows = queries.presentations_of(
        connection,
        actor,
        agreement_id=asked.agreement_id,
        status=asked.status,
        after=(str(key[0]), str(key[1])) if key else None,
        limit=asked.limit,
    )
    items = _views(connection, actor, rows[: asked.limit])
    next_cursor = ""
    if len(rows) > asked.limit:
        last: Key = [items[-1].agreement_id, items[-1].application_id]
        next_cursor = write_cursor(last, bound_to=bound_to, secret=serving.secret)
    return Page(items=items, next_cursor=next_cursor)


@router.post("/presentations", status_code=status.HTTP_201_CREATED)
def present_candidate(
    actor: Presenter, asked: PresentationEntry, once: OnlyOnce, serving: Serving
) -> PresentationView:
    """Present a candidate under an agreement."""
    # A refusal undoes the act and leaves its key free, but its count stays: two transactions
    # in one, the inner one undone alone.
    with serving.database.writing() as connection:
        turn = connection.begin_nested()

        def act() -> PresentationView:
            (code,) = service.present(connection, actor, [asked], service=serving)
            if code:
                raise service.PresentationError(code)
            key = (asked.agreement_id, asked.application_id)
            (view,) = _views(connection, actor, [queries.one_presentation(connection, actor, key)])
            return view

        try:
            done = once(connection, actor, asked, act=act, answer=PresentationView)
            turn.commit()
            return done
        except service.PresentationError as refusal:
            turn.rollback()
            service.present(connection, actor, [asked], service=serving)
            refused = refusal
    raise refused


@router.post("/presentations/batch")
def present_candidates(
    actor: Presenter,
    asked: PresentationBatch,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
    words: Words,
) -> BatchResult:
    """Present many candidates; each line is presented or refused by itself, with its reason."""

    def act() -> BatchResult:
        codes = service.present(connection, actor, asked.items, service=serving)
        lines = zip(asked.items, codes, strict=True)
        items = [_outcome(i, item, code, words) for i, (item, code) in enumerate(lines)]
        refused = sum(bool(code) for code in codes)
        return BatchResult(presented=len(codes) - refused, refused=refused, items=items)

    return once(connection, actor, asked, act=act, answer=BatchResult)


@router.get("/presentations/{agreement_id}/{application_id}")
def read_presentation(
    actor: Follower, agreement_id: Identifier, application_id: Identifier, connection: Reading
) -> PresentationView:
    """One candidate the partner presents."""
    row = queries.one_presentation(connection, actor, (agreement_id, application_id))
    return _views(connection, actor, [row])[0]


@router.post(
    "/presentations/{agreement_id}/{application_id}/withdrawal",
    status_code=status.HTTP_204_NO_CONTENT,
)
def withdraw_candidate(
    actor: Presenter,
    agreement_id: Identifier,
    application_id: Identifier,
    asked: Withdrawal,
    connection: Writing,
    serving: Serving,
) -> None:
    """Present a candidate no longer; their application stays as it is."""
    key = (agreement_id, application_id)
    service.withdraw(connection, actor, key, reason=asked.reason, service=serving)


@router.get("/events")
def read_events(
    actor: Annotated[Actor, Depends(Allowed("events.read"))],
    asked: Annotated[PageQuery, Query()],
    connection: Reading,
    serving: Serving,
) -> EventsPage:
    """What happened to the partner's candidates after the cursor, in order."""
    bound_to = f"events/{actor.organisation_id}"
    key = read_cursor(asked.cursor, bound_to=bound_to, secret=serving.secret)
    after = int(key[0]) if key else 0
    rows = queries.events_after(connection, actor, after, limit=asked.limit)
    last = rows[-1].sequence if rows else after
    return EventsPage(
        items=[
            EventView(
                event_id=row.event_id, type=row.type, timestamp=row.at, data=json.loads(row.data)
            )
            for row in rows
        ],
        next_cursor=write_cursor([last], bound_to=bound_to, secret=serving.secret),
    )


def _views(connection: sa.Connection, actor: Actor, rows: Iterable[Row]) -> list[PresentationView]:
    found = list(rows)
    offers = queries.offers_to(connection, actor, [row.application_id for row in found])
    return [
        PresentationView(
            **{n: getattr(row, n) for n in PresentationView.model_fields if n in row._mapping},
            offers=[
                CandidateOffer.model_validate(offer) for offer in offers.get(row.application_id, [])
            ],
        )
        for row in found
    ]


def _outcome(index: int, item: PresentationEntry, code: str, words: Catalogue) -> Outcome:
    return Outcome(
        index=index,
        agreement_id=item.agreement_id,
        application_id=item.application_id,
        outcome="refused" if code else "presented",
        code=code,
        sentence=words.text(code) if code else "",
    )


def _agreement(row: Row, places: SupportPlaces, today: date) -> AgreementView:
    told = {n: getattr(row, n) for n in AgreementView.model_fields if n in row._mapping}
    used = None if places.promised is None else places.used
    return AgreementView(
        **told | {"accompaniment_used": used},
        register_id=row._mapping[HELD_BY],
        is_in_force=service.is_in_force(row, today),
    )
