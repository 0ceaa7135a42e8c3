"""Fresh proofs asked for, points found otherwise elsewhere, households that parted."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, metadata

proof_request = sa.Table(
    "proof_request",
    metadata,
    sa.Column("request_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("meeting_id", Identifier, sa.ForeignKey("meeting.meeting_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("dwellings", sa.Text(), nullable=False),  # for which it is among the first, JSON
    sa.Column("conditions", sa.Text(), nullable=False),  # codes, JSON
    sa.Column("facts", sa.Text(), nullable=False),  # codes, JSON
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.FRESH_PROOF`
    sa.Column("asked_on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date(), nullable=False),
    sa.Column("received_on", sa.Date()),
    sa.Column("origin", sa.Text()),  # of `procedure.once_only.Origin`, once received
    sa.Column("source", sa.Text()),  # authentic source looked up
    sa.PrimaryKeyConstraint("request_id"),
    sa.UniqueConstraint("meeting_id", "application_id"),
    sa.Index(None, "application_id"),
)

points_request = sa.Table(
    "points_request",
    metadata,
    sa.Column("request_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("reference_slsp_id", Identifier, nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.POINTS_REQUEST`
    sa.Column("on_day", sa.Date(), nullable=False),
    sa.Column("rulebook", sa.Text(), nullable=False),
    sa.Column("rulebook_hash", sa.Text(), nullable=False),
    sa.Column("announced", sa.Text(), nullable=False),  # points, JSON
    sa.Column("computed", sa.Text(), nullable=False),  # points, JSON
    sa.Column("asked_at", Instant(), nullable=False),
    sa.Column("answered_on", sa.Date()),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("request_id"),
    sa.Index(None, "application_id"),
)
_asked = points_request.c.state == "asked"
sa.Index(
    "uq_points_request_asked_register_id_application_id",
    points_request.c.register_id,
    points_request.c.application_id,
    unique=True,
    sqlite_where=_asked,
    postgresql_where=_asked,
)

# Who parted from whom is read by those who must know it alone.
separation = sa.Table(
    "separation",
    metadata,
    sa.Column("separation_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("new_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False),
    sa.Column("separated_on", sa.Date(), nullable=False),
    sa.Column("seniority", sa.Text(), nullable=False),
    sa.Column("seniority_mark", sa.Text(), nullable=False),  # of the setting, or `decided`
    sa.Column("losses", sa.Text(), nullable=False),  # of those who stay: codes, JSON
    sa.Column("stays_checked_on", sa.Date()),
    sa.Column("leaves_checked_on", sa.Date()),
    sa.PrimaryKeyConstraint("separation_id"),
    sa.Index(None, "application_id"),
    sa.Index(None, "new_id"),
)
