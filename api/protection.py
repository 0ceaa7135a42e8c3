"""
Households whose address is protected: a fact of violence is recorded for them.

Where such a household looks for a home is told to nobody but who must know it: the staff of its
reference company that may read the reason. Whoever writes a posting, a message to a partner, an
export or an answer to a search asks here first.
"""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from allocation.rules import load_rulebook
from api.access import SENSITIVE, may
from api.auth.actor import Actor
from api.db.tables.register import applications, facts

RULEBOOK, VIOLENCE = "wallonia", "violence"


@cache
def _violence_facts() -> tuple[str, ...]:
    known = load_rulebook(RULEBOOK).facts
    return tuple(sorted(code for code, fact in known.items() if fact.sensitive == VIOLENCE))


def is_protected(application_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the address of the application in that column is protected."""
    return sa.exists().where(
        facts.c.application_id == application_id,
        facts.c.fact.in_(_violence_facts()),
        sa.func.coalesce(facts.c.value, "") != "no",
    )


def tells_place(actor: Actor) -> sa.ColumnElement[bool]:
    """Rows of ``applications`` of which this reader may learn where they look for a home."""
    if not may(actor, SENSITIVE):
        return ~is_protected(applications.c.application_id)
    is_ours = applications.c.reference_slsp_id == actor.organisation_id
    return sa.or_(is_ours, ~is_protected(applications.c.application_id))


def tells_place_of(actor: Actor, application_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The same for the application in a column; rows of no application may be told whole."""
    is_open = ~is_protected(application_id)
    if not may(actor, SENSITIVE):
        return is_open
    ours = applications.alias("ours")
    is_ours = sa.exists().where(
        ours.c.application_id == application_id,
        ours.c.reference_slsp_id == actor.organisation_id,
    )
    return sa.or_(is_open, is_ours)


def may_tell_place(connection: sa.Connection, actor: Actor, application_id: str) -> bool:
    """Whether this reader may learn where one household looks for a home."""
    query = sa.select(applications.c.application_id).where(
        applications.c.application_id == application_id, tells_place(actor)
    )
    return connection.scalar(query) is not None
