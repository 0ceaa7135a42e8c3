"""${message}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Make them."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take them away."""
    ${downgrades if downgrades else "pass"}
