"""Campaigns of the yearly confirmation."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "campaign",
        sa.Column("campaign_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("grace_to_on", sa.Date(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("campaign_id"),
        sa.UniqueConstraint("register_id", "year"),
    )
    op.create_table(
        "confirmation",
        sa.Column("campaign_id", ID, sa.ForeignKey("campaign.campaign_id")),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reminders", sa.BigInteger(), nullable=False),
        sa.Column("reminded_on", sa.Date()),
        sa.Column("confirmed_on", sa.Date()),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "application_id"),
    )
    op.create_index("ix_confirmation_application_id", "confirmation", ["application_id"])


def downgrade() -> None:
    """Take the tables away, children first."""
    op.drop_table("confirmation")
    op.drop_table("campaign")
