"""
What an operator does to the account of somebody else: every act is in the journal, none is lost.

A change of what an account may do, or of how it signs in, closes its sessions. The last
administrator of an organisation is neither closed nor given another role.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.access import ADMINISTRATOR
from api.auth import second_factor
from api.auth.accounts import password_hash, refuse_role, refuse_short
from api.auth.actor import Actor
from api.auth.oidc import identities
from api.auth.sessions import close_sessions
from api.db import Row
from api.db.tables.identities import account_identity
from api.db.tables.organisations import account, organisation
from api.db.tables.second_factors import second_factor as factors
from api.journal import append
from api.loading import COMMAND_ACTOR_ID

# Kinds that no register brings.
KINDS = ("region", "swl")


class NoAccountError(HousingError):
    """No account has that login."""

    code: ClassVar[str] = "account.absent"


class LastAdministratorError(HousingError):
    """Nobody would be left to manage the accounts of the organisation."""

    code: ClassVar[str] = "account.last_administrator"


class LinkedError(HousingError):
    """The account signs in at the provider: it has no password here."""

    code: ClassVar[str] = "account.signs_in_at_provider"


class NotLinkedError(HousingError):
    """The account is not linked to anybody at the provider."""

    code: ClassVar[str] = "account.not_linked"


class OrganisationPresentError(HousingError):
    """There is an organisation of that name."""

    code: ClassVar[str] = "organisation.present"


def listed(connection: sa.Connection, *, organisation_id: str = "") -> list[Row]:
    """Every account, by organisation and login."""
    query = (
        sa.select(
            account.c.account_id,
            account.c.organisation_id,
            account.c.login,
            account.c.name,
            account.c.role,
            account.c.is_active,
            factors.c.confirmed_at.is_not(None).label("has_second_factor"),
            account_identity.c.subject,
        )
        .outerjoin(factors, factors.c.account_id == account.c.account_id)
        .outerjoin(account_identity, account_identity.c.account_id == account.c.account_id)
        .order_by(account.c.organisation_id, account.c.login)
    )
    if organisation_id:
        query = query.where(account.c.organisation_id == organisation_id)
    return list(connection.execute(query))


def told_made(connection: sa.Connection, login: str, *, now: datetime) -> None:
    """Write in the journal that an account was made."""
    found = _account(connection, login)
    _tell(connection, found, "account.made", now=now, content={"role": found.role})


def change_role(connection: sa.Connection, login: str, role: str, *, now: datetime) -> None:
    """Give an account another role."""
    refuse_role(role)
    found = _account(connection, login)
    if role != ADMINISTRATOR:
        _refuse_last(connection, found)
    _set(connection, found, role=role)
    content = {"before": found.role, "after": role, "by": COMMAND_ACTOR_ID}
    _tell(connection, found, "account.role_changed", now=now, content=content)


def close(connection: sa.Connection, login: str, *, now: datetime) -> None:
    """Let an account in no longer; it stays, the journal names it."""
    found = _account(connection, login)
    _refuse_last(connection, found)
    _set(connection, found, is_active=False)
    _tell(connection, found, "account.closed", now=now)


def reopen(connection: sa.Connection, login: str, *, now: datetime) -> None:
    """Let an account in again, and end its pause."""
    found = _account(connection, login)
    _set(connection, found, is_active=True, failed_attempts=0, locked_until_at=None)
    _tell(connection, found, "account.reopened", now=now)


def reset_password(connection: sa.Connection, login: str, password: str, *, now: datetime) -> None:
    """Give an account another password; a pause ends."""
    refuse_short(password)
    found = _account(connection, login)
    if identities.is_linked(connection, found.account_id):
        raise LinkedError("It signs in at the provider.")
    values = {"failed_attempts": 0, "locked_until_at": None}
    _set(connection, found, password_hash=password_hash(password), **values)
    _tell(connection, found, "account.password_reset", now=now)


def take_factor_away(connection: sa.Connection, login: str, *, now: datetime) -> None:
    """Take the second factor of somebody who lost it away."""
    found = _account(connection, login)
    second_factor.take_away(connection, found.account_id)
    close_sessions(connection, found.account_id)
    _tell(connection, found, "account.second_factor_taken_away", now=now)


def link(
    connection: sa.Connection, login: str, subject: str, *, issuer: str, now: datetime
) -> None:
    """Link an account to a person at the provider; its password ends."""
    found = _account(connection, login)
    identities.link(connection, found.account_id, issuer=issuer, subject=subject, now=now)
    _tell(connection, found, "account.linked", now=now, content={"issuer": issuer})


def unlink(connection: sa.Connection, login: str, *, now: datetime) -> None:
    """End the link: the account has no way in until it gets a password or a link."""
    found = _account(connection, login)
    if not identities.unlink(connection, found.account_id):
        raise NotLinkedError("Not linked.")
    _tell(connection, found, "account.unlinked", now=now)


def add_organisation(connection: sa.Connection, organisation_id: str, kind: str, name: str) -> None:
    """File the Region or the SWL; companies and partners come with the registers."""
    known = sa.select(organisation.c.kind).where(organisation.c.organisation_id == organisation_id)
    if connection.scalar(known) is not None:
        raise OrganisationPresentError("Known already.", id=organisation_id)
    values = {"organisation_id": organisation_id, "kind": kind, "name": name}
    connection.execute(organisation.insert(), values)


def _account(connection: sa.Connection, login: str) -> Row:
    query = (
        sa.select(account, organisation.c.kind)
        .join(organisation, organisation.c.organisation_id == account.c.organisation_id)
        .where(account.c.login == login)
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NoAccountError("No such account.", login=login)
    return found


def _refuse_last(connection: sa.Connection, found: Row) -> None:
    if found.role != ADMINISTRATOR or not found.is_active:
        return
    others = sa.select(sa.func.count()).where(
        account.c.organisation_id == found.organisation_id,
        account.c.role == ADMINISTRATOR,
        account.c.is_active,
        account.c.account_id != found.account_id,
    )
    if not connection.scalar(others):
        raise LastAdministratorError("The last one.", login=found.login)


def _set(connection: sa.Connection, found: Row, **values: Any) -> None:
    mine = account.c.account_id == found.account_id
    connection.execute(account.update().where(mine).values(values))
    close_sessions(connection, found.account_id)


def _tell(
    connection: sa.Connection,
    found: Row,
    act: str,
    *,
    now: datetime,
    content: dict[str, Any] | None = None,
) -> None:
    actor = Actor(COMMAND_ACTOR_ID, found.organisation_id, found.kind, role="")
    append(connection, act, subject=found.account_id, actor=actor, now=now, content=content)
