"""How often somebody called."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rate_count",
        sa.Column("key", ID),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_rate_count_expires_at", "rate_count", ["expires_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("rate_count")
