"""One entry more, in the transaction of the act it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from allocation.proof.journal import GENESIS, Entry, canonical, link
from api.auth.actor import Actor
from api.db.tables.journal import journal_entry, journal_head

_ONLY = 1


def append(
    connection: sa.Connection,
    act: str,
    *,
    subject: str,
    actor: Actor,
    now: datetime,
    content: Mapping[str, Any] | None = None,
    sealed: Mapping[str, str] | None = None,
) -> Entry:
    """
    Write an act down; committed or undone with the act itself.

    To be called last in an act: from here to the commit other writers of the journal wait.

    Parameters
    ----------
    act
        What was done, as a stable code: ``meeting.frozen``.
    subject
        Identifier of what it was done to.
    content
        Facts of the act that name no person: texts, whole numbers, booleans, lists, objects.
    sealed
        Owner of a key -> what ``api.journal.sealing.seal`` made of their data.
    """
    head = connection.execute(sa.select(journal_head).with_for_update()).one_or_none()
    if head is None:
        connection.execute(journal_head.insert(), {"only": _ONLY, "sequence": 0, "hash": GENESIS})
    entry = link(
        GENESIS if head is None else head.hash,
        sequence=1 if head is None else head.sequence + 1,
        at=now.isoformat(),
        act=act,
        subject=subject,
        actor_id=actor.actor_id,
        organisation_id=actor.organisation_id,
        content=dict(content or {}),
        sealed=dict(sealed or {}),
    )
    values = vars(entry) | {
        "content": canonical(entry.content).decode(),
        "sealed": canonical(entry.sealed).decode(),
    }
    connection.execute(journal_entry.insert(), values)
    connection.execute(
        journal_head.update().where(journal_head.c.only == _ONLY),
        {"sequence": entry.sequence, "hash": entry.hash},
    )
    return entry
