"""Strike-offs, complaints and appeals: what the company decides of an application, and when."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, metadata

strike_off = sa.Table(
    "strike_off",
    metadata,
    sa.Column("strike_off_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.STRIKE_OFF`
    sa.Column("offers", sa.Text(), nullable=False),  # the refusals that led to it, JSON
    sa.Column("from_on", sa.Date(), nullable=False),
    sa.Column("until_on", sa.Date(), nullable=False),  # first day it counts again
    sa.Column("reason", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("strike_off_id"),
    sa.Index(None, "application_id"),
)
# One at a time, whatever is sent at the same moment.
_runs = strike_off.c.state.in_(("proposed", "in_force", "lifting_asked"))
sa.Index(
    "uq_strike_off_running_application_id",
    strike_off.c.application_id,
    unique=True,
    sqlite_where=_runs,
    postgresql_where=_runs,
)

appeal = sa.Table(
    "appeal",
    metadata,
    sa.Column("appeal_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column(
        "application_id", Identifier, sa.ForeignKey("applications.application_id"), nullable=False
    ),
    sa.Column("about", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),  # of `procedure.APPEAL`
    sa.Column("known_on", sa.Date(), nullable=False),
    sa.Column("lodged_on", sa.Date(), nullable=False),
    sa.Column("received_on", sa.Date()),
    sa.Column("answered_on", sa.Date()),
    sa.Column("referred_on", sa.Date()),
    sa.Column("decided_on", sa.Date()),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("appeal_id"),
    sa.Index(None, "application_id"),
)
