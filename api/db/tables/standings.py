"""
Where every application of a register stands: worked out once per version, read by every list.

A row of ``standing`` is of one register's list: an application chosen by two companies stands
in both, at its own place in each. ``position`` numbers the whole list from 1: those ranked
first, by rank, then the others by identifier.
"""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

standing_head = sa.Table(
    "standing_head",
    metadata,
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id")),
    sa.Column("version", Whole, nullable=False),  # of the register it was worked out from
    sa.Column("on_day", sa.Date(), nullable=False),
    sa.Column("rulebook", sa.Text(), nullable=False),
    sa.Column("draw_seed", sa.Text(), nullable=False),
    sa.Column("applications", Whole, nullable=False),
    sa.Column("ranked", Whole, nullable=False),
    sa.Column("worked_out_at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("register_id"),
)

standing = sa.Table(
    "standing",
    metadata,
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id")),
    sa.Column("application_id", Identifier, sa.ForeignKey("applications.application_id")),
    sa.Column("position", Whole, nullable=False),
    sa.Column("rank", Whole),  # empty when it takes no part, for the ground
    sa.Column("ground", sa.Text(), nullable=False),
    sa.Column("rule", sa.Text(), nullable=False),
    sa.Column("points", Whole, nullable=False),
    sa.Column("housing_points", Whole, nullable=False),
    sa.Column("personal_points", Whole, nullable=False),
    sa.Column("seniority_points", Whole, nullable=False),
    sa.Column("order_date", sa.Date(), nullable=False),
    sa.Column("draw", sa.Text(), nullable=False),
    sa.Column("income_category", Whole, nullable=False),  # 0 above the ceilings, -1 not known
    sa.Column("bedrooms", Whole, nullable=False),  # -1 not known
    sa.Column("n_unknown", Whole, nullable=False),
    # What the weightiest missing fact could give, and whether admission itself waits for one.
    sa.Column("best_points", Whole, nullable=False),
    sa.Column("best_rank", Whole, nullable=False),
    sa.Column("gain", Whole, nullable=False),
    sa.Column("is_blocked", sa.Boolean(), nullable=False),
    sa.Column("searched", sa.Text(), nullable=False),  # names and identifier, folded
    sa.PrimaryKeyConstraint("register_id", "application_id"),
    sa.UniqueConstraint("register_id", "position"),
    # What lists are most often narrowed by, in the order they are read in.
    sa.Index(None, "register_id", "bedrooms", "position"),
    sa.Index(None, "register_id", "income_category", "position"),
)
