"""
Erasing a person: a named act, allowed by the retention rules, that nothing can undo.

The columns of the register are emptied and the key destroyed in one transaction; the files of
past meetings follow in a run. Identifiers, points and allocations stay: totals do not change, and
every certificate and the journal still verify.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.access import AbsentError, DeniedError
from api.applications.queries import application_row
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.occupancies import occupancy
from api.db.tables.register import allocations_ytd, offers
from api.db.tables.standings import standing
from api.erasure.personal import empty, keys_of
from api.erasure.retention import rule_for
from api.erasure.schemas import ErasureAsked, ErasureView
from api.erasure.work import FORGET
from api.jobs import ask
from api.journal import append
from api.journal.sealing import erase_key, is_erased
from api.service import Service

ERASED = "person.erased"


class TooEarlyError(HousingError):
    """The data must still be kept."""

    code: ClassVar[str] = "erasure.too_early"


class ClosedOnError(HousingError):
    """The day the time starts from cannot be right."""

    code: ClassVar[str] = "erasure.closed_on"


class OpenOfferError(HousingError):
    """An offer waits for its answer."""

    code: ClassVar[str] = "erasure.offer_open"


class StayRunningError(HousingError):
    """The household lives in a dwelling, or is about to."""

    code: ClassVar[str] = "erasure.stay_running"


class MovedError(HousingError):
    """The file was changed since it was read."""

    code: ClassVar[str] = "erasure.moved"


class AlreadyErasedError(HousingError):
    """The data of this household was erased before."""

    code: ClassVar[str] = "erasure.already_done"


def erase(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    asked: ErasureAsked,
    *,
    service: Service,
) -> ErasureView:
    """
    Erase the persons of an application of the actor's company.

    Raises
    ------
    StillOnListError, OpenOfferError, StayRunningError, AlreadyErasedError
        ``erasure.still_on_list``, ``erasure.offer_open``, ``erasure.stay_running``,
        ``erasure.already_done``.
    ClosedOnError, TooEarlyError
        ``erasure.closed_on``, ``erasure.too_early``.
    MovedError
        ``erasure.moved``.
    """
    row = _begin(connection, actor, application_id, service=service)
    if row.row_version != asked.row_version:
        raise MovedError("Changed meanwhile.")
    if is_erased(connection, application_id):
        raise AlreadyErasedError("Erased before.")
    _refuse_open_offer(connection, application_id)
    _refuse_running_stay(connection, application_id)
    decided_on = _housed_on(connection, application_id)
    rule = rule_for(row.status, is_housed=decided_on is not None)
    counted_from = _counted_from(row, asked.closed_on, decided_on, today=service.today())
    kept_until = rule.kept_until(counted_from)
    if kept_until >= service.today():
        raise TooEarlyError("Still to be kept.", until=kept_until)
    empty(connection, application_id)
    for owner_id in keys_of(connection, application_id):
        erase_key(connection, owner_id, now=service.now())
    run_id = ask(connection, FORGET, subject=application_id, actor=actor, now=service.now())
    append(
        connection,
        ERASED,
        subject=application_id,
        actor=actor,
        now=service.now(),
        content={
            "rule": rule.code,
            "rule_status": rule.source.status,
            "counted_from": counted_from.isoformat(),
            "kept_until": kept_until.isoformat(),
        },
    )
    return ErasureView(
        application_id=application_id, rule=rule.code, kept_until=kept_until, run_id=run_id
    )


def _begin(
    connection: sa.Connection, actor: Actor, application_id: str, *, service: Service
) -> Row:
    """The file, read once every register it stands in waits for this act."""
    row = application_row(connection, actor, application_id)
    if row is None:
        raise AbsentError("No such application.")
    if row.reference_slsp_id != actor.organisation_id:
        raise DeniedError("Another company's application.")
    mine = standing.c.application_id == application_id
    stands_in = set(connection.scalars(sa.select(standing.c.register_id).where(mine)))
    for register_id in sorted(stands_in | {actor.organisation_id}):
        touch(connection, register_id, actor=actor, service=service)
    read_again = application_row(connection, actor, application_id)
    return row if read_again is None else read_again


def _refuse_open_offer(connection: sa.Connection, application_id: str) -> None:
    is_open = sa.select(offers.c.offer_id).where(
        offers.c.application_id == application_id, offers.c.answer == "open"
    )
    if connection.execute(is_open).first() is not None:
        raise OpenOfferError("An offer waits for its answer.")


def _refuse_running_stay(connection: sa.Connection, application_id: str) -> None:
    lives = sa.select(occupancy.c.occupancy_id).where(
        occupancy.c.application_id == application_id, occupancy.c.ended_on.is_(None)
    )
    if connection.execute(lives).first() is not None:
        raise StayRunningError("The household still lives in a dwelling.")


def _housed_on(connection: sa.Connection, application_id: str) -> date | None:
    """Day of the last allocation to the household that was not undone; ``None`` without one."""
    last = sa.select(sa.func.max(allocations_ytd.c.decided_on))
    found: date | None = connection.scalar(
        last.where(
            allocations_ytd.c.application_id == application_id,
            allocations_ytd.c.undone_on.is_(None),
        )
    )
    return found


def _counted_from(row: Row, closed_on: date, decided_on: date | None, *, today: date) -> date:
    """The day established, unless the register shows that the file lived on after it."""
    seen = [d for d in (row.registered_on, row.last_confirmed_on, decided_on) if d is not None]
    if closed_on > today or closed_on < max(seen):
        raise ClosedOnError("Not a possible day.", first=max(seen), last=today)
    return closed_on
