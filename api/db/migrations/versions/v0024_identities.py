"""Accounts at a provider of identities, and sign-ins begun there."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account_identity",
        sa.Column("issuer", ID),
        sa.Column("subject", ID),
        sa.Column("account_id", ID, sa.ForeignKey("account.account_id"), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sa.UniqueConstraint("account_id"),
    )
    op.create_table(
        "oidc_attempt",
        sa.Column("state_hash", ID),
        sa.Column("browser_hash", ID, nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("wrapped_verifier", sa.LargeBinary(), nullable=False),
        sa.Column("next_page", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_index("ix_oidc_attempt_expires_at", "oidc_attempt", ["expires_at"])


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("oidc_attempt")
    op.drop_table("account_identity")
