"""An allocation that was undone keeps its row, with the day and the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Two columns, empty while the allocation stands."""
    op.add_column("allocations_ytd", sa.Column("undone_on", sa.Date()))
    op.add_column("allocations_ytd", sa.Column("undone_for", sa.Text()))


def downgrade() -> None:
    """The rows of allocations that were undone go with the columns."""
    undone = sa.table("allocations_ytd", sa.column("undone_on"))
    op.execute(undone.delete().where(undone.c.undone_on.is_not(None)))
    op.drop_column("allocations_ytd", "undone_for")
    op.drop_column("allocations_ytd", "undone_on")
