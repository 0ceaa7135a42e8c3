"""Where a proof asked for was obtained."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("proof_request") as table:
        table.add_column(sa.Column("origin", sa.Text()))
        table.add_column(sa.Column("source", sa.Text()))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("proof_request") as table:
        table.drop_column("source")
        table.drop_column("origin")
