"""
A place taken up that no household presented fills: its agreement's text is followed.

A person does it, when the text's time is over or a meeting has found nobody; whoever freezes the
next meeting does it for every place that is due by then. Each leaves its trace, with why and where
the place went.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from allocation.accompaniment import PLACE_OFFER, PlaceFate, PlaceRefusedError, check_unfilled
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.places import queries
from api.places.schemas import PlaceView
from api.places.service import (
    OFFERED,
    TAKEN_UP,
    candidate_of,
    fate_of,
    home_of,
    keep,
    name,
    offer_in_turn,
    offer_to,
    refused,
    told,
)
from api.service import Service


def follow(
    connection: sa.Connection,
    actor: Actor,
    place_offer_id: str,
    *,
    service: Service,
    meeting_id: str = "",
) -> PlaceView:
    """
    Do with an unfilled place what the text of its agreement says.

    ``meeting_id``: the meeting being frozen, when that is why.

    Raises
    ------
    AbsentError
        No such place.
    IllegalActError
        ``procedure.illegal_act``: it is not taken up.
    PlaceRefusedError
        Held still, no meeting has looked, told only, somebody is entitled, a meeting is under way.
    """
    queries.one_offer(connection, actor, place_offer_id)
    touch(connection, actor.organisation_id, actor=actor, service=service)
    row, today = queries.lock(connection, actor, place_offer_id), service.today()
    PLACE_OFFER.step(row.state, "release_place")
    fate = fate_of(row)
    _refuse_in_use(connection, row, today=today)
    nobody_on = queries.found_nobody_on(connection, row)
    why = check_unfilled(fate, on=today, found_nobody_on=nobody_on)
    state = PLACE_OFFER.after(row.state, fate.act)
    name(connection, row.dwelling_id, None)
    keep(connection, place_offer_id, {"state": state})
    content = _trace(row, fate, why, nobody_on) | {"meeting_id": meeting_id}
    content |= _moved(connection, actor, row, fate, service=service)
    return told(connection, actor, fate.act, place_offer_id, content, service=service)


def follow_due(
    connection: sa.Connection, actor: Actor, *, meeting_id: str, service: Service
) -> None:
    """Follow the text for every place that is due on the day a meeting is frozen."""
    for row in due_places(connection, actor, today=service.today()):
        follow(connection, actor, row.place_offer_id, service=service, meeting_id=meeting_id)


def due_places(connection: sa.Connection, actor: Actor, *, today: date) -> list[Row]:
    """Places whose text moves them today."""
    return [
        row
        for row in queries.waiting_places(connection, actor)
        if row.state == TAKEN_UP
        and fate_of(row).act
        and _unfilled_since(connection, row, today=today)
        and not queries.is_somebodys(connection, row)
        and not queries.is_under_way(connection, row, today=today)
    ]


def reminders(
    connection: sa.Connection, actor: Actor, *, today: date
) -> Iterator[tuple[str, str, date]]:
    """
    What staff are reminded of, and that moves nothing: kind, place, day.

    A place left without an answer after its time; one taken up that nobody fills.
    """
    for row in queries.waiting_places(connection, actor):
        if row.state == OFFERED and row.due_on < today:
            yield "place.unanswered", row.place_offer_id, row.due_on
        since = _unfilled_since(connection, row, today=today) if row.state == TAKEN_UP else None
        if since is not None:
            yield "place.unfilled", row.place_offer_id, since


def _unfilled_since(connection: sa.Connection, row: Row, *, today: date) -> date | None:
    """Last day its time ran, or day of the meeting that found nobody; ``None`` while it is kept."""
    fate, nobody_on = fate_of(row), queries.found_nobody_on(connection, row)
    if not fate.why_due(on=today, found_nobody_on=nobody_on):
        return None
    return fate.held_until_on or nobody_on


def _refuse_in_use(connection: sa.Connection, row: Row, *, today: date) -> None:
    if queries.is_somebodys(connection, row):
        raise refused("dwelling_id", "place.somebody_entitled")
    if queries.is_under_way(connection, row, today=today):
        raise refused("dwelling_id", "place.meeting_under_way")


def _trace(row: Row, fate: PlaceFate, why: str, nobody_on: date | None) -> dict[str, Any]:
    held = fate.held_until_on
    return {
        "agreement_id": row.agreement_id,
        "dwelling_id": row.dwelling_id,
        "policy": fate.unfilled.policy,
        "is_assumed": fate.is_assumed,
        "why": why,
        "held_until_on": held.isoformat() if held else "",
        "found_nobody_on": nobody_on.isoformat() if nobody_on else "",
    }


def _moved(
    connection: sa.Connection, actor: Actor, row: Row, fate: PlaceFate, *, service: Service
) -> dict[str, Any]:
    """Where the place went: offered to another agreement, or back to the general list, and why."""
    if fate.unfilled.policy == "release":
        return {"next_agreement_id": "", "not_moved_because": []}
    try:
        home = home_of(connection, actor, row.dwelling_id)
        if fate.unfilled.policy == "next_in_turn":
            made = offer_in_turn(connection, actor, row.dwelling_id, home, service=service)
        else:
            candidate = candidate_of(connection, actor, fate.unfilled.to, today=service.today())
            if candidate is None or not candidate.dwellings.admits(
                nis5=home.nis5, bedrooms=home.bedrooms, accessibility=home.accessibility
            ):
                raise refused("agreement_id", "place.not_in_force")
            made = offer_to(
                connection, actor, candidate, row.dwelling_id, in_turn=[], service=service
            )
    except PlaceRefusedError as fault:
        codes = sorted({problem.code for problem in fault.problems})
        return {"next_agreement_id": "", "not_moved_because": codes}
    return {"next_agreement_id": made.agreement_id, "not_moved_because": []}
