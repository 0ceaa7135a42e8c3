"""The list of each register, as worked out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "standing_head",
    "standing",
)


def upgrade() -> None:
    """Make the tables."""
    _standing_head()
    _standing()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _standing_head() -> None:
    op.create_table(
        "standing_head",
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id")),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("draw_seed", sa.Text(), nullable=False),
        sa.Column("applications", sa.BigInteger(), nullable=False),
        sa.Column("ranked", sa.BigInteger(), nullable=False),
        sa.Column("worked_out_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("register_id"),
    )


def _standing() -> None:
    op.create_table(
        "standing",
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id")),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger()),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("housing_points", sa.BigInteger(), nullable=False),
        sa.Column("personal_points", sa.BigInteger(), nullable=False),
        sa.Column("seniority_points", sa.BigInteger(), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("draw", sa.Text(), nullable=False),
        sa.Column("income_category", sa.BigInteger(), nullable=False),
        sa.Column("bedrooms", sa.BigInteger(), nullable=False),
        sa.Column("n_unknown", sa.BigInteger(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("register_id", "application_id"),
        sa.UniqueConstraint("register_id", "position"),
    )
