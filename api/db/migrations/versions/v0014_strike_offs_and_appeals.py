"""Strike-offs, complaints and appeals."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = (  # parents before children
    "strike_off",
    "appeal",
)
RUNS = sa.text("state IN ('proposed', 'in_force', 'lifting_asked')")


def upgrade() -> None:
    """Make the tables; one strike-off at a time for an application."""
    _strike_off()
    _appeal()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _strike_off() -> None:
    op.create_table(
        "strike_off",
        sa.Column("strike_off_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("strike_off_id"),
    )
    op.create_index("ix_strike_off_application_id", "strike_off", ["application_id"])
    op.create_index(
        "uq_strike_off_running_application_id",
        "strike_off",
        ["application_id"],
        unique=True,
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    )


def _appeal() -> None:
    op.create_table(
        "appeal",
        sa.Column("appeal_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("lodged_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date()),
        sa.Column("answered_on", sa.Date()),
        sa.Column("referred_on", sa.Date()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("appeal_id"),
    )
    op.create_index("ix_appeal_application_id", "appeal", ["application_id"])
