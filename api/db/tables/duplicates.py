"""What people decided of applications that may be one household; undone, never erased."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, metadata

duplicate_verdict = sa.Table(
    "duplicate_verdict",
    metadata,
    sa.Column("verdict_id", Identifier),
    sa.Column("first", Identifier, sa.ForeignKey("applications.application_id"), nullable=False),
    sa.Column("second", Identifier, sa.ForeignKey("applications.application_id"), nullable=False),
    sa.Column("same", sa.Boolean(), nullable=False),
    sa.Column("decided_by", Identifier, nullable=False),
    sa.Column("decided_on", sa.Date(), nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.Column("undone_by", Identifier),
    sa.Column("undone_on", sa.Date()),
    sa.PrimaryKeyConstraint("verdict_id"),
    sa.Index(None, "first"),
    sa.Index(None, "second"),
)
