"""Accompaniment: plans, consents, contacts, reviews, supports, offers of contact."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "accompaniment_setting",
    "contact_offer",
    "plan",
    "plan_act",
    "plan_consent",
    "plan_contact",
    "plan_review",
    "preparation_item",
    "support_request",
)


def upgrade() -> None:
    """Make the tables."""
    _accompaniment_setting()
    _contact_offer()
    _plan()
    _plan_act()
    _plan_consent()
    _plan_contact()
    _plan_review()
    _preparation_item()
    _support_request()


def downgrade() -> None:
    """Take the tables away, children first."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _accompaniment_setting() -> None:
    op.create_table(
        "accompaniment_setting",
        sa.Column("organisation_id", ID, sa.ForeignKey("organisation.organisation_id")),
        sa.Column("full_time_hundredths", sa.BigInteger(), nullable=False),
        sa.Column("units_per_full_time", sa.BigInteger(), nullable=False),
        sa.Column("weights", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id"),
    )


def _contact_offer() -> None:
    op.create_table(
        "contact_offer",
        sa.Column("contact_offer_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("sent_by", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("acted_as", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("settled_on", sa.Date()),
        sa.PrimaryKeyConstraint("contact_offer_id"),
    )
    op.create_index("ix_contact_offer_application_id", "contact_offer", ["application_id"])
    op.create_index("ix_contact_offer_organisation_id", "contact_offer", ["organisation_id"])


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("plan_id", ID),
        sa.Column(
            "organisation_id", ID, sa.ForeignKey("organisation.organisation_id"), nullable=False
        ),
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.agreement_id")),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("coupling", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("intensity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_contact_on", sa.Date(), nullable=False),
        sa.Column("began_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("until_on", sa.Date()),
        sa.Column("next_review_on", sa.Date()),
        sa.Column("accompanier", sa.Text(), nullable=False),
        sa.Column("accompanier_changes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("n_objectives", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("n_own_words", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("entered_home_on", sa.Date()),
        sa.Column("left_home_on", sa.Date()),
        sa.Column("is_overbooked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("plan_id"),
    )
    op.create_index("ix_plan_application_id", "plan", ["application_id"])
    op.create_index("ix_plan_organisation_id", "plan", ["organisation_id"])


def _plan_act() -> None:
    op.create_table(
        "plan_act",
        sa.Column("plan_id", ID, sa.ForeignKey("plan.plan_id")),
        sa.Column("number", sa.BigInteger(), autoincrement=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("acted_as", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "number"),
    )


def _plan_consent() -> None:
    op.create_table(
        "plan_consent",
        sa.Column("consent_id", ID),
        sa.Column("plan_id", ID, sa.ForeignKey("plan.plan_id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("datum", sa.Text()),
        sa.Column("partner_id", ID, sa.ForeignKey("organisation.organisation_id")),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("consent_id"),
    )
    op.create_index("ix_plan_consent_partner_id_datum", "plan_consent", ["partner_id", "datum"])
    op.create_index("ix_plan_consent_plan_id", "plan_consent", ["plan_id"])


def _plan_contact() -> None:
    op.create_table(
        "plan_contact",
        sa.Column("contact_id", ID),
        sa.Column("plan_id", ID, sa.ForeignKey("plan.plan_id"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("acted_as", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    op.create_index("ix_plan_contact_plan_id_on", "plan_contact", ["plan_id", "on"])


def _plan_review() -> None:
    op.create_table(
        "plan_review",
        sa.Column("review_id", ID),
        sa.Column("plan_id", ID, sa.ForeignKey("plan.plan_id"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("obstacles", sa.Text(), nullable=False),
        sa.Column("resolved", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date()),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("review_id"),
    )
    op.create_index("ix_plan_review_plan_id_on", "plan_review", ["plan_id", "on"])


def _preparation_item() -> None:
    op.create_table(
        "preparation_item",
        sa.Column("plan_id", ID, sa.ForeignKey("plan.plan_id")),
        sa.Column("item", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date()),
        sa.PrimaryKeyConstraint("plan_id", "item"),
    )


def _support_request() -> None:
    op.create_table(
        "support_request",
        sa.Column("support_id", ID),
        sa.Column("plan_id", ID, sa.ForeignKey("plan.plan_id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date()),
        sa.PrimaryKeyConstraint("support_id"),
    )
    op.create_index("ix_support_request_plan_id", "support_request", ["plan_id"])
