"""
The tables of the register, made from ``allocation.model.schema``: one place says what they hold.

Each has the columns of its file, and two of the database: ``held_by``, the register whose file
brought the row, and ``row_version``, raised by every change of the row. An empty cell is NULL,
except in a key, where it is the empty text.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from allocation.model import TABLE_BY_NAME, TABLES, Column, TableSchema
from api.db.tables.metadata import Identifier, Whole, metadata

HELD_BY, ROW_VERSION = "held_by", "row_version"
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "id": Identifier,
    "text": sa.Text(),
    "date": sa.Date(),
    "integer": Whole,
    "cents": Whole,
    "choice": sa.Text(),
    "flag": sa.Text(),
}
# What queries look rows up by, besides their keys.
_INDEXED: dict[str, tuple[tuple[str, ...], ...]] = {
    "applications": (("reference_slsp_id",),),
    "household_members": (("born_on",), ("national_number",)),
    "choices": (("nis5", "application_id"),),
    "dwellings": (("slsp_id",),),
    "presentations": (("application_id",),),
    "offers": (("application_id",),),
    "agreements": (("partner_id",),),
    "allocations_ytd": (("application_id",),),
}

register = sa.Table(
    "register",
    metadata,
    sa.Column("register_id", Identifier, sa.ForeignKey("organisation.organisation_id")),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("version", Whole, nullable=False),  # raised by every act that touches it
    sa.Column("settings", sa.Text(), nullable=False),  # quotas and confirmations, JSON
    sa.PrimaryKeyConstraint("register_id"),
)


def _table(schema: TableSchema) -> sa.Table:
    return sa.Table(
        schema.name,
        metadata,
        sa.Column(HELD_BY, Identifier, sa.ForeignKey("register.register_id"), nullable=False),
        *(_column(schema, column) for column in schema.columns),
        sa.Column(ROW_VERSION, Whole, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint(*schema.key),
        *(sa.Index(None, *names) for names in _INDEXED.get(schema.name, ())),
    )


def _column(schema: TableSchema, column: Column) -> sa.Column[Any]:
    is_key = column.name in schema.key
    links = []
    if column.references:
        target = TABLE_BY_NAME[column.references]
        links.append(sa.ForeignKey(f"{target.name}.{target.key[0]}"))
    is_filled = is_key or (column.is_required and column.kind not in ("text", "id"))
    return sa.Column(column.name, _TYPES[column.kind], *links, nullable=not is_filled)


register_tables = {schema.name: _table(schema) for schema in TABLES}
applications = register_tables["applications"]
household_members = register_tables["household_members"]
facts = register_tables["facts"]
choices = register_tables["choices"]
sections = register_tables["sections"]
dwellings = register_tables["dwellings"]
vacancies = register_tables["vacancies"]
partners = register_tables["partners"]
agreements = register_tables["agreements"]
presentations = register_tables["presentations"]
offers = register_tables["offers"]
allocations_ytd = register_tables["allocations_ytd"]
