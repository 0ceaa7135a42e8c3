"""
A place whose dwelling a household accepts, or gives up again: what the offer changes of it.

A place offered in a dwelling that the list has let meanwhile is withdrawn: nobody can take it up.
"""

from __future__ import annotations

import sqlalchemy as sa

from allocation.accompaniment import PLACE_OFFER
from api.auth.actor import Actor
from api.db import Row
from api.journal import append
from api.places import queries
from api.places.service import OFFERED, TAKEN_UP, keep
from api.service import Service


def fill(connection: sa.Connection, actor: Actor, offer: Row, *, service: Service) -> None:
    """The dwelling of an offer is accepted: no place waits in it any more."""
    place = queries.standing_place(connection, offer.dwelling_id, OFFERED, TAKEN_UP)
    if place is not None:
        act = "fill_place" if place.state == TAKEN_UP else "withdraw_place"
        _act(connection, actor, place, act, offer, service=service)


def empty(connection: sa.Connection, actor: Actor, offer: Row, *, service: Service) -> None:
    """The household gives up what it had accepted: the place is as before."""
    place = queries.standing_place(connection, offer.dwelling_id, "place_filled")
    if place is not None:
        _act(connection, actor, place, "empty_place", offer, service=service)


def _act(
    connection: sa.Connection, actor: Actor, place: Row, act: str, offer: Row, *, service: Service
) -> None:
    keep(connection, place.place_offer_id, {"state": PLACE_OFFER.after(place.state, act)})
    content = {
        "agreement_id": place.agreement_id,
        "dwelling_id": place.dwelling_id,
        "offer_id": offer.offer_id,
    }
    append(
        connection,
        f"place.{act}",
        subject=place.place_offer_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
