"""Who holds a dwelling, and the buildings that stand empty, with what partners can plan with."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment.landlords import Right, check_chain, landlord_on
from allocation.errors import HousingError
from allocation.territory import communes
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.buildings.schemas import (
    BuildingChange,
    BuildingView,
    ChainEntry,
    ChainView,
    NewBuilding,
    RightEntry,
)
from api.db import Row
from api.db.tables.buildings import dwelling_right, vacant_building
from api.db.tables.register import dwellings
from api.journal import append
from api.service import Service

MOST = 1_000


class BuildingError(HousingError):
    """A building that is there already, changed meanwhile, or in no commune."""

    code: ClassVar[str] = "building.present"

    def __init__(self, code: str, **context: object) -> None:
        super().__init__("Refused.", **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def chain(
    connection: sa.Connection, actor: Actor, dwelling_id: str, *, service: Service
) -> ChainView:
    """Who holds a dwelling, link by link, and who lets it today."""
    _require_dwelling(connection, actor, dwelling_id)
    query = sa.select(dwelling_right).where(
        visible_to(actor, dwelling_right), dwelling_right.c.dwelling_id == dwelling_id
    )
    rows = connection.execute(query.order_by(dwelling_right.c.position))
    rights = [Right(r.kind, r.holder, r.holder_kind, r.from_on, r.to_on) for r in rows]
    landlord = landlord_on(rights, service.today())
    return ChainView(
        dwelling_id=dwelling_id,
        rights=tuple(RightEntry(**asdict(right)) for right in rights),
        landlord=RightEntry(**asdict(landlord)) if landlord else None,
    )


def set_chain(
    connection: sa.Connection,
    actor: Actor,
    dwelling_id: str,
    asked: ChainEntry,
    *,
    service: Service,
) -> ChainView:
    """
    Write the whole chain of a dwelling of the actor's company.

    Raises
    ------
    ChainRefusedError
        ``rights.refused``.
    """
    _require_dwelling(connection, actor, dwelling_id)
    rights = [entry.right() for entry in asked.rights]
    check_chain(rights)
    mine = dwelling_right.c.dwelling_id == dwelling_id
    connection.execute(dwelling_right.delete().where(mine))
    connection.execute(
        dwelling_right.insert(),
        [{"dwelling_id": dwelling_id, "position": n} | asdict(r) for n, r in enumerate(rights)],
    )
    content = {"rights": [entry.model_dump(mode="json") for entry in asked.rights]}
    _journal(connection, actor, "dwelling.rights", dwelling_id, content, service=service)
    return chain(connection, actor, dwelling_id, service=service)


def buildings(connection: sa.Connection, actor: Actor) -> tuple[BuildingView, ...]:
    """Empty buildings that exist for the actor, the soonest expected first."""
    expected = vacant_building.c.expected_on
    query = sa.select(vacant_building).where(visible_to(actor, vacant_building))
    ordered = query.order_by(expected.is_(None), expected, vacant_building.c.building_id)
    return tuple(map(_view, connection.execute(ordered.limit(MOST))))


def add(
    connection: sa.Connection, actor: Actor, asked: NewBuilding, *, service: Service
) -> BuildingView:
    """Enter an empty building in the inventory of the actor's company."""
    taken = sa.select(vacant_building.c.building_id).where(
        vacant_building.c.building_id == asked.building_id
    )
    if connection.scalar(taken) is not None:
        raise BuildingError("building.present")
    values = _values(asked) | {"register_id": actor.organisation_id, "row_version": 1}
    connection.execute(vacant_building.insert(), values)
    content = asked.model_dump(mode="json")
    _journal(connection, actor, "building.added", asked.building_id, content, service=service)
    return _view(_one(connection, actor, asked.building_id))


def change(
    connection: sa.Connection,
    actor: Actor,
    building_id: str,
    asked: BuildingChange,
    *,
    service: Service,
) -> BuildingView:
    """Say how a building stands now."""
    row = _one(connection, actor, building_id)
    if row.row_version != asked.row_version:
        raise BuildingError("building.moved", row_version=row.row_version)
    values = _values(asked) | {"row_version": asked.row_version + 1}
    mine = vacant_building.c.building_id == building_id
    connection.execute(vacant_building.update().where(mine).values(values))
    content = asked.model_dump(mode="json")
    _journal(connection, actor, "building.changed", building_id, content, service=service)
    return _view(_one(connection, actor, building_id))


def _values(asked: NewBuilding | BuildingChange) -> dict[str, Any]:
    if asked.nis5 not in communes():
        raise BuildingError("building.no_such_commune", value=asked.nis5)
    return asked.model_dump() | {"bedrooms": json.dumps(asked.bedrooms)}


def _one(connection: sa.Connection, actor: Actor, building_id: str) -> Row:
    query = sa.select(vacant_building).where(
        visible_to(actor, vacant_building), vacant_building.c.building_id == building_id
    )
    found = connection.execute(query.with_for_update()).one_or_none()
    if found is None:
        raise AbsentError("No such building.")
    return found


def _view(row: Row) -> BuildingView:
    told = {name: getattr(row, name) for name in BuildingView.model_fields}
    return BuildingView(**told | {"bedrooms": tuple(json.loads(row.bedrooms))})


def _require_dwelling(connection: sa.Connection, actor: Actor, dwelling_id: str) -> None:
    query = sa.select(dwellings.c.dwelling_id).where(
        visible_to(actor, dwellings), dwellings.c.dwelling_id == dwelling_id
    )
    if connection.scalar(query) is None:
        raise AbsentError("No such dwelling.")


def _journal(
    connection: sa.Connection,
    actor: Actor,
    act: str,
    subject: str,
    content: dict[str, Any],
    *,
    service: Service,
) -> None:
    append(connection, act, subject=subject, actor=actor, now=service.now(), content=content)
