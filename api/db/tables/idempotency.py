"""Answers kept with the key of their request, so that sending it twice does it once."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, metadata

idempotency_key = sa.Table(
    "idempotency_key",
    metadata,
    sa.Column("actor_id", Identifier),
    sa.Column("key", Identifier),
    sa.Column("request_hash", sa.Text(), nullable=False),  # keyed: a short text is not guessed
    sa.Column("wrapped_body", sa.LargeBinary()),  # under the installation's secret
    sa.Column("kept_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("actor_id", "key"),
)

# Of whom an answer tells: it goes with the key of any of them.
idempotency_owner = sa.Table(
    "idempotency_owner",
    metadata,
    sa.Column("actor_id", Identifier),
    sa.Column("key", Identifier),
    sa.Column("owner_id", Identifier, index=True),  # of a key of `person_key`
    sa.PrimaryKeyConstraint("actor_id", "key", "owner_id"),
    sa.ForeignKeyConstraint(
        ["actor_id", "key"],
        ["idempotency_key.actor_id", "idempotency_key.key"],
        ondelete="CASCADE",
    ),
)
