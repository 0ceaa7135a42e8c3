"""
What a partner's programs sign in with: clients of OAuth and API keys.

A secret is drawn here, shown once, and kept as its SHA-256: it is too long to be guessed, so a
slow hash would only cost time. After a rotation the former secret is good for a day more, so
that a partner can change it in every program without a break.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError, Problem, ProblemsError
from api.access import PARTNER, SCOPES
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.partners import credential
from api.journal import append

CLIENT, KEY = "client", "key"
PREFIX = "ppk_"
OVERLAP = timedelta(days=1)
_NAMES = {CLIENT: "cli-", KEY: "key-"}
# What an act on the command line is written down as.
OPERATOR = "operator"


class NoCredentialError(HousingError):
    """No such credential, or it was revoked."""

    code: ClassVar[str] = "partner.no_credential"


@dataclass(frozen=True)
class Made:
    """A credential with its secret, the only time it is known."""

    credential_id: str
    kind: str
    organisation_id: str
    scopes: tuple[str, ...]
    secret: str


def make_partner(connection: sa.Connection, organisation_id: str, *, name: str) -> bool:
    """
    File a partner unless it is known; whether it was filed now.

    Raises
    ------
    ProblemsError
        ``partner.not_a_partner``: an organisation of another kind has that identifier.
    """
    known = connection.scalar(
        sa.select(organisation.c.kind).where(organisation.c.organisation_id == organisation_id)
    )
    if known not in (None, PARTNER):
        raise ProblemsError([_problem("organisation", "not_a_partner", id=organisation_id)])
    if known is None:
        values = {"organisation_id": organisation_id, "kind": PARTNER, "name": name}
        connection.execute(organisation.insert(), values)
    return known is None


def make_credential(
    connection: sa.Connection,
    organisation_id: str,
    *,
    kind: str,
    scopes: Sequence[str],
    now: datetime,
) -> Made:
    """
    Make a client or a key for a partner.

    Raises
    ------
    ProblemsError
        ``partner.not_a_partner``, ``partner.unknown_scope``: all that is wrong at once.
    """
    problems = [
        _problem("scope", "unknown_scope", scope=scope, valid=", ".join(SCOPES))
        for scope in scopes
        if scope not in SCOPES
    ]
    found = sa.select(organisation.c.kind).where(organisation.c.organisation_id == organisation_id)
    if connection.scalar(found) != PARTNER:
        problems.append(_problem("organisation", "not_a_partner", id=organisation_id))
    if problems:
        raise ProblemsError(problems)
    credential_id = _NAMES[kind] + secrets.token_hex(8)
    secret = drawn_secret(kind, credential_id)
    keep_credential(
        connection,
        credential_id,
        organisation_id=organisation_id,
        kind=kind,
        scopes=scopes,
        secret=secret,
        now=now,
    )
    return Made(credential_id, kind, organisation_id, tuple(scopes), secret)


def keep_credential(
    connection: sa.Connection,
    credential_id: str,
    *,
    organisation_id: str,
    kind: str,
    scopes: Sequence[str],
    secret: str,
    now: datetime,
) -> None:
    """Write a credential down with the hash of its secret."""
    values = {
        "credential_id": credential_id,
        "organisation_id": organisation_id,
        "kind": kind,
        "scopes": " ".join(scopes),
        "secret_hash": _hash(secret),
        "made_at": now,
    }
    connection.execute(credential.insert(), values)
    _write_down(connection, "partner.credential_made", credential_id, organisation_id, now=now)


def rotate(connection: sa.Connection, credential_id: str, *, now: datetime) -> Made:
    """
    Draw a new secret; the former one stays good for ``OVERLAP``.

    Raises
    ------
    NoCredentialError
        ``partner.no_credential``.
    """
    row = _standing(connection, credential_id)
    secret = drawn_secret(row.kind, credential_id)
    values = {
        "secret_hash": _hash(secret),
        "former_hash": row.secret_hash,
        "former_until_at": now + OVERLAP,
    }
    mine = credential.c.credential_id == credential_id
    connection.execute(credential.update().where(mine).values(values))
    who = row.organisation_id
    _write_down(connection, "partner.credential_rotated", credential_id, who, now=now)
    return Made(credential_id, row.kind, who, tuple(row.scopes.split()), secret)


def revoke(connection: sa.Connection, credential_id: str, *, now: datetime) -> None:
    """
    End a credential at once, and with it every token it was given.

    Raises
    ------
    NoCredentialError
        ``partner.no_credential``.
    """
    row = _standing(connection, credential_id)
    mine = credential.c.credential_id == credential_id
    connection.execute(credential.update().where(mine).values(revoked_at=now))
    who = row.organisation_id
    _write_down(connection, "partner.credential_revoked", credential_id, who, now=now)


def drawn_secret(kind: str, credential_id: str) -> str:
    """A new secret; a key carries its own identifier, so that it can be looked up."""
    drawn = secrets.token_urlsafe(32)
    return f"{PREFIX}{credential_id}_{drawn}" if kind == KEY else f"pcs_{drawn}"


def client_of(
    connection: sa.Connection, client_id: str, secret: str, *, now: datetime
) -> Row | None:
    """The OAuth client of that identifier and secret."""
    return _matching(connection, CLIENT, client_id, secret, now=now)


def actor_of_key(connection: sa.Connection, key: str, *, now: datetime) -> Actor | None:
    """Whose API key it is."""
    credential_id = key.removeprefix(PREFIX).partition("_")[0]
    row = _matching(connection, KEY, credential_id, key, now=now)
    return None if row is None else actor_of_row(row, row.scopes.split())


def standing_credential(connection: sa.Connection, credential_id: str) -> Row | None:
    """A credential that is not revoked, with the kind of its organisation."""
    return connection.execute(
        sa.select(credential, organisation.c.kind.label("organisation_kind"))
        .join(organisation, organisation.c.organisation_id == credential.c.organisation_id)
        .where(credential.c.credential_id == credential_id, credential.c.revoked_at.is_(None))
    ).one_or_none()


def actor_of_row(row: Row, scopes: Sequence[str]) -> Actor:
    """The program a credential stands for."""
    who, kind = row.organisation_id, row.organisation_kind
    return Actor(row.credential_id, who, kind, PARTNER, frozenset(scopes))


def _matching(
    connection: sa.Connection, kind: str, credential_id: str, secret: str, *, now: datetime
) -> Row | None:
    row = standing_credential(connection, credential_id)
    if row is None or row.kind != kind:
        return None
    good = [row.secret_hash]
    if row.former_until_at is not None and row.former_until_at > now:
        good.append(row.former_hash)
    given = _hash(secret)
    return row if any(hmac.compare_digest(given, known) for known in good) else None


def _standing(connection: sa.Connection, credential_id: str) -> Row:
    row = standing_credential(connection, credential_id)
    if row is None:
        raise NoCredentialError("No such credential.", id=credential_id)
    return row


def _write_down(
    connection: sa.Connection, act: str, credential_id: str, who: str, *, now: datetime
) -> None:
    operator = Actor(OPERATOR, who, PARTNER, role="administrator")
    append(connection, act, subject=credential_id, actor=operator, now=now)


def _problem(field: str, code: str, **facts: object) -> Problem:
    return Problem.at("partner", 0, field, f"partner.{code}", **facts)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
