"""Changes of circumstances; persons are found by birth date and national number."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
PERSONS = ("born_on", "national_number")


def upgrade() -> None:
    """Make the table and the indexes."""
    for column in PERSONS:
        op.create_index(f"ix_household_members_{column}", "household_members", [column])
    op.create_table(
        "application_change",
        sa.Column("change_id", ID),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("losses", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("heard_on", sa.Date()),
        sa.Column("heard_how", sa.Text(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("change_id"),
    )
    op.create_index(
        "ix_application_change_application_id_recorded_at",
        "application_change",
        ["application_id", "recorded_at"],
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("application_change")
    for column in PERSONS:
        op.drop_index(f"ix_household_members_{column}", "household_members")
