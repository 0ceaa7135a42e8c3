"""Sessions of staff: a random token the caller keeps, its hash and its end kept here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from api.auth.actor import Actor
from api.db.tables.organisations import account, organisation, staff_session

PREFIX = "pst_"


def open_session(connection: sa.Connection, account_id: str, *, now: datetime, minutes: int) -> str:
    """Open a session and give its token, which is kept nowhere; sessions that are over go."""
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(staff_session.delete().where(staff_session.c.expires_at <= now))
    connection.execute(
        staff_session.insert(),
        {
            "token_hash": _hash(token),
            "account_id": account_id,
            "opened_at": now,
            "expires_at": now + timedelta(minutes=minutes),
        },
    )
    return token


def actor_of(connection: sa.Connection, token: str, *, now: datetime) -> Actor | None:
    """Whose session it is; ``None`` when there is none, it is over, or the account is closed."""
    row = connection.execute(
        sa.select(account, organisation.c.kind)
        .join(staff_session, staff_session.c.account_id == account.c.account_id)
        .join(organisation, organisation.c.organisation_id == account.c.organisation_id)
        .where(
            staff_session.c.token_hash == _hash(token),
            staff_session.c.expires_at > now,
            account.c.is_active,
        )
    ).one_or_none()
    return None if row is None else Actor(row.account_id, row.organisation_id, row.kind, row.role)


def close_session(connection: sa.Connection, token: str) -> None:
    """Close one session."""
    connection.execute(staff_session.delete().where(staff_session.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
