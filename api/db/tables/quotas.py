"""The sets of quotas a register had, each from a day on; the latest one begun is in force."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

quota_set = sa.Table(
    "quota_set",
    metadata,
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id")),
    sa.Column("sequence", Whole),
    sa.Column("in_force_from", sa.Date(), nullable=False),
    sa.Column("decided_on", sa.Date(), nullable=False),
    sa.Column("basis", sa.Text(), nullable=False),
    sa.Column("quotas", sa.Text(), nullable=False),  # as in `quotas.yaml`, JSON
    sa.Column("carry_over", sa.Text(), nullable=False),  # JSON
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("register_id", "sequence"),
)
