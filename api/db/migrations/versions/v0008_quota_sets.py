"""The sets of quotas a register had, each from a day on with its legal basis."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "quota_set",
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id")),
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("quotas", sa.Text(), nullable=False),
        sa.Column("carry_over", sa.Text(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("register_id", "sequence"),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("quota_set")
