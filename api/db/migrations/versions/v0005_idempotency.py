"""Answers kept with the key of their request."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "idempotency_key",
)


def upgrade() -> None:
    """Make the tables."""
    _idempotency_key()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _idempotency_key() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("actor_id", ID),
        sa.Column("key", ID),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "key"),
    )
