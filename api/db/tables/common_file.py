"""The mapping of the common file, what was compared with it, and what differs."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

common_file_mapping = sa.Table(
    "common_file_mapping",
    metadata,
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id")),
    sa.Column("mapping", sa.Text(), nullable=False),  # JSON
    sa.Column("every_days", Whole),  # empty: only when a file is sent
    sa.Column("set_by", Identifier, nullable=False),
    sa.Column("set_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("register_id"),
)

reconciliation = sa.Table(
    "reconciliation",
    metadata,
    sa.Column("reconciliation_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # waiting, done, refused
    sa.Column("mapping", sa.Text(), nullable=False),  # the one it was read by, JSON
    sa.Column("file_sha256", sa.Text(), nullable=False),
    sa.Column("wrapped_file", sa.LargeBinary()),  # until it was compared
    sa.Column("totals", sa.Text(), nullable=False),  # JSON
    sa.Column("faults", sa.Text(), nullable=False),  # JSON
    sa.Column("asked_by", Identifier, nullable=False),
    sa.Column("asked_at", Instant(), nullable=False),
    sa.Column("ended_at", Instant()),
    sa.PrimaryKeyConstraint("reconciliation_id"),
    sa.Index(None, "register_id", "asked_at"),
)

common_file_difference = sa.Table(
    "common_file_difference",
    metadata,
    sa.Column("reconciliation_id", Identifier, sa.ForeignKey("reconciliation.reconciliation_id")),
    sa.Column("application_id", Identifier),  # it may be theirs alone
    sa.Column("field", sa.Text()),  # empty text: the application as a whole
    sa.Column("kind", sa.Text(), nullable=False),  # only_ours, only_theirs, different
    sa.Column("ours", sa.Text(), nullable=False),
    sa.Column("theirs", sa.Text(), nullable=False),  # the whole row, JSON, when theirs alone
    sa.Column("state", sa.Text(), nullable=False),  # open, applied, left
    sa.Column("decided_by", Identifier, nullable=False),
    sa.Column("decided_on", sa.Date()),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("reconciliation_id", "application_id", "field"),
    sa.Index(None, "application_id"),
)
