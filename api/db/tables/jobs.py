"""Work to do after the answer: written in the transaction of the act it follows."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

run = sa.Table(
    "run",
    metadata,
    sa.Column("run_id", Identifier),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("subject", Identifier, nullable=False),  # what it works on: a register, a meeting
    sa.Column("organisation_id", Identifier, nullable=False),
    sa.Column("actor_id", Identifier, nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # queued, running, done, failed, cancelled
    sa.Column("is_cancel_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("attempts", Whole, nullable=False, server_default="0"),
    sa.Column("claimed_by", sa.Text(), nullable=False),
    sa.Column("heartbeat_at", Instant()),
    sa.Column("progress", Whole, nullable=False, server_default="0"),  # thousandths
    sa.Column("step", sa.Text()),  # JSON: key and facts of what it is doing
    sa.Column("result", sa.Text(), nullable=False),  # JSON
    sa.Column("error", sa.Text(), nullable=False),  # code of the refusal
    sa.Column("asked_at", Instant(), nullable=False),
    sa.Column("not_before_at", Instant()),  # empty: as soon as may be
    sa.Column("ended_at", Instant()),
    sa.PrimaryKeyConstraint("run_id"),
    sa.Index(None, "state", "asked_at"),
    sa.Index(None, "organisation_id", "asked_at"),
)
