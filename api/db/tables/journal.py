"""The journal, its head, and the keys under which it holds data of persons."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

journal_entry = sa.Table(
    "journal_entry",
    metadata,
    sa.Column("sequence", Whole, autoincrement=False),
    sa.Column("at", sa.Text(), nullable=False),
    sa.Column("act", sa.Text(), nullable=False),
    sa.Column("subject", Identifier, nullable=False),
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("organisation_id", Identifier, nullable=False),
    sa.Column("content", sa.Text(), nullable=False),  # canonical JSON
    sa.Column("sealed", sa.Text(), nullable=False),  # canonical JSON
    sa.Column("previous", sa.Text(), nullable=False),
    sa.Column("hash", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("sequence"),
    sa.Index(None, "organisation_id", "sequence"),
    sa.Index(None, "subject", "sequence"),
)

# One row: where the journal ends. Writers of the journal wait for each other on it.
journal_head = sa.Table(
    "journal_head",
    metadata,
    sa.Column("only", Whole, autoincrement=False),
    sa.Column("sequence", Whole, nullable=False),
    sa.Column("hash", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("only"),
)

person_key = sa.Table(
    "person_key",
    metadata,
    sa.Column("owner_id", Identifier),  # an application
    sa.Column("wrapped_key", sa.LargeBinary()),  # under the installation's secret; empty = erased
    sa.Column("erased_at", Instant()),
    sa.PrimaryKeyConstraint("owner_id"),
)
