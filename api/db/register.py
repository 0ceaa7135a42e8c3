"""
A whole register into the tables, and out of them again as one snapshot.

What comes out of a register just written has the content hash of its files. A snapshot is read
in one transaction and carries the version of the register at that instant.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.exchange.entries import ConfirmationEntry, quota_values, register_values
from allocation.model import (
    MISSING_INTEGER,
    TABLES,
    Meeting,
    Register,
    Table,
    TableSchema,
)
from allocation.model.table import encode
from allocation.territory import companies
from api.access import rows_of
from api.db.bulk import insert_rows
from api.db.quota_sets import quota_of, set_in_force
from api.db.support_places import with_places_in_use
from api.db.tables.organisations import organisation
from api.db.tables.register import HELD_BY, register, register_tables

REGION = "region"
# The same section or partner may stand in the registers of several companies.
SHARED = frozenset({"sections", "partners"})


class RegisterAbsentError(HousingError):
    """No register of that name is in the database."""

    code: ClassVar[str] = "register.absent"


class RegisterPresentError(HousingError):
    """A register of that name is already there: what was done since would be lost."""

    code: ClassVar[str] = "register.present"


@dataclass(frozen=True)
class Snapshot:
    """A register as it stood at one version."""

    register: Register
    version: int


def write_register(connection: sa.Connection, source: Register) -> None:
    """
    File a register: its organisation, its partners, every row of its tables, at version 1.

    Raises
    ------
    RegisterPresentError
        ``register.present``.
    """
    register_id = source.slsp_id
    if connection.scalar(
        sa.select(register.c.version).where(register.c.register_id == register_id)
    ):
        raise RegisterPresentError("This register is already there.", register_id=register_id)
    _file_organisations(connection, source)
    connection.execute(
        register.insert(),
        {
            "register_id": register_id,
            "kind": source.kind,
            "version": 1,
            "settings": _settings_text(source),
        },
    )
    names = {schema.name: schema for schema in TABLES}
    for table in register.metadata.sorted_tables:  # parents before children
        if table.name in names:
            _write_table(connection, table, source[table.name], held_by=register_id)


def read_register(
    connection: sa.Connection,
    register_id: str,
    *,
    meeting: Meeting | None = None,
    tables: Collection[str] = tuple(register_tables),
) -> Snapshot:
    """
    The register of an organisation as it stands now: every row that exists for it.

    To be called inside ``Database.reading()``, so that all of it is of one instant. For a meeting
    the quotas are those in force on its day, and the places of support in use are today's.

    Parameters
    ----------
    tables
        Those to be read; the others are empty.

    Raises
    ------
    RegisterAbsentError
        ``register.absent``.
    """
    found = connection.execute(
        sa.select(register, organisation.c.kind.label("organisation_kind"))
        .join(organisation, organisation.c.organisation_id == register.c.register_id)
        .where(register.c.register_id == register_id)
    ).one_or_none()
    if found is None:
        raise RegisterAbsentError("No such register.", register_id=register_id)
    read = {}
    for schema in TABLES:
        if schema.name in tables:
            table = register_tables[schema.name]
            visible = rows_of(register_id, kind=found.organisation_kind, table=table)
            read[schema.name] = _read_table(connection, schema, table, visible)
    if meeting is not None and "agreements" in read:
        read["agreements"] = with_places_in_use(connection, read["agreements"])
    settings = json.loads(found.settings)
    since = set_in_force(connection, register_id, meeting.meeting_on if meeting else None)
    snapshot = Register.of(
        found.kind,
        register_id,
        read,
        quotas=since.quotas if since else tuple(map(quota_of, settings["quotas"])),
        meeting=meeting,
        confirmations=tuple(_confirmation(v) for v in settings["confirmations"]),
    )
    return Snapshot(snapshot, found.version)


def bump(connection: sa.Connection, register_id: str) -> int:
    """
    Raise the version of a register, and keep other writers of it waiting until the commit.

    To be called first by every act that changes what a snapshot holds.
    """
    version = connection.scalar(
        register.update()
        .where(register.c.register_id == register_id)
        .values(version=register.c.version + 1)
        .returning(register.c.version)
    )
    if version is None:
        raise RegisterAbsentError("No such register.", register_id=register_id)
    return int(version)


def organisation_kind(source: Register) -> str:
    """The kind of organisation whose register it is."""
    return REGION if source.slsp_id == REGION else "slsp"


def _file_organisations(connection: sa.Connection, source: Register) -> None:
    """The company, the Region, and every partner, unless they are already known."""
    company = companies().get(source.slsp_id)
    name = company.name if company else source.slsp_id
    wanted = {source.slsp_id: (organisation_kind(source), name)}
    for row in source["partners"].rows():
        wanted[str(row["partner_id"])] = ("partner", str(row["name"]))
    known = set(connection.scalars(sa.select(organisation.c.organisation_id)))
    fresh = [
        {"organisation_id": identifier, "kind": kind, "name": name}
        for identifier, (kind, name) in sorted(wanted.items())
        if identifier not in known
    ]
    if fresh:
        connection.execute(organisation.insert(), fresh)


# Cells

Cells = Sequence[Any]


def _write_table(
    connection: sa.Connection, table: sa.Table, source: Table, *, held_by: str
) -> None:
    names = [c.name for c in source.schema.columns]
    columns = [_cells(source, name) for name in names]
    rows = [
        {HELD_BY: held_by, **dict(zip(names, cells, strict=True))}
        for cells in zip(*columns, strict=True)
    ]
    if table.name in SHARED:
        key = source.schema.key[0]
        known = set(connection.scalars(sa.select(table.c[key])))
        rows = [row for row in rows if row[key] not in known]
    insert_rows(connection, table, rows)


def _cells(source: Table, name: str) -> Cells:
    """A column as the database holds it: ``None`` where the cell is empty, but in a key."""
    column = source.schema.column(name)
    array = source[name]
    if column.kind in ("id", "text"):
        texts: list[str] = array.tolist()
        return texts if name in source.schema.key else [t or None for t in texts]
    if column.kind == "date":
        return list(array.astype(object))
    if column.kind in ("integer", "cents"):
        return [None if v == MISSING_INTEGER else v for v in array.tolist()]
    words = (*column.choices, None)
    return [words[v] for v in array.tolist()]


def _read_table(
    connection: sa.Connection, schema: TableSchema, table: sa.Table, visible: sa.ColumnElement[bool]
) -> Table:
    names = [c.name for c in schema.columns]
    rows = connection.execute(sa.select(*(table.c[n] for n in names)).where(visible)).all()
    columns: Mapping[str, Any] = {}
    if rows:
        cells = zip(*rows, strict=True)
        columns = {
            c.name: encode(c, column) for c, column in zip(schema.columns, cells, strict=True)
        }
    return Table.from_columns(schema, columns)


# Settings


def _settings_text(source: Register) -> str:
    said = register_values(source.kind, source.slsp_id, source.confirmations)
    values = {
        "quotas": [quota_values(q) for q in source.quotas],
        "confirmations": said["confirmations"],
    }
    return json.dumps(values, default=date.isoformat, ensure_ascii=False)


def _confirmation(values: Any) -> Any:
    return ConfirmationEntry.model_validate_json(json.dumps(values)).confirmation()
