"""How far a run is."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("run") as table:
        table.add_column(sa.Column("progress", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("step", sa.Text()))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("run") as table:
        table.drop_column("step")
        table.drop_column("progress")
