"""The tables go up, come down, and are those the program expects, on both databases."""

import sqlalchemy as sa

from api.db import Database
from api.db.migrate import downgrade, newest_version, refuse_difference, upgrade, version_of


def test_the_migrated_tables_are_those_the_program_expects(database: Database) -> None:
    refuse_difference(database)
    with database.reading() as connection:
        assert version_of(connection) == newest_version()


def test_every_version_comes_down_and_goes_up_again(database: Database) -> None:
    downgrade(database, "base")
    assert sa.inspect(database.engine).get_table_names() == ["alembic_version"]
    upgrade(database)
    refuse_difference(database)
