"""What a command of an operator works in: the database of the settings, the instant it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from api.auth.actor import Actor
    from api.service import Service


@contextmanager
def writing() -> Iterator[tuple[sa.Connection, datetime]]:
    """One transaction on the database of the settings, and the instant it is."""
    from api.db.migrate import opened
    from api.service import now_utc
    from api.settings import Settings

    database = opened(Settings().database_url)
    try:
        with database.writing() as connection:
            yield connection, now_utc()
    finally:
        database.close()


@contextmanager
def reading() -> Iterator[tuple[sa.Connection, datetime]]:
    """The database of the settings, at one instant, and the instant it is."""
    from api.db.migrate import opened
    from api.service import now_utc
    from api.settings import Settings

    database = opened(Settings().database_url)
    try:
        with database.reading() as connection:
            yield connection, now_utc()
    finally:
        database.close()


@contextmanager
def serving() -> Iterator[Service]:
    """The service of the settings, as ``passerelle serve`` opens it: its acts, by a command."""
    from api.service import Service
    from api.settings import Settings

    service = Service.of(Settings())
    try:
        yield service
    finally:
        service.database.close()


def acting_as(connection: sa.Connection, login: str, act: str) -> Actor:
    """
    The person in whose name a command does an act, with the rights their account has.

    Raises
    ------
    NoAccountError
        ``account.absent``: no open account has that login.
    DeniedError
        ``access.denied``: the act is not of their role.
    """
    import sqlalchemy as sa

    from api.access import DeniedError, may
    from api.auth.actor import Actor
    from api.auth.administration import NoAccountError
    from api.db.tables.organisations import account, organisation

    query = sa.select(account, organisation.c.kind).join(
        organisation, organisation.c.organisation_id == account.c.organisation_id
    )
    row = connection.execute(
        query.where(account.c.login == login, account.c.is_active)
    ).one_or_none()
    if row is None:
        raise NoAccountError("No account has that login.", login=login)
    actor = Actor(row.account_id, row.organisation_id, row.kind, row.role)
    if not may(actor, act):
        raise DeniedError("Not of that role.", act=act)
    return actor
