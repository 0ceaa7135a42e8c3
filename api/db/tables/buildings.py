"""Who holds each dwelling, and the buildings that stand empty with what is planned for them."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Whole, metadata

dwelling_right = sa.Table(
    "dwelling_right",
    metadata,
    sa.Column("dwelling_id", Identifier, sa.ForeignKey("dwellings.dwelling_id")),
    sa.Column("position", Whole, autoincrement=False),
    sa.Column("kind", sa.Text(), nullable=False),  # of `accompaniment.landlords.CHAIN`
    sa.Column("holder", sa.Text(), nullable=False),  # an organisation
    sa.Column("holder_kind", sa.Text(), nullable=False),
    sa.Column("from_on", sa.Date(), nullable=False),
    sa.Column("to_on", sa.Date()),
    sa.PrimaryKeyConstraint("dwelling_id", "position"),
)

vacant_building = sa.Table(
    "vacant_building",
    metadata,
    sa.Column("building_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("nis5", Identifier, nullable=False),
    sa.Column("owner_kind", sa.Text(), nullable=False),
    sa.Column("empty_since_on", sa.Date()),
    sa.Column("works", sa.Text(), nullable=False),  # none, planned, under_way, done
    sa.Column("expected_on", sa.Date()),  # when its dwellings can be let
    sa.Column("bedrooms", sa.Text(), nullable=False),  # bedrooms of each dwelling to come, JSON
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("row_version", Whole, nullable=False),
    sa.PrimaryKeyConstraint("building_id"),
    sa.Index(None, "register_id"),
)
