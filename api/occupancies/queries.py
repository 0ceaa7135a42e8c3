"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.occupancies import (
    PARTS_OF_A_STAY,
    dwelling_return,
    occupancy,
    operator_approval,
)
from api.db.tables.offers import offer_course
from api.db.tables.register import (
    HELD_BY,
    agreements,
    applications,
    dwellings,
    offers,
    partners,
    register,
    vacancies,
)

Key = tuple[date, str]
Parts = dict[str, dict[str, list[Row]]]


def one_stay(
    connection: sa.Connection, actor: Actor, occupancy_id: str, *, to_change: bool = False
) -> Row:
    """A stay that exists for the actor; ``access.absent`` otherwise."""
    query = sa.select(occupancy).where(
        visible_to(actor, occupancy), occupancy.c.occupancy_id == occupancy_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such stay.")
    return found


def stays(
    connection: sa.Connection,
    actor: Actor,
    *,
    status: str = "",
    application_id: str = "",
    is_running: bool | None = None,
    after: Key | None = None,
    limit: int | None = None,
) -> list[Row]:
    """Stays that exist for the actor, latest first; one more than ``limit`` when there are."""
    order = (occupancy.c.planned_on.desc(), occupancy.c.occupancy_id)
    query = sa.select(occupancy).where(visible_to(actor, occupancy)).order_by(*order)
    if status:
        query = query.where(occupancy.c.status == status)
    if application_id:
        query = query.where(occupancy.c.application_id == application_id)
    if is_running is not None:
        running = occupancy.c.entered_on.is_not(None) & occupancy.c.ended_on.is_(None)
        query = query.where(running if is_running else sa.not_(running))
    if after is not None:
        day, key = after
        later = occupancy.c.planned_on < day
        same = (occupancy.c.planned_on == day) & (occupancy.c.occupancy_id > key)
        query = query.where(sa.or_(later, same))
    if limit is not None:
        query = query.limit(limit + 1)
    return list(connection.execute(query))


def parts_of(connection: sa.Connection, actor: Actor, occupancy_ids: Collection[str]) -> Parts:
    """Rows of everything that belongs to these stays, by table and stay."""
    found: Parts = {}
    for table in PARTS_OF_A_STAY:
        keys = list(table.primary_key.columns)
        rows = connection.execute(
            sa.select(table)
            .where(visible_to(actor, table), table.c.occupancy_id.in_(occupancy_ids))
            .order_by(*keys)
        )
        by_stay: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_stay[row.occupancy_id].append(row)
        found[table.name] = by_stay
    return found


def agreement_facts(connection: sa.Connection, agreement_id: str | None) -> Row | None:
    """An agreement with the kind of its register; ``None`` when the stay names none."""
    query = (
        sa.select(agreements, register.c.kind.label("register_kind"))
        .join(register, register.c.register_id == agreements.c[HELD_BY])
        .where(agreements.c.agreement_id == agreement_id)
    )
    return connection.execute(query).one_or_none()


def kind_of_partner(connection: sa.Connection, partner_id: str) -> str:
    """Kind of body of a partner; the empty text when there is none of that name."""
    query = sa.select(partners.c.kind).where(partners.c.partner_id == partner_id)
    return str(connection.scalar(query) or "")


def is_approved(connection: sa.Connection, register_id: str, operator_id: str, *, on: date) -> bool:
    """Whether an act approves the operator by name on that day, for this company."""
    query = sa.select(operator_approval.c.from_on).where(
        operator_approval.c.register_id == register_id,
        operator_approval.c.operator_id == operator_id,
        operator_approval.c.from_on <= on,
        sa.or_(operator_approval.c.to_on.is_(None), operator_approval.c.to_on >= on),
    )
    return connection.scalar(query.limit(1)) is not None


def approvals(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Approvals that exist for the actor."""
    table = operator_approval
    query = sa.select(table).where(visible_to(actor, table))
    return list(connection.execute(query.order_by(*table.primary_key.columns)))


def returns(
    connection: sa.Connection, actor: Actor, *, dwelling_id: str = "", only_waiting: bool = False
) -> list[Row]:
    """Dwellings that stay with their operator, the longest wait first."""
    table = dwelling_return
    query = sa.select(table).where(visible_to(actor, table))
    if dwelling_id:
        query = query.where(table.c.dwelling_id == dwelling_id)
    if only_waiting:
        query = query.where(table.c.state == "waiting")
    return list(connection.execute(query.order_by(table.c.from_on, table.c.occupancy_id)))


def dwelling_of(connection: sa.Connection, register_id: str, dwelling_id: str) -> Row | None:
    """A dwelling of a company."""
    query = sa.select(dwellings).where(
        dwellings.c.dwelling_id == dwelling_id,
        sa.or_(dwellings.c.slsp_id == register_id, dwellings.c[HELD_BY] == register_id),
    )
    return connection.execute(query).one_or_none()


def regime_of(connection: sa.Connection, dwelling_id: str) -> str:
    """The regime of a dwelling; the empty text when the register has no such dwelling."""
    query = sa.select(dwellings.c.regime).where(dwellings.c.dwelling_id == dwelling_id)
    return str(connection.scalar(query) or "")


def is_named_by(connection: sa.Connection, dwelling_id: str, agreement_id: str) -> bool:
    """Whether a vacancy keeps this dwelling for that agreement."""
    query = sa.select(vacancies.c.dwelling_id).where(
        vacancies.c.dwelling_id == dwelling_id, vacancies.c.agreement_id == agreement_id
    )
    return connection.scalar(query) is not None


def has_accepted(connection: sa.Connection, application_id: str, dwelling_id: str) -> bool:
    """Whether the household accepted this dwelling, or lives there already."""
    offered = sa.select(offers.c.offer_id).where(
        offers.c.application_id == application_id,
        offers.c.dwelling_id == dwelling_id,
        offers.c.answer == "accepted",
    )
    sitting = sa.select(applications.c.application_id).where(
        applications.c.application_id == application_id,
        applications.c.current_dwelling_id == dwelling_id,
    )
    return any(connection.scalar(q.limit(1)) is not None for q in (offered, sitting))


def offer_that_stands(connection: sa.Connection, application_id: str, dwelling_id: str) -> str:
    """The offer of this dwelling that the household has accepted; the empty text for none."""
    query = (
        sa.select(offer_course.c.offer_id)
        .join(offers, offers.c.offer_id == offer_course.c.offer_id)
        .where(
            offer_course.c.application_id == application_id,
            offer_course.c.state == "accepted",
            offers.c.dwelling_id == dwelling_id,
        )
    )
    return str(connection.scalar(query.limit(1)) or "")
