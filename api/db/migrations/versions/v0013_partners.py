"""What partners could not prove, what they are told, and the webhooks it is sent to."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "refused_proof",
    "partner_event",
    "webhook",
    "webhook_delivery",
)


def upgrade() -> None:
    """Make the tables."""
    op.add_column("run", sa.Column("not_before_at", INSTANT))
    _refused_proof()
    _partner_event()
    _webhook()
    _webhook_delivery()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("run", "not_before_at")


def _organisation() -> sa.Column[str]:
    link = sa.ForeignKey("organisation.organisation_id")
    return sa.Column("organisation_id", ID, link, nullable=False)


def _refused_proof() -> None:
    op.create_table(
        "refused_proof",
        _organisation(),
        sa.Column("day", sa.Date()),
        sa.Column("application_id", ID),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "day", "application_id"),
    )


def _partner_event() -> None:
    op.create_table(
        "partner_event",
        _organisation(),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "sequence"),
        sa.UniqueConstraint("event_id"),
    )


def _webhook() -> None:
    op.create_table(
        "webhook",
        sa.Column("webhook_id", ID),
        _organisation(),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("webhook_id"),
    )
    op.create_index("ix_webhook_organisation_id", "webhook", ["organisation_id"])


def _webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("webhook_id", ID, sa.ForeignKey("webhook.webhook_id")),
        sa.Column("event_id", ID, sa.ForeignKey("partner_event.event_id")),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("webhook_id", "event_id"),
    )
    op.create_index(
        "ix_webhook_delivery_webhook_id_state_sequence",
        "webhook_delivery",
        ["webhook_id", "state", "sequence"],
    )
