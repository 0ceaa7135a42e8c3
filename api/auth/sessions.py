"""Sessions of staff: a random token the caller keeps, its hash and its end kept here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import account, organisation, staff_session

PREFIX = "pst_"
N_NAME = 16  # digits of the hash that name a session


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


def sessions_of(connection: sa.Connection, account_id: str, *, now: datetime) -> list[Row]:
    """The open sessions of an account, the latest first; `session_id` names one without opening."""
    query = sa.select(
        sa.func.substr(staff_session.c.token_hash, 1, N_NAME).label("session_id"),
        staff_session.c.opened_at,
        staff_session.c.expires_at,
    ).where(staff_session.c.account_id == account_id, staff_session.c.expires_at > now)
    latest = query.order_by(staff_session.c.opened_at.desc(), staff_session.c.token_hash)
    return list(connection.execute(latest))


def session_id_of(token: str) -> str:
    """What names a session in a list."""
    return _hash(token)[:N_NAME]


def close_sessions(connection: sa.Connection, account_id: str, *, session_id: str = "") -> int:
    """Close one session of an account, or all of them; how many were closed."""
    closed = staff_session.delete().where(
        staff_session.c.account_id == account_id,
        staff_session.c.token_hash.startswith(session_id, autoescape=True),
    )
    return int(connection.execute(closed).rowcount)


def close_session(connection: sa.Connection, token: str) -> None:
    """Close one session."""
    connection.execute(staff_session.delete().where(staff_session.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
