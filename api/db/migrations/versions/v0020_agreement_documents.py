"""Agreements as documents, with every version of their terms; places offered under them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DOCUMENT = "agreement_document"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        DOCUMENT,
        sa.Column("agreement_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("partner_id", ID, sa.ForeignKey("partners.partner_id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date()),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    for column in ("register_id", "partner_id"):
        op.create_index(f"ix_{DOCUMENT}_{column}", DOCUMENT, [column])
    op.create_table(
        "agreement_version",
        sa.Column("agreement_id", ID, sa.ForeignKey(f"{DOCUMENT}.agreement_id"), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "version"),
    )
    _place_offer()


def _place_offer() -> None:
    op.create_table(
        "place_offer",
        sa.Column("place_offer_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.agreement_id"), nullable=False),
        sa.Column("partner_id", ID, sa.ForeignKey("partners.partner_id"), nullable=False),
        sa.Column("dwelling_id", ID, sa.ForeignKey("dwellings.dwelling_id"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date()),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("decided_without_support", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place_offer_id"),
    )
    for column in ("register_id", "partner_id"):
        op.create_index(f"ix_place_offer_{column}", "place_offer", [column])
    stands = sa.text("state IN ('offered', 'taken_up')")
    op.create_index(
        "uq_place_offer_standing_dwelling_id",
        "place_offer",
        ["dwelling_id"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )


def downgrade() -> None:
    """Take them away, children first."""
    op.drop_table("place_offer")
    op.drop_table("agreement_version")
    op.drop_table(DOCUMENT)
