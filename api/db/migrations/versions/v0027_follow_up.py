"""Fresh proofs asked for, points found otherwise elsewhere, households that parted."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = ("proof_request", "points_request", "separation")
ASKED = sa.text("state = 'asked'")


def upgrade() -> None:
    """Make the tables."""
    _proof_request()
    _points_request()
    _separation()


def downgrade() -> None:
    """Take the tables away."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _proof_request() -> None:
    op.create_table(
        "proof_request",
        sa.Column("request_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("meeting_id", ID, sa.ForeignKey("meeting.meeting_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("dwellings", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date()),
        sa.PrimaryKeyConstraint("request_id"),
        sa.UniqueConstraint("meeting_id", "application_id"),
    )
    op.create_index("ix_proof_request_application_id", "proof_request", ["application_id"])


def _points_request() -> None:
    op.create_table(
        "points_request",
        sa.Column("request_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("reference_slsp_id", ID, nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("rulebook_hash", sa.Text(), nullable=False),
        sa.Column("announced", sa.Text(), nullable=False),
        sa.Column("computed", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_on", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("ix_points_request_application_id", "points_request", ["application_id"])
    op.create_index(
        "uq_points_request_asked_register_id_application_id",
        "points_request",
        ["register_id", "application_id"],
        unique=True,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )


def _separation() -> None:
    op.create_table(
        "separation",
        sa.Column("separation_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("new_id", ID, sa.ForeignKey("applications.application_id"), nullable=False),
        sa.Column("separated_on", sa.Date(), nullable=False),
        sa.Column("seniority", sa.Text(), nullable=False),
        sa.Column("seniority_mark", sa.Text(), nullable=False),
        sa.Column("losses", sa.Text(), nullable=False),
        sa.Column("stays_checked_on", sa.Date()),
        sa.Column("leaves_checked_on", sa.Date()),
        sa.PrimaryKeyConstraint("separation_id"),
    )
    op.create_index("ix_separation_application_id", "separation", ["application_id"])
    op.create_index("ix_separation_new_id", "separation", ["new_id"])
