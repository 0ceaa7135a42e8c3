"""Studies of policy advisors: what was asked, its snapshots and results."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "study",
        sa.Column("study_id", ID),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("registers", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("frozen_at", INSTANT),
        sa.Column("done_at", INSTANT),
        sa.Column("snapshot_until", sa.Date()),
        sa.Column("results_until", sa.Date()),
        sa.Column("deleted_at", INSTANT),
        sa.PrimaryKeyConstraint("study_id"),
    )
    op.create_index("ix_study_organisation_id_asked_at", "study", ["organisation_id", "asked_at"])
    op.create_table(
        "study_file",
        sa.Column("study_id", ID, sa.ForeignKey("study.study_id")),
        sa.Column("name", sa.Text()),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "name"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("study_file")
    op.drop_index("ix_study_organisation_id_asked_at", "study")
    op.drop_table("study")
