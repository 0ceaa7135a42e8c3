"""The directory: each organisation keeps its own entries; everybody finds them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

import sqlalchemy as sa

from allocation.accompaniment.directory import (
    Opening,
    ServiceEntry,
    answers,
    check_entry,
    kinds,
)
from allocation.accompaniment.open_referral import received, uuid_of
from allocation.accompaniment.scale import modes
from allocation.errors import HousingError
from allocation.wording import Catalogue
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.orientation import service_entry
from api.journal import append
from api.orientation.schemas import (
    OpeningEntry,
    OpenReferralPage,
    ReceivedView,
    ServiceEntryIn,
    ServiceQuery,
    ServiceView,
)
from api.service import Service


class SomebodyElsesError(HousingError):
    """An entry of another organisation: each keeps its own."""

    code: ClassVar[str] = "directory.somebody_elses"


def found(connection: sa.Connection, actor: Actor, asked: ServiceQuery) -> list[Row]:
    """Entries that answer the question; the shortest known wait first."""
    wanted = asked.model_dump()
    rows = [row for row in _rows(connection, actor) if answers(entry_of(row), **wanted)]

    def order(row: Row) -> tuple[bool, int, str]:
        wait = entry_of(row).wait_days
        return wait is None, wait or 0, row.service_id

    return sorted(rows, key=order)


def everything(connection: sa.Connection, actor: Actor) -> list[ServiceEntry]:
    """Every entry, by identifier."""
    return [entry_of(row) for row in _rows(connection, actor)]


def write(
    connection: sa.Connection,
    actor: Actor,
    asked: ServiceEntryIn,
    *,
    service: Service,
    service_id: str = "",
) -> Row:
    """
    Write an entry of the actor's own organisation; it counts as checked today.

    Raises
    ------
    DirectoryError
        ``directory.unknown_code``, ``directory.unknown_commune``, ``directory.hours``.
    SomebodyElsesError
        ``directory.somebody_elses``.
    """
    given: dict[str, Any] = asked.model_dump(exclude={"openings"})
    name = connection.scalar(
        sa.select(organisation.c.name).where(
            organisation.c.organisation_id == actor.organisation_id
        )
    )
    entry = ServiceEntry(
        service_id=service_id or str(uuid4()),
        provider_id=uuid_of(actor.organisation_id),
        provider_name=str(name),
        provider_description="",
        openings=tuple(Opening(tuple(o.days), o.opens_at, o.closes_at) for o in asked.openings),
        checked_on=service.today(),
        **(given | {k: tuple(v) for k, v in given.items() if isinstance(v, list)}),
    )
    if service_id:
        _own(connection, actor, service_id)
    keep(connection, actor, [entry])
    append(
        connection,
        "directory.written",
        subject=entry.service_id,
        actor=actor,
        now=service.now(),
        content={"services": 1},
    )
    return _row(connection, actor, entry.service_id)


def take_in(
    connection: sa.Connection, actor: Actor, page: OpenReferralPage, *, service: Service
) -> ReceivedView:
    """
    Take services in the Open Referral form in, as entries the actor's organisation keeps.

    All or none.

    Raises
    ------
    OpenReferralError
        ``open_referral.not_a_service``.
    SomebodyElsesError
        ``directory.somebody_elses``: an identifier another organisation keeps.
    """
    read = received({"contents": page.contents})
    keep(connection, actor, read.services)
    append(
        connection,
        "directory.received",
        subject=actor.organisation_id,
        actor=actor,
        now=service.now(),
        content={"services": len(read.services)},
    )
    named = sorted({name for _, name in read.not_kept})
    return ReceivedView(received=len(read.services), not_kept=named)


def keep(connection: sa.Connection, actor: Actor, entries: Sequence[ServiceEntry]) -> None:
    """Write entries, once each is checked and nobody else's."""
    known_modes = tuple(modes())
    for entry in entries:
        check_entry(entry, modes=known_modes)
        mine = service_entry.c.service_id == entry.service_id
        owner = connection.scalar(sa.select(service_entry.c.organisation_id).where(mine))
        if owner is not None and owner != actor.organisation_id:
            raise SomebodyElsesError("Another organisation's.", service_id=entry.service_id)
        connection.execute(service_entry.delete().where(mine))
        values = {
            "service_id": entry.service_id,
            "organisation_id": actor.organisation_id,
            "entry": json.dumps(asdict(entry), default=date.isoformat, ensure_ascii=False),
        }
        connection.execute(service_entry.insert(), values)


def entry_of(row: Row) -> ServiceEntry:
    """The entry kept in a row."""
    kept: dict[str, Any] = json.loads(row.entry)
    openings = tuple(
        Opening(tuple(one["days"]), one["opens_at"], one["closes_at"])
        for one in kept.pop("openings")
    )
    for name in ("available_from", "checked_on"):
        kept[name] = date.fromisoformat(kept[name]) if kept[name] else None
    lists = {n: tuple(v) for n, v in kept.items() if isinstance(v, list)}
    return ServiceEntry(**(kept | lists), openings=openings)


def view(row: Row, words: Catalogue) -> ServiceView:
    """An entry as told."""
    entry = entry_of(row)
    values = {n: getattr(entry, n) for n in ServiceView.model_fields if hasattr(entry, n)}
    values |= {n: list(v) for n, v in values.items() if isinstance(v, tuple)}
    values["openings"] = [
        OpeningEntry.model_validate(asdict(one) | {"days": list(one.days)})
        for one in entry.openings
    ]
    labels = [getattr(kinds()[code], words.language) for code in entry.kinds]
    return ServiceView(**values, organisation_id=row.organisation_id, kind_labels=labels)


def _rows(connection: sa.Connection, actor: Actor) -> list[Row]:
    query = sa.select(service_entry).where(visible_to(actor, service_entry))
    return list(connection.execute(query.order_by(service_entry.c.service_id)))


def _row(connection: sa.Connection, actor: Actor, service_id: str) -> Row:
    query = sa.select(service_entry).where(
        visible_to(actor, service_entry), service_entry.c.service_id == service_id
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise AbsentError("Nothing of that name.")
    return row


def _own(connection: sa.Connection, actor: Actor, service_id: str) -> None:
    if _row(connection, actor, service_id).organisation_id != actor.organisation_id:
        raise AbsentError("Nothing of that name.")
