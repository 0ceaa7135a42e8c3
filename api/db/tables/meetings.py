"""Meetings of the committee, and the files of what was proposed to them."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

meeting = sa.Table(
    "meeting",
    metadata,
    sa.Column("meeting_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("meeting_on", sa.Date(), nullable=False),
    sa.Column(
        "settings", sa.Text(), nullable=False
    ),  # as in `meeting.yaml`, JSON; holds its secret
    sa.Column("register_version", Whole),  # of the frozen snapshot
    sa.Column("content_hash", sa.Text()),  # of the frozen snapshot
    sa.Column("frozen_at", Instant()),
    sa.Column("posted_on", sa.Date()),  # on the notice board
    sa.Column("row_version", Whole, nullable=False, server_default="1"),
    sa.PrimaryKeyConstraint("meeting_id"),
    sa.Index(None, "register_id", "meeting_on"),
)

meeting_file = sa.Table(
    "meeting_file",
    metadata,
    sa.Column("meeting_id", Identifier, sa.ForeignKey("meeting.meeting_id")),
    sa.Column("name", sa.Text()),
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("meeting_id", "name"),
)
