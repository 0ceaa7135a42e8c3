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

from api.db.tables.journal import person_key
from api.wrapping import N_KEY, unwrap, wrap


def seal(
    connection: sa.Connection, owner_id: str, data: Mapping[str, Any], *, secret: bytes
) -> str:
    """What ``data`` looks like in the journal: text that only the owner's key opens."""
    key = _key_of(connection, owner_id, secret=secret)
    if key is None:
        key = _new_key(connection, owner_id, secret=secret)
    plain = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return base64.b64encode(wrap(key, plain, bound_to=owner_id)).decode()


def unseal(
    connection: sa.Connection, owner_id: str, sealed: str, *, secret: bytes
) -> dict[str, Any] | None:
    """What was sealed; ``None`` once the key has been erased."""
    key = _key_of(connection, owner_id, secret=secret)
    if key is None:
        return None
    found: dict[str, Any] = json.loads(unwrap(key, base64.b64decode(sealed), bound_to=owner_id))
    return found


def erase_key(connection: sa.Connection, owner_id: str, *, now: datetime) -> None:
    """Destroy the key of a person, had they one; nothing sealed for them can be read again."""
    mine = person_key.c.owner_id == owner_id
    connection.execute(person_key.delete().where(mine))
    connection.execute(person_key.insert(), {"owner_id": owner_id, "erased_at": now})


def is_erased(connection: sa.Connection, owner_id: str) -> bool:
    """Whether the key of a person was destroyed, and they have not come back since."""
    erased_at = sa.select(person_key.c.erased_at).where(person_key.c.owner_id == owner_id)
    return connection.scalar(erased_at) is not None


def _key_of(connection: sa.Connection, owner_id: str, *, secret: bytes) -> bytes | None:
    wrapped = connection.scalar(
        sa.select(person_key.c.wrapped_key).where(person_key.c.owner_id == owner_id)
    )
    return None if wrapped is None else unwrap(secret, wrapped, bound_to=owner_id)


def _new_key(connection: sa.Connection, owner_id: str, *, secret: bytes) -> bytes:
    key = os.urandom(N_KEY)
    wrapped = wrap(secret, key, bound_to=owner_id)
    # A person who was erased and comes back gets a new key: what was sealed before stays closed.
    connection.execute(person_key.delete().where(person_key.c.owner_id == owner_id))
    connection.execute(person_key.insert(), {"owner_id": owner_id, "wrapped_key": wrapped})
    return key
