"""Decisions on applications that may be one household."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "duplicate_verdict",
        sa.Column("verdict_id", ID),
        sa.Column("first", ID, sa.ForeignKey("applications.application_id"), nullable=False),
        sa.Column("second", ID, sa.ForeignKey("applications.application_id"), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("undone_by", ID),
        sa.Column("undone_on", sa.Date()),
        sa.PrimaryKeyConstraint("verdict_id"),
    )
    for column in ("first", "second"):
        op.create_index(f"ix_duplicate_verdict_{column}", "duplicate_verdict", [column])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("duplicate_verdict")
