"""Missing facts by their effect on the rank: what one paper could change, for whom."""

from __future__ import annotations

import sqlalchemy as sa

from allocation.rules import evaluate, load_rulebook
from allocation.rules.trace import Missing
from api.access import visible_to
from api.applications.queries import applicants, head_of
from api.applications.record import applications_from, rows_of_files
from api.applications.schemas import MissingView
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.db.tables.register import applications
from api.db.tables.standings import standing
from api.service import Service
from api.worklists.schemas import MissingLine, MissingList

_KEPT = ("application_id", "rank", "points", "best_points", "best_rank", "gain", "is_blocked")


def missing_facts(
    connection: sa.Connection, actor: Actor, *, limit: int, service: Service
) -> MissingList:
    """
    Applications of the actor's company with facts missing, those with most to gain first.

    Places are those of the list as it was last worked out; the facts to ask for are read in the
    files as they stand. A transfer has no points and is listed only when its admission waits.
    """
    register_id = actor.organisation_id
    head = head_of(connection, actor, register_id)
    waiting = (
        sa.select(*(standing.c[name] for name in _KEPT))
        .join(applications, applications.c.application_id == standing.c.application_id)
        .where(
            visible_to(actor, standing),
            standing.c.register_id == register_id,
            standing.c.n_unknown > 0,
            applications.c.reference_slsp_id == register_id,
        )
    )
    total = connection.scalar(sa.select(sa.func.count()).select_from(waiting.subquery()))
    first = waiting.order_by(
        standing.c.gain.desc(), standing.c.best_rank, standing.c.application_id
    )
    rows = list(connection.execute(first.limit(limit)))
    shown = [row.application_id for row in rows]
    terms = current_terms(connection, register_id, today=service.today())
    rulebook = load_rulebook(terms.rulebook)
    missing: dict[str, tuple[Missing, ...]] = {
        application.application_id: evaluate(
            rulebook, application, terms.on, settings=terms.settings
        ).missing
        for application in applications_from(rows_of_files(connection, shown))
    }
    names = applicants(connection, shown)
    items = [
        MissingLine(
            **row._mapping,
            applicant=names.get(row.application_id, ""),
            missing=[MissingView.model_validate(m) for m in missing[row.application_id]],
        )
        for row in rows
    ]
    return MissingList(
        version=head.version, is_current=head.is_current, total=total or 0, items=items
    )
