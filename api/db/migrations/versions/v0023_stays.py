"""Stays with their acts, reviews and papers; operators approved; dwellings to offer again."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "occupancy",
    "occupancy_act",
    "occupancy_objective",
    "occupancy_review",
    "occupancy_paper",
    "occupancy_alternative",
    "operator_approval",
    "dwelling_return",
)
LIVES = sa.text("entered_on IS NOT NULL AND ended_on IS NULL")
THERE = sa.text("ended_on IS NULL")


def upgrade() -> None:
    """Make the tables; one household in a dwelling, one dwelling for a household."""
    _occupancy()
    _occupancy_act()
    _occupancy_objective()
    _occupancy_review()
    _occupancy_paper()
    _occupancy_alternative()
    _operator_approval()
    _dwelling_return()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _occupancy() -> None:
    op.create_table(
        "occupancy",
        sa.Column("occupancy_id", ID),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("dwelling_id", ID, nullable=False),
        sa.Column("operator_id", ID, sa.ForeignKey("partners.partner_id")),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.agreement_id")),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("entered_on", sa.Date()),
        sa.Column("until_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("exit_class", sa.Text(), nullable=False),
        sa.Column("operator_until", sa.BigInteger()),
        sa.Column("continues_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.PrimaryKeyConstraint("occupancy_id"),
    )
    op.create_index("ix_occupancy_operator_id", "occupancy", ["operator_id"])
    op.create_index("ix_occupancy_register_id_status", "occupancy", ["register_id", "status"])
    op.create_index(
        "uq_occupancy_running_application_id",
        "occupancy",
        ["application_id"],
        unique=True,
        sqlite_where=LIVES,
        postgresql_where=LIVES,
    )
    op.create_index(
        "uq_occupancy_running_dwelling_id",
        "occupancy",
        ["dwelling_id"],
        unique=True,
        sqlite_where=THERE,
        postgresql_where=THERE,
    )


def _occupancy_act() -> None:
    op.create_table(
        "occupancy_act",
        sa.Column("occupancy_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("signed_on", sa.Date()),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("agreement_id", ID),
        sa.Column("by_organisation", ID, nullable=False),
        sa.Column("by_actor", ID, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("occupancy_id", "sequence"),
    )


def _occupancy_objective() -> None:
    op.create_table(
        "occupancy_objective",
        sa.Column("occupancy_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.Column("number", sa.BigInteger(), autoincrement=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("occupancy_id", "number"),
    )


def _occupancy_review() -> None:
    op.create_table(
        "occupancy_review",
        sa.Column("occupancy_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("is_household_present", sa.Boolean(), nullable=False),
        sa.Column("invited_on", sa.Text(), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date()),
        sa.Column("copy_delivered", sa.Text(), nullable=False),
        sa.Column("by_organisation", ID, nullable=False),
        sa.Column("by_actor", ID, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("occupancy_id", "sequence"),
    )


def _occupancy_paper() -> None:
    op.create_table(
        "occupancy_paper",
        sa.Column("occupancy_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.Column("paper", sa.Text()),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("by_actor", ID, nullable=False),
        sa.PrimaryKeyConstraint("occupancy_id", "paper"),
    )


def _occupancy_alternative() -> None:
    op.create_table(
        "occupancy_alternative",
        sa.Column("occupancy_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False),
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.application_id"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date()),
        sa.PrimaryKeyConstraint("occupancy_id", "sequence"),
    )


def _operator_approval() -> None:
    op.create_table(
        "operator_approval",
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id")),
        sa.Column("operator_id", ID, sa.ForeignKey("partners.partner_id")),
        sa.Column("from_on", sa.Date()),
        sa.Column("to_on", sa.Date()),
        sa.Column("approving_act", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by_actor", ID, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("register_id", "operator_id", "from_on"),
    )


def _dwelling_return() -> None:
    op.create_table(
        "dwelling_return",
        sa.Column("occupancy_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.Column("register_id", ID, sa.ForeignKey("register.register_id"), nullable=False),
        sa.Column("operator_id", ID, sa.ForeignKey("partners.partner_id"), nullable=False),
        sa.Column("agreement_id", ID),
        sa.Column("dwelling_id", ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_on", sa.Date()),
        sa.Column("next_id", ID, sa.ForeignKey("occupancy.occupancy_id")),
        sa.PrimaryKeyConstraint("occupancy_id"),
    )
    op.create_index("ix_dwelling_return_dwelling_id", "dwelling_return", ["dwelling_id"])
