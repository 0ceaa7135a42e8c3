"""Rights not taken up, once a person followed one."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = (  # parents before children
    "right_standing",
)


def upgrade() -> None:
    """Make the tables."""
    _right_standing()


def downgrade() -> None:
    """Take the tables away, children first."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _right_standing() -> None:
    op.create_table(
        "right_standing",
        sa.Column("application_id", ID, sa.ForeignKey("applications.application_id")),
        sa.Column("right", sa.Text()),
        sa.Column("subject", ID),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("agreed_on", sa.Date()),
        sa.Column("actor_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("application_id", "right", "subject"),
    )
