"""Collective activities, projects that fund, hours, good practice, calendars to subscribe to."""

from __future__ import annotations

import sqlalchemy as sa

from api.db.tables.metadata import Identifier, Instant, Whole, metadata


def _organisation() -> sa.Column[str]:
    link = sa.ForeignKey("organisation.organisation_id")
    return sa.Column("organisation_id", Identifier, link, nullable=False, index=True)


project = sa.Table(
    "project",
    metadata,
    sa.Column("project_id", Identifier),
    _organisation(),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("call", sa.Text(), nullable=False),  # the call for projects it answers
    sa.Column("funder", sa.Text(), nullable=False),
    sa.Column("means_cents", Whole, nullable=False),
    sa.Column("hours", Whole, nullable=False),
    sa.Column("places", Whole, nullable=False),
    sa.Column("from_on", sa.Date(), nullable=False),
    sa.Column("to_on", sa.Date(), nullable=False),
    sa.Column("renewal_by", sa.Date()),
    sa.Column("priority", sa.Text(), nullable=False),  # code of a network's priority
    sa.PrimaryKeyConstraint("project_id"),
)

# Work that is counted as work, by an organisation, never by a worker.
worked_hours = sa.Table(
    "worked_hours",
    metadata,
    sa.Column("hours_id", Identifier),
    _organisation(),
    sa.Column("kind", sa.Text(), nullable=False),  # accompaniment, supervision, exchange, proxy
    sa.Column("project_id", Identifier, sa.ForeignKey("project.project_id")),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("minutes", Whole, nullable=False),
    sa.PrimaryKeyConstraint("hours_id"),
)

activity = sa.Table(
    "activity",
    metadata,
    sa.Column("activity_id", Identifier),
    _organisation(),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("nis5", Identifier, nullable=False),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("attended", Whole),  # how many, never who
    sa.PrimaryKeyConstraint("activity_id"),
)

practice = sa.Table(
    "practice",
    metadata,
    sa.Column("practice_id", Identifier),
    _organisation(),  # read by nobody else: the library is anonymous
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("situation", sa.Text(), nullable=False),
    sa.Column("tried", sa.Text(), nullable=False),
    sa.Column("learnt", sa.Text(), nullable=False),
    sa.Column("published_on", sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint("practice_id"),
)

household_view = sa.Table(
    "household_view",
    metadata,
    sa.Column("view_id", Identifier),
    _organisation(),
    sa.Column("year", Whole, nullable=False),  # no day, no plan: nobody is found by it
    sa.Column("helped", sa.Text(), nullable=False),
    sa.Column("felt_free", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("view_id"),
)

calendar_feed = sa.Table(
    "calendar_feed",
    metadata,
    sa.Column("feed_id", Identifier),
    _organisation(),
    sa.Column("account_id", Identifier, sa.ForeignKey("account.account_id"), nullable=False),
    sa.Column("token_hash", Identifier, nullable=False),  # SHA-256; the address is kept nowhere
    sa.Column("made_at", Instant(), nullable=False),
    sa.Column("ended_at", Instant()),
    sa.PrimaryKeyConstraint("feed_id"),
    sa.UniqueConstraint("token_hash"),
)
