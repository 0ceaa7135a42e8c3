"""A register goes into the tables and comes out the same, on both databases."""

from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa

from allocation.model import Register
from api.db import Database
from api.db.register import (
    RegisterAbsentError,
    RegisterPresentError,
    bump,
    read_register,
    write_register,
)
from api.db.tables.register import register
from tests.builders import a_register


def stored(database: Database, source: Register) -> Register:
    with database.writing() as connection:
        write_register(connection, source)
    with database.reading() as connection:
        return read_register(connection, source.slsp_id, meeting=source.meeting).register


def test_what_comes_out_has_the_hash_of_what_went_in(database: Database) -> None:
    source = a_register()
    assert stored(database, source).content_hash == source.content_hash


def test_the_version_rises_with_every_act(database: Database) -> None:
    source = a_register()
    stored(database, source)
    with database.writing() as connection:
        assert bump(connection, source.slsp_id) == 2
    with database.reading() as connection:
        assert read_register(connection, source.slsp_id).version == 2


def test_a_register_is_never_loaded_over_itself(database: Database) -> None:
    source = a_register()
    stored(database, source)
    with pytest.raises(RegisterPresentError):
        stored(database, source)


def test_a_register_that_cannot_be_written_leaves_nothing(database: Database) -> None:
    source = a_register(tables={"choices": [{"application_id": "nobody", "rank": 1}]})
    with pytest.raises((sa.exc.IntegrityError, psycopg.IntegrityError)):
        stored(database, source)
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(register)) == 0


def test_a_register_that_is_not_there_is_said_so(database: Database) -> None:
    with database.reading() as connection, pytest.raises(RegisterAbsentError):
        read_register(connection, "la-sambrienne")


def test_a_company_sees_the_applications_that_chose_its_communes(database: Database) -> None:
    # Both applications are La Sambrienne's; one of them chose Châtelet too.
    region = replace(a_register(), slsp_id="region", meeting=None)
    stored(database, region)
    other = Register.of("demo", "logis-chatelettain", {}, quotas=())
    seen = stored(database, other)["applications"]["application_id"].tolist()
    assert seen == ["A1"]
