"""What missing facts could change is kept with the list; who was housed is found by an index."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

HOUSED = "ix_allocations_ytd_application_id"
NUMBERS = ("best_points", "best_rank", "gain")
INSTANT = sa.DateTime(timezone=True)
RUN = sa.table(
    "run",
    *(sa.column(name, sa.Text()) for name in ("run_id", "kind", "subject", "organisation_id")),
    *(sa.column(name, sa.Text()) for name in ("actor_id", "state", "claimed_by")),
    *(sa.column(name, sa.Text()) for name in ("result", "error")),
    sa.column("asked_at", INSTANT),
)


def upgrade() -> None:
    """Add the columns, with nothing to gain until the lists are worked out, which is asked for."""
    with op.batch_alter_table("standing") as table:
        for name in NUMBERS:
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(
            sa.Column("is_blocked", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute('UPDATE standing SET best_points = points, best_rank = coalesce(rank, "position")')
    with op.batch_alter_table("standing") as table:
        for name in (*NUMBERS, "is_blocked"):
            table.alter_column(name, server_default=None)
    _ask_for_lists()
    op.create_index(HOUSED, "allocations_ytd", ["application_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index(HOUSED, "allocations_ytd")
    with op.batch_alter_table("standing") as table:
        for name in (*NUMBERS, "is_blocked"):
            table.drop_column(name)


def _ask_for_lists() -> None:
    heads = op.get_bind().execute(sa.text("SELECT register_id FROM standing_head"))
    asked = {"kind": "list", "actor_id": "service", "state": "queued", "claimed_by": ""}
    nothing = {"result": "{}", "error": "", "asked_at": datetime.now(UTC)}
    runs = [
        {
            "run_id": f"run-{secrets.token_hex(8)}",
            "subject": register_id,
            "organisation_id": register_id,
            **asked,
            **nothing,
        }
        for (register_id,) in heads
    ]
    if runs:
        op.bulk_insert(RUN, runs)
