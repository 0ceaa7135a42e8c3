"""
Data of persons in the journal: encrypted under a key of their own, kept wrapped.

Erasing the key makes every past mention unreadable at once; the chain only ever held the
encrypted form and stays whole.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.db.tables.journal import person_key

N_KEY, N_NONCE = 32, 12


def seal(
    connection: sa.Connection, owner_id: str, data: Mapping[str, Any], *, secret: bytes
) -> str:
    """What ``data`` looks like in the journal: text that only the owner's key opens."""
    key = _key_of(connection, owner_id, secret=secret)
    if key is None:
        key = _new_key(connection, owner_id, secret=secret)
    plain = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return base64.b64encode(_encrypt(key, plain, owner_id)).decode()


def unseal(
    connection: sa.Connection, owner_id: str, sealed: str, *, secret: bytes
) -> dict[str, Any] | None:
    """What was sealed; ``None`` once the key has been erased."""
    key = _key_of(connection, owner_id, secret=secret)
    if key is None:
        return None
    found: dict[str, Any] = json.loads(_decrypt(key, base64.b64decode(sealed), owner_id))
    return found


def erase_key(connection: sa.Connection, owner_id: str, *, now: datetime) -> None:
    """Destroy the key of a person; nothing sealed for them can be read again."""
    mine = person_key.c.owner_id == owner_id
    connection.execute(person_key.update().where(mine).values(wrapped_key=None, erased_at=now))


def _key_of(connection: sa.Connection, owner_id: str, *, secret: bytes) -> bytes | None:
    wrapped = connection.scalar(
        sa.select(person_key.c.wrapped_key).where(person_key.c.owner_id == owner_id)
    )
    return None if wrapped is None else _decrypt(secret, wrapped, owner_id)


def _new_key(connection: sa.Connection, owner_id: str, *, secret: bytes) -> bytes:
    key = os.urandom(N_KEY)
    wrapped = _encrypt(secret, key, owner_id)
    # A person who was erased and comes back gets a new key: what was sealed before stays closed.
    connection.execute(person_key.delete().where(person_key.c.owner_id == owner_id))
    connection.execute(person_key.insert(), {"owner_id": owner_id, "wrapped_key": wrapped})
    return key


def _encrypt(key: bytes, plain: bytes, owner_id: str) -> bytes:
    nonce = os.urandom(N_NONCE)
    return nonce + AESGCM(key[:N_KEY]).encrypt(nonce, plain, owner_id.encode())


def _decrypt(key: bytes, sealed: bytes, owner_id: str) -> bytes:
    return AESGCM(key[:N_KEY]).decrypt(sealed[:N_NONCE], sealed[N_NONCE:], owner_id.encode())
