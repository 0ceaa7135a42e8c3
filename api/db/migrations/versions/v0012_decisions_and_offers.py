"""Decisions of the committee, derogations, entitlements, and the offers that follow."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "derogation",
    "entitlement",
    "meeting_answer",
    "offer_course",
    "offer_contact",
)
OPEN = sa.text("answer = 'open'")


def upgrade() -> None:
    """Make the tables; one open offer for a dwelling and for a household."""
    op.add_column("meeting", sa.Column("posted_on", sa.Date()))
    _derogation()
    _entitlement()
    _meeting_answer()
    _offer_course()
    _offer_contact()
    for name in ("application_id", "dwelling_id"):
        op.create_index(
            f"uq_offers_open_{name}",
            "offers",
            [name],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )


def downgrade() -> None:
    """Take the tables away, children first."""
    for name in ("application_id", "dwelling_id"):
        op.drop_index(f"uq_offers_open_{name}", "offers")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("meeting", "posted_on")


def _derogation() -> None:
    op.create_table(
        "derogation",
        sa.Column("derogation_id", ID),
        sa.Column("meeting_id", ID, sa.ForeignKey("meeting.meeting_id"), nullable=False),
        sa.Column("dwelling_id", ID, nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attested", sa.Text(), nullable=False),
        sa.Column("not_attested", sa.Text(), nullable=False),
        sa.Column("passed_over", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("income_category", sa.Text(), nullable=False),
        sa.Column("is_as_chosen", sa.Boolean(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("opinion_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("derogation_id"),
    )
    op.create_index(
        "ix_derogation_meeting_id_dwelling_id", "derogation", ["meeting_id", "dwelling_id"]
    )


def _entitlement() -> None:
    op.create_table(
        "entitlement",
        sa.Column("meeting_id", ID, sa.ForeignKey("meeting.meeting_id")),
        sa.Column("dwelling_id", ID),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("derogation_id", ID, sa.ForeignKey("derogation.derogation_id")),
        sa.Column("application_id", ID),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agreement_id", ID),
        sa.Column("income_category", sa.Text(), nullable=False),
        sa.Column("is_as_chosen", sa.Boolean(), nullable=False),
        sa.Column("passed_over", sa.Text(), nullable=False),
        sa.Column("next_in_line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "dwelling_id"),
    )


def _meeting_answer() -> None:
    op.create_table(
        "meeting_answer",
        sa.Column("meeting_id", ID, sa.ForeignKey("meeting.meeting_id")),
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dwelling_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("is_taken_in", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("meeting_id", "sequence"),
    )


def _offer_course() -> None:
    op.create_table(
        "offer_course",
        sa.Column("offer_id", ID, sa.ForeignKey("offers.offer_id")),
        sa.Column("meeting_id", ID, sa.ForeignKey("meeting.meeting_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer_due_on", sa.Date()),
        sa.Column("is_as_chosen", sa.Boolean(), nullable=False),
        sa.Column("silence_counts", sa.Boolean()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("vacancy", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id"),
        sa.UniqueConstraint("meeting_id", "sequence"),
    )


def _offer_contact() -> None:
    op.create_table(
        "offer_contact",
        sa.Column("offer_id", ID, sa.ForeignKey("offers.offer_id")),
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("was_reached", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", "sequence"),
    )
