"""Lists narrowed by bedrooms or income category are found by an index."""

from alembic import op

revision = "0031"
down_revision = "0030"

FILTERS = ("bedrooms", "income_category")


def upgrade() -> None:
    """Make the indexes."""
    for name in FILTERS:
        columns = ["register_id", name, "position"]
        op.create_index(_index(name), "standing", columns)


def downgrade() -> None:
    """Take them away."""
    for name in FILTERS:
        op.drop_index(_index(name), "standing")


def _index(name: str) -> str:
    return f"ix_standing_register_id_{name}_position"
