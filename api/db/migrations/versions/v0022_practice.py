"""Activities, projects, hours, good practice, views of households, calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
ORGANISATION = "organisation.organisation_id"
TABLES = (  # parents before children
    "activity",
    "household_view",
    "practice",
    "project",
    "calendar_feed",
    "worked_hours",
)


def upgrade() -> None:
    """Make the tables."""
    _plan()
    _activity()
    _household_view()
    _practice()
    _project()
    _calendar_feed()
    _worked_hours()


def _plan() -> None:
    """Whether a service that ended a plan offered something else: counted, never told of one."""
    op.add_column(
        "plan",
        sa.Column("offers_alternative", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Take the tables away, children first."""
    for name in reversed(TABLES):
        op.drop_table(name)
    op.drop_column("plan", "offers_alternative")


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("activity_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("nis5", ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("attended", sa.BigInteger()),
        sa.PrimaryKeyConstraint("activity_id"),
    )
    op.create_index("ix_activity_organisation_id", "activity", ["organisation_id"])


def _household_view() -> None:
    op.create_table(
        "household_view",
        sa.Column("view_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("helped", sa.Text(), nullable=False),
        sa.Column("felt_free", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("view_id"),
    )
    op.create_index("ix_household_view_organisation_id", "household_view", ["organisation_id"])


def _practice() -> None:
    op.create_table(
        "practice",
        sa.Column("practice_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("learnt", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id"),
    )
    op.create_index("ix_practice_organisation_id", "practice", ["organisation_id"])


def _project() -> None:
    op.create_table(
        "project",
        sa.Column("project_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("means_cents", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("renewal_by", sa.Date()),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project_id"),
    )
    op.create_index("ix_project_organisation_id", "project", ["organisation_id"])


def _calendar_feed() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("feed_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("account_id", ID, sa.ForeignKey("account.account_id"), nullable=False),
        sa.Column("token_hash", ID, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("feed_id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_calendar_feed_organisation_id", "calendar_feed", ["organisation_id"])


def _worked_hours() -> None:
    op.create_table(
        "worked_hours",
        sa.Column("hours_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("project_id", ID, sa.ForeignKey("project.project_id")),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hours_id"),
    )
    op.create_index("ix_worked_hours_organisation_id", "worked_hours", ["organisation_id"])
