"""Orientation: directory, referrals, networks and their shared queue."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = (  # parents before children
    "network_member",
    "network_priority",
    "queue_entry",
    "service_entry",
    "case_conference",
    "queue_reader",
    "referral",
    "hand_over",
)


def upgrade() -> None:
    """Make the tables."""
    _network_member()
    _network_priority()
    _queue_entry()
    _service_entry()
    _case_conference()
    _queue_reader()
    _referral()
    _hand_over()


def downgrade() -> None:
    """Take the tables away, children first."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _network_member() -> None:
    op.create_table(
        "network_member",
        sa.Column("network_id", ID, sa.ForeignKey("organisation.organisation_id")),
        sa.Column("member_id", ID, sa.ForeignKey("organisation.organisation_id")),
        sa.Column("charter_signed_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.PrimaryKeyConstraint("network_id", "member_id"),
    )


def _network_priority() -> None:
    op.create_table(
        "network_priority",
        sa.Column("network_id", ID, sa.ForeignKey("organisation.organisation_id")),
        sa.Column("year", sa.BigInteger(), autoincrement=False),
        sa.Column("code", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("network_id", "year", "code"),
    )


def _queue_entry() -> None:
    op.create_table(
        "queue_entry",
        sa.Column("entry_id", ID),
        sa.Column("network_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False),
        sa.Column("owner_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("nis5", ID, nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    op.create_index(
        "ix_queue_entry_network_id_agreed_on", "queue_entry", ["network_id", "agreed_on"]
    )
    op.create_index("ix_queue_entry_owner_id", "queue_entry", ["owner_id"])


def _service_entry() -> None:
    op.create_table(
        "service_entry",
        sa.Column("service_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service_id"),
    )
    op.create_index("ix_service_entry_organisation_id", "service_entry", ["organisation_id"])


def _case_conference() -> None:
    op.create_table(
        "case_conference",
        sa.Column("conference_id", ID),
        sa.Column("entry_id", ID, sa.ForeignKey("queue_entry.entry_id"), nullable=False),
        sa.Column("held_by", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("legal_article", sa.Text(), nullable=False),
        sa.Column("legal_act", sa.Text(), nullable=False),
        sa.Column("legal_on", sa.Date(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conference_id"),
    )
    op.create_index("ix_case_conference_entry_id", "case_conference", ["entry_id"])


def _queue_reader() -> None:
    op.create_table(
        "queue_reader",
        sa.Column("entry_id", ID, sa.ForeignKey("queue_entry.entry_id")),
        sa.Column("member_id", ID, sa.ForeignKey("organisation.organisation_id")),
        sa.PrimaryKeyConstraint("entry_id", "member_id"),
    )


def _referral() -> None:
    op.create_table(
        "referral",
        sa.Column("referral_id", ID),
        sa.Column("sender_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False),
        sa.Column("receiver_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("referral_id"),
    )
    op.create_index("ix_referral_application_id", "referral", ["application_id"])
    op.create_index("ix_referral_receiver_id", "referral", ["receiver_id"])
    op.create_index("ix_referral_sender_id", "referral", ["sender_id"])


def _hand_over() -> None:
    op.create_table(
        "hand_over",
        sa.Column("referral_id", ID, sa.ForeignKey("referral.referral_id")),
        sa.Column("number", sa.BigInteger(), autoincrement=False),
        sa.Column("to_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("sent_back_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("referral_id", "number"),
    )
