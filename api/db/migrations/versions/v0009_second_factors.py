"""The second factor of an account."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "second_factor",
        sa.Column("account_id", ID, sa.ForeignKey("account.account_id")),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("account_id", ID, sa.ForeignKey("second_factor.account_id")),
        sa.Column("code_hash", ID),
        sa.PrimaryKeyConstraint("account_id", "code_hash"),
    )


def downgrade() -> None:
    """Take the tables away, children first."""
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
