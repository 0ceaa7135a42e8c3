"""Who holds each dwelling; the buildings that stand empty."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dwelling_right",
        sa.Column("dwelling_id", ID, sa.ForeignKey("dwellings.dwelling_id")),
        sa.Column("position", sa.BigInteger(), autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("holder_kind", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date()),
        sa.PrimaryKeyConstraint("dwelling_id", "position"),
    )
    op.create_table(
        "vacant_building",
        sa.Column("building_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("nis5", ID, nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("empty_since_on", sa.Date()),
        sa.Column("works", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date()),
        sa.Column("bedrooms", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("building_id"),
    )
    op.create_index("ix_vacant_building_register_id", "vacant_building", ["register_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("vacant_building")
    op.drop_table("dwelling_right")
