"""Changes of circumstances: what was reported, what it takes from the household, how it ended."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

application_change = sa.Table(
    "application_change",
    metadata,
    sa.Column("change_id", Identifier),
    sa.Column(
        "application_id",
        Identifier,
        sa.ForeignKey("applications.application_id"),
        nullable=False,
    ),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("reported_on", sa.Date(), nullable=False),
    sa.Column("reported_by", sa.Text(), nullable=False),  # household, slsp, authority
    sa.Column("sealed", sa.Text(), nullable=False),  # the new record, under the household's key
    sa.Column("losses", sa.Text(), nullable=False),  # codes, JSON
    sa.Column("before", sa.Text(), nullable=False),  # standing, JSON
    sa.Column("after", sa.Text(), nullable=False),  # standing, JSON
    sa.Column("heard_on", sa.Date()),
    sa.Column("heard_how", sa.Text(), nullable=False),
    sa.Column("heard", sa.Text(), nullable=False),  # sealed likewise
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.Column("row_version", Whole, nullable=False, server_default="1"),
    sa.PrimaryKeyConstraint("change_id"),
    sa.Index(None, "application_id", "recorded_at"),
)
