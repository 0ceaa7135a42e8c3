"""Answers kept with the key of their request, so that sending it twice does it once."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, metadata

idempotency_key = sa.Table(
    "idempotency_key",
    metadata,
    sa.Column("actor_id", Identifier),
    sa.Column("key", Identifier),
    sa.Column("request_hash", sa.Text(), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("kept_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("actor_id", "key"),
)
