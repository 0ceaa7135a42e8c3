"""Missing facts by their effect on the rank: what one paper could change, for whom."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date

import sqlalchemy as sa

from allocation.rules import evaluate, load_rulebook
from allocation.rules.trace import Missing
from api.access import visible_to
from api.applications.queries import applicants
from api.applications.schemas import MissingView
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.db import Row
from api.db.register import read_register
from api.db.tables.register import applications
from api.db.tables.standings import standing
from api.service import Service
from api.worklists.schemas import MissingLine, MissingList

Place = tuple[int, date, str]


def missing_facts(
    connection: sa.Connection, actor: Actor, *, limit: int, service: Service
) -> MissingList:
    """
    Applications of the actor's company with facts missing, those with most to gain first.

    Places are counted in the list as it was last worked out; a transfer has no points and is
    listed only when its admission waits.
    """
    register_id = actor.organisation_id
    terms = current_terms(connection, register_id, today=service.today())
    snapshot = read_register(connection, register_id)
    rulebook = load_rulebook(terms.rulebook)
    rows = _lines(connection, actor)
    order = sorted(_place(r, r.points) for r in rows if r.rank is not None and _has_points(r))
    n_before = sum(r.rank is not None and not _has_points(r) for r in rows)
    found = []
    for row in rows:
        if not row.n_unknown or row.reference_slsp_id != register_id:
            continue
        application = snapshot.register.application(row.application_id)
        missing = evaluate(rulebook, application, terms.on, settings=terms.settings).missing
        found.append(_line(row, missing, order, n_before))
    found.sort(key=lambda line: (-line.gain, line.best_rank, line.application_id))
    shown = found[:limit]
    names = applicants(connection, [line.application_id for line in shown])
    items = [
        line.model_copy(update={"applicant": names.get(line.application_id, "")}) for line in shown
    ]
    return MissingList(version=snapshot.version, total=len(found), items=items)


def _lines(connection: sa.Connection, actor: Actor) -> list[Row]:
    query = (
        sa.select(standing, applications.c.list, applications.c.reference_slsp_id)
        .join(applications, applications.c.application_id == standing.c.application_id)
        .where(visible_to(actor, standing), standing.c.register_id == actor.organisation_id)
    )
    return list(connection.execute(query))


def _has_points(row: Row) -> bool:
    return bool(row.list == "candidate")


def _place(row: Row, points: int) -> Place:
    return -points, row.order_date, row.draw


def _line(row: Row, missing: tuple[Missing, ...], order: list[Place], n_before: int) -> MissingLine:
    most = max((m.effect_points for m in missing), default=0) if _has_points(row) else 0
    points = row.points + max(most, 0)
    reached = n_before + bisect_left(order, _place(row, points)) + 1
    is_blocked = any(m.blocks for m in missing)
    if row.rank is not None:
        reached = min(reached, row.rank)
    last = n_before + len(order) + 1
    gain = (last if row.rank is None else row.rank) - reached
    return MissingLine(
        application_id=row.application_id,
        applicant="",
        rank=row.rank,
        points=row.points,
        best_points=points,
        best_rank=reached,
        gain=gain,
        is_blocked=is_blocked,
        missing=[MissingView.model_validate(m) for m in missing],
    )
