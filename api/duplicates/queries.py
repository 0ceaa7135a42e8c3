"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

import sqlalchemy as sa

from allocation.procedure import Person, Verdict
from api.access import AbsentError, visible_to
from api.applications.service import ACTIVE
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.duplicates import duplicate_verdict
from api.db.tables.follow_up import separation
from api.db.tables.register import applications, household_members


def persons_of(connection: sa.Connection, actor: Actor) -> list[Person]:
    """Members of the active applications that exist for the actor, as they are compared."""
    columns = ("application_id", "member_id", "family_name", "given_name", "born_on")
    rows = connection.execute(
        sa.select(*(household_members.c[c] for c in columns), household_members.c.national_number)
        .join(applications, applications.c.application_id == household_members.c.application_id)
        .where(visible_to(actor, applications), applications.c.status.in_(ACTIVE))
    )
    return [
        Person(
            row.application_id,
            row.member_id,
            row.family_name or "",
            row.given_name or "",
            row.born_on,
            "".join(c for c in row.national_number or "" if c.isdecimal()),
        )
        for row in rows
    ]


def verdicts_of(connection: sa.Connection, actor: Actor, *, with_undone: bool = False) -> list[Row]:
    """Decisions on applications that exist for the actor, the latest first."""
    query = sa.select(duplicate_verdict).where(visible_to(actor, duplicate_verdict))
    if not with_undone:
        query = query.where(duplicate_verdict.c.undone_on.is_(None))
    order = (duplicate_verdict.c.recorded_at.desc(), duplicate_verdict.c.verdict_id)
    return list(connection.execute(query.order_by(*order)))


def one_verdict(connection: sa.Connection, actor: Actor, verdict_id: str) -> Row:
    """A decision that exists for the actor, locked until the commit."""
    query = sa.select(duplicate_verdict).where(
        visible_to(actor, duplicate_verdict), duplicate_verdict.c.verdict_id == verdict_id
    )
    found = connection.execute(query.with_for_update(of=duplicate_verdict)).one_or_none()
    if found is None:
        raise AbsentError("No such decision.")
    return found


def parted(connection: sa.Connection) -> list[Verdict]:
    """Households that parted stay apart for good; who they are is told to nobody here."""
    rows = connection.execute(sa.select(separation))
    return [
        Verdict(
            min(row.application_id, row.new_id),
            max(row.application_id, row.new_id),
            same=False,
            decided_by="",
            decided_on=row.separated_on,
        )
        for row in rows
    ]


def decided(rows: list[Row]) -> list[Verdict]:
    """Decisions as the procedure reads them."""
    return [Verdict(r.first, r.second, r.same, r.decided_by, r.decided_on) for r in rows]
