"""How often somebody called, when several processes count together."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Whole, metadata

rate_count = sa.Table(
    "rate_count",
    metadata,
    sa.Column("key", Identifier),  # a hash: no address and no caller is kept
    sa.Column("calls", Whole, nullable=False),
    sa.Column("expires_at", Whole, nullable=False, index=True),  # seconds since 1970
    sa.PrimaryKeyConstraint("key"),
)
