"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from api.access import AbsentError, rows_of, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.partners import partner_event
from api.db.tables.register import (
    HELD_BY,
    agreements,
    allocations_ytd,
    applications,
    household_members,
    offers,
    presentations,
    register,
)

Key = tuple[str, str]
_KEY = (presentations.c.agreement_id, presentations.c.application_id)


def agreements_of(
    connection: sa.Connection, actor: Actor, *, year: int, only: Collection[str] | None = None
) -> list[Row]:
    """Agreements that exist for the actor, with the seats used in a year and what is presented."""
    used = _count(allocations_ytd, actor).where(
        allocations_ytd.c.decided_on >= date(year, 1, 1),
        allocations_ytd.c.decided_on <= date(year, 12, 31),
        allocations_ytd.c.undone_on.is_(None),
    )
    query = (
        sa.select(
            agreements,
            register.c.kind.label("register_kind"),
            organisation.c.kind.label("holder_kind"),
            used.scalar_subquery().label("seats_used_this_year"),
            _count(presentations, actor).scalar_subquery().label("presented"),
        )
        .join(register, register.c.register_id == agreements.c[HELD_BY])
        .join(organisation, organisation.c.organisation_id == register.c.register_id)
        .where(visible_to(actor, agreements))
        .order_by(agreements.c.agreement_id)
    )
    if only is not None:
        query = query.where(agreements.c.agreement_id.in_(only))
    return list(connection.execute(query))


def _count(table: sa.Table, actor: Actor) -> sa.Select[int]:
    return (
        sa.select(sa.func.count())
        .select_from(table)
        .where(visible_to(actor, table), table.c.agreement_id == agreements.c.agreement_id)
        .correlate(agreements)
    )


def births_known_to(
    connection: sa.Connection, holder_id: str, *, kind: str, application_ids: Collection[str]
) -> set[tuple[str, date]]:
    """Dates of birth in applications that exist for the company an agreement was made with."""
    rows = connection.execute(
        sa.select(household_members.c.application_id, household_members.c.born_on)
        .join(applications, applications.c.application_id == household_members.c.application_id)
        .where(
            rows_of(holder_id, kind=kind, table=applications),
            applications.c.application_id.in_(application_ids),
            applications.c.status != "withdrawn",
            household_members.c.born_on.is_not(None),
        )
    )
    return {(row.application_id, row.born_on) for row in rows}


def presented_already(
    connection: sa.Connection, actor: Actor, application_ids: Collection[str]
) -> set[Key]:
    """Agreement and application of what the actor already presents."""
    rows = connection.execute(
        sa.select(*_KEY).where(
            visible_to(actor, presentations), presentations.c.application_id.in_(application_ids)
        )
    )
    return {(row.agreement_id, row.application_id) for row in rows}


def presentations_of(
    connection: sa.Connection,
    actor: Actor,
    *,
    agreement_id: str = "",
    status: str = "",
    after: Key | None = None,
    limit: int,
) -> list[Row]:
    """Candidates presented, one more than ``limit`` when there are more."""
    query = _presented(actor).order_by(*_KEY).limit(limit + 1)
    if agreement_id:
        query = query.where(presentations.c.agreement_id == agreement_id)
    if status:
        query = query.where(applications.c.status == status)
    if after is not None:
        query = query.where(sa.tuple_(*_KEY) > sa.tuple_(*(sa.literal(k) for k in after)))
    return list(connection.execute(query))


def one_presentation(connection: sa.Connection, actor: Actor, key: Key) -> Row:
    """One candidate presented; ``access.absent`` otherwise."""
    query = _presented(actor).where(*(c == k for c, k in zip(_KEY, key, strict=True)))
    found = connection.execute(query).one_or_none()
    if found is None:
        raise AbsentError("No such presentation.")
    return found


def _presented(actor: Actor) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(
            presentations,
            applications.c.status,
            applications.c.status_until_on,
            applications.c.last_confirmed_on,
        )
        .join(applications, applications.c.application_id == presentations.c.application_id)
        .where(visible_to(actor, presentations), visible_to(actor, applications))
    )


def offers_to(
    connection: sa.Connection, actor: Actor, application_ids: Collection[str]
) -> dict[str, list[Row]]:
    """Offers made to candidates of the actor, latest first."""
    rows = connection.execute(
        sa.select(offers)
        .where(visible_to(actor, offers), offers.c.application_id.in_(application_ids))
        .order_by(offers.c.made_on.desc(), offers.c.offer_id)
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.application_id, []).append(row)
    return found


def events_after(connection: sa.Connection, actor: Actor, after: int, *, limit: int) -> list[Row]:
    """What the actor's organisation was told after a number, in order."""
    query = (
        sa.select(partner_event)
        .where(visible_to(actor, partner_event), partner_event.c.sequence > after)
        .order_by(partner_event.c.organisation_id, partner_event.c.sequence)
        .limit(limit)
    )
    return list(connection.execute(query))
