"""Meetings and their files."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "meeting",
    "meeting_file",
)


def upgrade() -> None:
    """Make the tables."""
    _meeting()
    _meeting_file()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("meeting_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("register_version", sa.BigInteger()),
        sa.Column("content_hash", sa.Text()),
        sa.Column("frozen_at", INSTANT),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("meeting_id"),
    )
    op.create_index("ix_meeting_register_id_meeting_on", "meeting", ["register_id", "meeting_on"])


def _meeting_file() -> None:
    op.create_table(
        "meeting_file",
        sa.Column("meeting_id", ID, sa.ForeignKey("meeting.meeting_id")),
        sa.Column("name", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "name"),
    )
