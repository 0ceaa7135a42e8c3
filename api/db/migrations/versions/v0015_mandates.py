"""Mandates, and proofs handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = (  # parents before children
    "mandate",
    "handed_in_proof",
)


def upgrade() -> None:
    """Make the tables."""
    _mandate()
    _handed_in_proof()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _mandate() -> None:
    op.create_table(
        "mandate",
        sa.Column("mandate_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("address_kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mandate_id"),
    )
    op.create_index("ix_mandate_organisation_id", "mandate", ["organisation_id"])
    op.create_index("ix_mandate_application_id", "mandate", ["application_id"])


def _handed_in_proof() -> None:
    op.create_table(
        "handed_in_proof",
        sa.Column("proof_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("mandate_id", ID, sa.ForeignKey("mandate.mandate_id")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("handed_in_on", sa.Date(), nullable=False),
        sa.Column("change_id", ID),
        sa.PrimaryKeyConstraint("proof_id"),
    )
    op.create_index("ix_handed_in_proof_application_id", "handed_in_proof", ["application_id"])
    op.create_index("ix_handed_in_proof_mandate_id", "handed_in_proof", ["mandate_id"])
