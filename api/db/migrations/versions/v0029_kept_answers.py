"""
Answers kept with the key of their request are wrapped, and say of whom they tell.

Those kept before were in clear and cannot be wrapped here, where the secret is not known: they go,
in both directions. A request sent before the migration and again after it is done again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
KEY = ["actor_id", "key"]


def upgrade() -> None:
    """Make the table anew, and the one that hangs on it."""
    op.drop_table("idempotency_key")
    _idempotency_key(sa.Column("wrapped_body", sa.LargeBinary()))
    op.create_table(
        "idempotency_owner",
        sa.Column("actor_id", ID),
        sa.Column("key", ID),
        sa.Column("owner_id", ID),
        sa.PrimaryKeyConstraint(*KEY, "owner_id"),
        sa.ForeignKeyConstraint(
            KEY, [f"idempotency_key.{name}" for name in KEY], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_idempotency_owner_owner_id", "idempotency_owner", ["owner_id"])


def downgrade() -> None:
    """Go back to the table as it was, empty."""
    op.drop_table("idempotency_owner")
    op.drop_table("idempotency_key")
    _idempotency_key(sa.Column("body", sa.Text(), nullable=False))


def _idempotency_key(body: sa.Column[str] | sa.Column[bytes]) -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("actor_id", ID),
        sa.Column("key", ID),
        sa.Column("request_hash", sa.Text(), nullable=False),
        body,
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint(*KEY),
    )
