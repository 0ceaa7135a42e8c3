"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment import RUNNING_STATES, Base
from allocation.errors import HousingError
from api.access import AbsentError, visible_to
from api.agreements.schemas import TermsEntry
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.agreements import agreement_document, agreement_version
from api.db.tables.register import agreements, dwellings, partners, register
from api.meetings.record import next_meeting

MOST = 500
_TERMS = (agreement_version.c.terms,)
_CURRENT = agreement_document.join(
    agreement_version,
    (agreement_version.c.agreement_id == agreement_document.c.agreement_id)
    & (agreement_version.c.version == agreement_document.c.version),
)


class AgreementConflictError(HousingError):
    """The agreement is there already, or changed since it was read."""

    code: ClassVar[str] = "agreement.present"

    def __init__(self, code: str, **context: object) -> None:
        super().__init__("Refused.", **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def documents_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Agreements that exist for the actor with their text in force, by identifier."""
    query = sa.select(agreement_document, *_TERMS).select_from(_CURRENT)
    query = query.where(visible_to(actor, agreement_document)).limit(MOST)
    return list(connection.execute(query.order_by(agreement_document.c.agreement_id)))


def one_document(
    connection: sa.Connection, actor: Actor, agreement_id: str, *, to_change: bool = False
) -> Row:
    """An agreement with its text in force; locked, and its own company's, to be changed."""
    query = sa.select(agreement_document, *_TERMS).select_from(_CURRENT)
    query = query.where(
        visible_to(actor, agreement_document), agreement_document.c.agreement_id == agreement_id
    )
    if to_change:
        query = query.where(agreement_document.c.register_id == actor.organisation_id)
        query = query.with_for_update(of=agreement_document)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise AbsentError("No such agreement.")
    return found


def versions_of(connection: sa.Connection, actor: Actor, agreement_id: str) -> list[Row]:
    """Every version of a text, the latest first."""
    one_document(connection, actor, agreement_id)
    query = sa.select(agreement_version).where(
        visible_to(actor, agreement_version), agreement_version.c.agreement_id == agreement_id
    )
    return list(connection.execute(query.order_by(agreement_version.c.version.desc())))


def in_the_register(connection: sa.Connection, agreement_id: str) -> Row | None:
    """The row of the register of that identifier, whoever holds it."""
    query = sa.select(agreements).where(agreements.c.agreement_id == agreement_id)
    return connection.execute(query).one_or_none()


def is_documented(connection: sa.Connection, agreement_id: str) -> bool:
    """Whether a document of that identifier is there, whoever holds it."""
    query = sa.select(agreement_document.c.agreement_id)
    found = connection.scalar(query.where(agreement_document.c.agreement_id == agreement_id))
    return found is not None


def require_partner(connection: sa.Connection, actor: Actor, partner_id: str) -> None:
    """Refuse a partner that does not exist for the actor."""
    query = sa.select(partners.c.partner_id).where(
        visible_to(actor, partners), partners.c.partner_id == partner_id
    )
    if connection.scalar(query) is None:
        raise AbsentError("No such partner.")


def register_kind(connection: sa.Connection, register_id: str) -> str:
    """``demo`` or ``real``."""
    query = sa.select(register.c.kind).where(register.c.register_id == register_id)
    return str(connection.scalar(query))


def base_of(
    connection: sa.Connection,
    actor: Actor,
    agreement_id: str,
    *,
    named: Collection[str],
    today: date,
) -> Base:
    """What an agreement of the actor's company is measured against."""
    others = sa.select(agreement_document.c.state, *_TERMS).select_from(_CURRENT)
    rows = connection.execute(
        others.where(
            visible_to(actor, agreement_document),
            agreement_document.c.agreement_id != agreement_id,
            agreement_document.c.state.in_(RUNNING_STATES),
        )
    )
    shares = sum((_share_of(row.terms) for row in rows), Fraction(0))
    seats = connection.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(agreements.c.seats_per_year), 0)).where(
            visible_to(actor, agreements),
            agreements.c.agreement_id != agreement_id,
            sa.or_(agreements.c.in_force_to.is_(None), agreements.c.in_force_to >= today),
        )
    )
    known = connection.scalars(
        sa.select(dwellings.c.dwelling_id).where(
            visible_to(actor, dwellings), dwellings.c.dwelling_id.in_(named)
        )
    )
    planned = next_meeting(connection, actor.organisation_id, today=today)
    expected = planned.forecast.allocations if planned and planned.forecast else None
    return Base(expected, int(seats or 0), shares, frozenset(known))


def _share_of(text: str) -> Fraction:
    return TermsEntry.model_validate_json(text).terms().capacity.share or Fraction(0)


def write_row(connection: sa.Connection, agreement_id: str, values: dict[str, Any]) -> None:
    """What the register says of an agreement from now on."""
    mine = agreements.c.agreement_id == agreement_id
    raised = values | {"row_version": agreements.c.row_version + 1}
    if connection.execute(agreements.update().where(mine).values(raised)).rowcount == 0:
        connection.execute(agreements.insert(), values | {"agreement_id": agreement_id})
