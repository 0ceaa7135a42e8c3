"""The common file: its mapping, what was compared, what differs."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = ("common_file_mapping", "reconciliation", "common_file_difference")  # parents first


def upgrade() -> None:
    """Make the tables."""
    _mapping()
    _reconciliation()
    _difference()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _mapping() -> None:
    op.create_table(
        "common_file_mapping",
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id")),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("every_days", sa.BigInteger()),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("register_id"),
    )


def _reconciliation() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("reconciliation_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("wrapped_file", sa.LargeBinary()),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("reconciliation_id"),
    )
    op.create_index(
        "ix_reconciliation_register_id_asked_at", "reconciliation", ["register_id", "asked_at"]
    )


def _difference() -> None:
    op.create_table(
        "common_file_difference",
        sa.Column("reconciliation_id", ID, sa.ForeignKey("reconciliation.reconciliation_id")),
        sa.Column("application_id", ID),
        sa.Column("field", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reconciliation_id", "application_id", "field"),
    )
    op.create_index(
        "ix_common_file_difference_application_id", "common_file_difference", ["application_id"]
    )
