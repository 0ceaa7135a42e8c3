"""What partners sign in with, and the keys our tokens are signed with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "credential",
    "signing_key",
)


def upgrade() -> None:
    """Make the tables."""
    _credential()
    _signing_key()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _credential() -> None:
    op.create_table(
        "credential",
        sa.Column("credential_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("former_hash", sa.Text()),
        sa.Column("former_until_at", INSTANT),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("credential_id"),
    )
    op.create_index("ix_credential_organisation_id", "credential", ["organisation_id"])


def _signing_key() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", ID),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_index("ix_signing_key_made_at", "signing_key", ["made_at"])
