"""
A company that was chosen works the points out again, in one call, from the file itself.

What it finds otherwise is put to the reference company. No rank moves by it: the lists of all
companies are worked out from the reference company's file, until that file changes.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import POINTS_REQUEST
from allocation.rules import evaluate, load_rulebook
from allocation.wording import Catalogue
from api.access import AbsentError, DeniedError, visible_to
from api.applications.file import file_of
from api.applications.queries import application_row
from api.applications.record import application_from, rows_of_file
from api.applications.standings import Terms, current_terms
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.follow_up import points_request
from api.db.tables.standings import standing, standing_head
from api.journal import append
from api.points.schemas import (
    Points,
    PointsAnswer,
    PointsRequestsQuery,
    PointsRequestView,
    Recomputation,
    RecomputedView,
)
from api.service import Service

AUTHORITY = "points_authority"
_BY_REFERENCE = ("correct", "stand_by")


class DayMissingError(HousingError):
    """Points that were announced are compared on their day, which must be told."""

    code = "points.day"


def recompute(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    asked: Recomputation,
    *,
    service: Service,
    words: Catalogue,
) -> RecomputedView:
    """Work the points of a file out again; a difference opens a request, once."""
    row = application_row(connection, actor, application_id)
    if row is None:
        raise AbsentError("No such application.")
    if (asked.announced is None) is not (asked.on is None):
        raise DayMissingError("Points and their day go together.")
    mine = current_terms(connection, actor.organisation_id, today=service.today())
    announced, on = asked.announced, asked.on
    if announced is None:
        announced, on = _of_the_reference(connection, application_id, row.reference_slsp_id)
    terms = Terms(on or mine.on, mine.draw_seed, mine.rulebook, mine.settings)
    rulebook = load_rulebook(terms.rulebook)
    application = application_from(rows_of_file(connection, application_id))
    found = evaluate(rulebook, application, terms.on, settings=terms.settings)
    computed = Points(**{name: getattr(found, name) for name in Points.model_fields})
    differences = [] if announced is None else _different(announced, computed)
    told = file_of(connection, actor, application_id, terms=terms, words=words)
    request = None
    if announced is not None and differences and row.reference_slsp_id != actor.organisation_id:
        request = _ask(connection, actor, row, (announced, computed), terms, service=service)
    authority = rulebook.parameter(AUTHORITY, terms.on, terms.settings)
    return RecomputedView(
        application_id=application_id,
        reference_slsp_id=row.reference_slsp_id,
        on=terms.on,
        rulebook=terms.rulebook,
        rulebook_hash=rulebook.content_hash,
        points_authority=str(authority.value),
        points_authority_mark=authority.mark,
        computed=computed,
        announced=announced,
        differences=differences,
        lines=list(told.lines),
        facts=list(told.facts),
        request=request,
    )


def answer(
    connection: sa.Connection,
    actor: Actor,
    request_id: str,
    asked: PointsAnswer,
    *,
    service: Service,
) -> PointsRequestView:
    """The reference company corrects or stands by its file; who asked takes the request back."""
    row = _one(connection, actor, request_id, to_change=True)
    whose = row.reference_slsp_id if asked.act in _BY_REFERENCE else row.register_id
    if actor.organisation_id != whose:
        raise DeniedError("Not this company's answer.")
    state = POINTS_REQUEST.after(row.state, asked.act)
    values = {"state": state, "answered_on": service.today(), "reason": asked.reason}
    mine = points_request.c.request_id == request_id
    connection.execute(points_request.update().where(mine).values(values))
    content = {"request_id": request_id, "state": state}
    append(
        connection,
        f"points.{asked.act}",
        subject=row.application_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return view(_one(connection, actor, request_id))


def requests_of(
    connection: sa.Connection, actor: Actor, asked: PointsRequestsQuery, *, after: str
) -> list[Row]:
    """Requests made by or to the company, one more than the page when there are more."""
    query = sa.select(points_request).where(
        visible_to(actor, points_request), points_request.c.request_id > after
    )
    if asked.state:
        query = query.where(points_request.c.state == asked.state)
    return list(
        connection.execute(query.order_by(points_request.c.request_id).limit(asked.limit + 1))
    )


def view(row: Row) -> PointsRequestView:
    """A request as told."""
    points: dict[str, Any] = {
        name: Points.model_validate_json(getattr(row, name)) for name in ("announced", "computed")
    }
    rest = {
        n: getattr(row, n) for n in PointsRequestView.model_fields if n not in (*points, "possible")
    }
    return PointsRequestView(**rest, **points, possible=list(POINTS_REQUEST.possible(row.state)))


def _of_the_reference(
    connection: sa.Connection, application_id: str, reference_id: str
) -> tuple[Points | None, date | None]:
    """What the reference company's own list says, and of which day; nothing without a list."""
    columns = [standing.c[name] for name in Points.model_fields]
    found = connection.execute(
        sa.select(*columns, standing_head.c.on_day)
        .join(standing_head, standing_head.c.register_id == standing.c.register_id)
        .where(standing.c.register_id == reference_id, standing.c.application_id == application_id)
    ).one_or_none()
    if found is None:
        return None, None
    return Points(**{name: getattr(found, name) for name in Points.model_fields}), found.on_day


def _different(announced: Points, computed: Points) -> list[str]:
    return [n for n in Points.model_fields if getattr(announced, n) != getattr(computed, n)]


def _ask(
    connection: sa.Connection,
    actor: Actor,
    row: Row,
    points: tuple[Points, Points],
    terms: Terms,
    *,
    service: Service,
) -> PointsRequestView:
    """Put a difference to the reference company; one that waits already does as well."""
    waiting = _waiting(connection, actor, row.application_id)
    if waiting is not None:
        return view(waiting)
    request_id = f"ptr-{secrets.token_hex(8)}"
    announced, computed = (p.model_dump_json() for p in points)
    values = {
        "request_id": request_id,
        "register_id": actor.organisation_id,
        "reference_slsp_id": row.reference_slsp_id,
        "application_id": row.application_id,
        "state": POINTS_REQUEST.initial,
        "on_day": terms.on,
        "rulebook": terms.rulebook,
        "rulebook_hash": load_rulebook(terms.rulebook).content_hash,
        "announced": announced,
        "computed": computed,
        "asked_at": service.now(),
        "reason": "",
    }
    connection.execute(points_request.insert(), values)
    content = {
        "request_id": request_id,
        "reference_slsp_id": row.reference_slsp_id,
        "announced": points[0].points,
        "computed": points[1].points,
    }
    append(
        connection,
        "points.asked",
        subject=row.application_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return view(_one(connection, actor, request_id))


def _waiting(connection: sa.Connection, actor: Actor, application_id: str) -> Row | None:
    """The request of this company about an application that nobody has answered."""
    query = sa.select(points_request).where(
        points_request.c.register_id == actor.organisation_id,
        points_request.c.application_id == application_id,
        points_request.c.state == POINTS_REQUEST.initial,
    )
    return connection.execute(query.with_for_update()).one_or_none()


def _one(
    connection: sa.Connection, actor: Actor, request_id: str, *, to_change: bool = False
) -> Row:
    query = sa.select(points_request).where(
        visible_to(actor, points_request), points_request.c.request_id == request_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such request.")
    return found
