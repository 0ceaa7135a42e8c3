"""Whose application it is, and in whose registers it stands: before any act on it."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.territory import companies
from api.access import AbsentError
from api.applications import queries
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.register import HELD_BY, applications, choices, register
from api.service import Service


class OtherReferenceError(HousingError):
    """Another company is this application's reference: it alone changes the file."""

    code: ClassVar[str] = "application.other_reference"


class MovedError(HousingError):
    """The file was changed since the caller read it."""

    code: ClassVar[str] = "application.moved"


def own_application(connection: sa.Connection, actor: Actor, application_id: str) -> Row:
    """
    An application whose reference is the actor's company.

    Raises
    ------
    AbsentError
        ``access.absent``.
    OtherReferenceError
        ``application.other_reference``: seen, but another company's.
    """
    row = queries.application_row(connection, actor, application_id)
    if row is None:
        raise AbsentError("No such application.")
    if row.reference_slsp_id != actor.organisation_id:
        raise OtherReferenceError("Another company's.", reference=row.reference_slsp_id)
    return row


def begin(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    *,
    service: Service,
    also_chosen: Collection[str] = (),
    row_version: int | None = None,
) -> Row:
    """
    Begin an act on an application: its registers are touched, then it is read again.

    Parameters
    ----------
    also_chosen
        Communes the act adds to its choices.
    row_version
        Version the caller read; ``None`` when the act does not depend on it.

    Raises
    ------
    MovedError
        ``application.moved``.
    """
    own_application(connection, actor, application_id)
    touch_all(connection, actor, [application_id], service=service, also_chosen=also_chosen)
    row = own_application(connection, actor, application_id)
    if row_version is not None and row_version != row.row_version:
        raise MovedError("Changed meanwhile.", row_version=row.row_version)
    return row


def touch_all(
    connection: sa.Connection,
    actor: Actor,
    application_ids: Collection[str],
    *,
    service: Service,
    also_chosen: Collection[str] = (),
) -> None:
    """Touch every register these applications stand in, always in the same order."""
    mine = applications.c.application_id.in_(application_ids)
    held = sa.select(applications.c[HELD_BY], applications.c.reference_slsp_id).where(mine)
    owners = {actor.organisation_id} | {o for row in connection.execute(held) for o in row}
    chosen = sa.select(choices.c.nis5).where(choices.c.application_id.in_(application_ids))
    communes = set(connection.scalars(chosen.distinct())) | set(also_chosen)
    registers = connection.execute(
        sa.select(register.c.register_id, organisation.c.kind).join(organisation)
    )
    for row in sorted(registers, key=lambda r: str(r.register_id)):
        company = companies().get(row.register_id)
        serves = company is not None and bool(communes.intersection(company.communes))
        if row.kind != "slsp" or row.register_id in owners or serves:
            touch(connection, row.register_id, actor=actor, service=service)
