"""The journal, its keys, and the work to do."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (  # parents before children
    "journal_entry",
    "journal_head",
    "person_key",
    "run",
)


def upgrade() -> None:
    """Make the tables."""
    _journal_entry()
    _journal_head()
    _person_key()
    _run()


def downgrade() -> None:
    """Take the tables away, children first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _journal_entry() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index(
        "ix_journal_entry_organisation_id_sequence",
        "journal_entry",
        ["organisation_id", "sequence"],
    )
    op.create_index("ix_journal_entry_subject_sequence", "journal_entry", ["subject", "sequence"])


def _journal_head() -> None:
    op.create_table(
        "journal_head",
        sa.Column("only", sa.BigInteger()),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("only"),
    )


def _person_key() -> None:
    op.create_table(
        "person_key",
        sa.Column("owner_id", ID),
        sa.Column("wrapped_key", sa.LargeBinary()),
        sa.Column("erased_at", INSTANT),
        sa.PrimaryKeyConstraint("owner_id"),
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("run_id", ID),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("attempts", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("heartbeat_at", INSTANT),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("ix_run_organisation_id_asked_at", "run", ["organisation_id", "asked_at"])
    op.create_index("ix_run_state_asked_at", "run", ["state", "asked_at"])
