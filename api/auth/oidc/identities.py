"""
Which account a person known to the provider has here: linked by issuer and subject, never by mail.

With rules of access the provider decides on every sign-in: who no longer fits is refused, a role
that changed is changed here and written in the journal. Without them an account keeps its role.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.auth.actor import Actor
from api.auth.oidc.access_rules import AccessRule, rule_for
from api.auth.oidc.faults import (
    AccountClosedError,
    NoAccessError,
    OtherOrganisationError,
    UnknownAccountError,
)
from api.auth.oidc.provider import Told
from api.auth.sessions import close_sessions
from api.db import Row
from api.db.tables.identities import account_identity
from api.db.tables.organisations import account, organisation
from api.journal import append

NO_PASSWORD = ""  # of an account that signs in at the provider only


class LinkedAlreadyError(HousingError):
    """The account, or the person at the provider, is linked already."""

    code: ClassVar[str] = "account.linked_already"


def account_of(
    connection: sa.Connection,
    told: Told,
    *,
    rules: tuple[AccessRule, ...] | None,
    may_create: bool,
    now: datetime,
) -> str:
    """
    The account of whom the provider names; made when that is allowed.

    Raises
    ------
    UnknownAccountError, AccountClosedError, NoAccessError, OtherOrganisationError
        ``oidc.unknown_account``, ``oidc.account_closed``, ``oidc.no_access``,
        ``oidc.other_organisation``.
    """
    rule = None if rules is None else rule_for(rules, told.claims)
    if rules is not None and rule is None:
        raise NoAccessError("No rule fits.")
    found = _linked(connection, told)
    if found is None:
        if rule is None or not may_create:
            raise UnknownAccountError("Not linked.", issuer=told.issuer, subject=told.subject)
        return _make(connection, told, rule, now=now)
    if not found.is_active:
        raise AccountClosedError("The account was closed.")
    if rule is not None:
        _follow(connection, found, rule, now=now)
    return str(found.account_id)


def link(
    connection: sa.Connection, account_id: str, *, issuer: str, subject: str, now: datetime
) -> None:
    """
    Link an account to a person at the provider; its password ends, so do its sessions.

    Raises
    ------
    LinkedAlreadyError
        ``account.linked_already``.
    """
    taken = sa.or_(
        account_identity.c.account_id == account_id,
        sa.and_(account_identity.c.issuer == issuer, account_identity.c.subject == subject),
    )
    if connection.execute(sa.select(account_identity).where(taken)).first() is not None:
        raise LinkedAlreadyError("Linked already.")
    mine = account.c.account_id == account_id
    connection.execute(account.update().where(mine).values(password_hash=NO_PASSWORD))
    close_sessions(connection, account_id)
    _insert_link(connection, account_id, issuer, subject, now=now)


def unlink(connection: sa.Connection, account_id: str) -> bool:
    """Take the link away and close the sessions; whether there was one."""
    close_sessions(connection, account_id)
    mine = account_identity.delete().where(account_identity.c.account_id == account_id)
    return connection.execute(mine).rowcount == 1


def is_linked(connection: sa.Connection, account_id: str) -> bool:
    """Whether the account signs in at the provider."""
    mine = sa.select(account_identity.c.subject).where(account_identity.c.account_id == account_id)
    return connection.scalar(mine) is not None


def _linked(connection: sa.Connection, told: Told) -> Row | None:
    query = (
        sa.select(account, organisation.c.kind)
        .join(account_identity, account_identity.c.account_id == account.c.account_id)
        .join(organisation, organisation.c.organisation_id == account.c.organisation_id)
        .where(account_identity.c.issuer == told.issuer, account_identity.c.subject == told.subject)
    )
    return connection.execute(query).one_or_none()


def _make(connection: sa.Connection, told: Told, rule: AccessRule, *, now: datetime) -> str:
    kind = connection.scalar(
        sa.select(organisation.c.kind).where(organisation.c.organisation_id == rule.organisation)
    )
    if kind is None:
        raise NoAccessError("The organisation of the rule is not in the database.")
    account_id = f"acc-{secrets.token_hex(8)}"
    values = {
        "account_id": account_id,
        "organisation_id": rule.organisation,
        "login": account_id,  # a name of the provider could be that of a local account
        "name": told.name,
        "role": rule.role,
        "password_hash": NO_PASSWORD,
    }
    connection.execute(account.insert(), values)
    _insert_link(connection, account_id, told.issuer, told.subject, now=now)
    actor = Actor(account_id, rule.organisation, str(kind), rule.role)
    append(
        connection,
        "account.made_at_first_sign_in",
        subject=account_id,
        actor=actor,
        now=now,
        content={"role": rule.role},
    )
    return account_id


def _follow(connection: sa.Connection, found: Row, rule: AccessRule, *, now: datetime) -> None:
    """Give the account the role of the rule; the organisation of an account never changes."""
    if found.organisation_id != rule.organisation:
        raise OtherOrganisationError("Of another organisation.")
    if found.role == rule.role:
        return
    mine = account.c.account_id == found.account_id
    connection.execute(account.update().where(mine).values(role=rule.role))
    close_sessions(connection, found.account_id)
    append(
        connection,
        "account.role_changed",
        subject=found.account_id,
        actor=Actor(found.account_id, found.organisation_id, found.kind, rule.role),
        now=now,
        content={"before": found.role, "after": rule.role, "by": "oidc"},
    )


def _insert_link(
    connection: sa.Connection, account_id: str, issuer: str, subject: str, *, now: datetime
) -> None:
    connection.execute(
        account_identity.insert(),
        {"issuer": issuer, "subject": subject, "account_id": account_id, "linked_at": now},
    )
