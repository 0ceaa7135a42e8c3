"""Yearly confirmation: one campaign a year per company, one line per application that owes it."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("campaign_id", Identifier),
    sa.Column("register_id", Identifier, sa.ForeignKey("register.register_id"), nullable=False),
    sa.Column("year", Whole, nullable=False),
    sa.Column("from_on", sa.Date(), nullable=False),
    sa.Column("to_on", sa.Date(), nullable=False),
    sa.Column("grace_to_on", sa.Date(), nullable=False),
    sa.Column("channels", sa.Text(), nullable=False),  # JSON
    sa.Column("state", sa.Text(), nullable=False),  # open, closed
    sa.Column("opened_at", Instant(), nullable=False),
    sa.Column("closed_at", Instant()),
    sa.PrimaryKeyConstraint("campaign_id"),
    sa.UniqueConstraint("register_id", "year"),
)

confirmation = sa.Table(
    "confirmation",
    metadata,
    sa.Column("campaign_id", Identifier, sa.ForeignKey("campaign.campaign_id")),
    sa.Column("application_id", Identifier, sa.ForeignKey("applications.application_id")),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("reminders", Whole, nullable=False),
    sa.Column("reminded_on", sa.Date()),
    sa.Column("confirmed_on", sa.Date()),
    sa.Column("channel", sa.Text(), nullable=False),
    sa.Column("decided_by", Identifier, nullable=False),
    sa.PrimaryKeyConstraint("campaign_id", "application_id"),
    sa.Index(None, "application_id"),
)
