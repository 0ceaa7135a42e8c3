"""
A sign-in that was begun: kept ten minutes, taken up once, by the browser that began it.

Of state and browser only hashes are kept; the verifier of PKCE is encrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from api.db.tables.identities import oidc_attempt
from api.wrapping import unwrap, wrap

LASTS = timedelta(minutes=10)
_PURPOSE = "oidc attempt "


@dataclass(frozen=True)
class Attempt:
    """What leaves: ``state`` and ``nonce`` to the provider, ``browser`` into a cookie."""

    state: str
    nonce: str
    verifier: str
    browser: str


@dataclass(frozen=True)
class Kept:
    """What stays, for when the browser comes back."""

    nonce: str
    verifier: str
    next_page: str


def begin(
    connection: sa.Connection, next_page: str, *, browser: str, secret: bytes, now: datetime
) -> Attempt:
    """Begin a sign-in; ``browser`` is the cookie of one begun before, or empty."""
    attempt = Attempt(_fresh(), _fresh(), _fresh(), browser or _fresh())
    connection.execute(oidc_attempt.delete().where(oidc_attempt.c.expires_at <= now))
    state_hash = _hash(attempt.state)
    connection.execute(
        oidc_attempt.insert(),
        {
            "state_hash": state_hash,
            "browser_hash": _hash(attempt.browser),
            "nonce": attempt.nonce,
            "wrapped_verifier": wrap(
                secret, attempt.verifier.encode(), bound_to=_PURPOSE + state_hash
            ),
            "next_page": next_page,
            "expires_at": now + LASTS,
        },
    )
    return attempt


def take(
    connection: sa.Connection, state: str, browser: str, *, secret: bytes, now: datetime
) -> Kept | None:
    """
    Take a sign-in up; it is gone with that, whatever comes of it.

    ``None``: it was not begun, taken up before, is too old, or was begun in another browser.
    """
    state_hash = _hash(state)
    row = connection.execute(
        oidc_attempt.delete().where(oidc_attempt.c.state_hash == state_hash).returning(oidc_attempt)
    ).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    if not hmac.compare_digest(row.browser_hash, _hash(browser)):
        return None
    verifier = unwrap(secret, row.wrapped_verifier, bound_to=_PURPOSE + state_hash)
    return Kept(row.nonce, verifier.decode(), row.next_page)


def _fresh() -> str:
    return secrets.token_urlsafe(32)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
