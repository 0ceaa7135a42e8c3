"""One entry more, in the transaction of the act it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from allocation.proof.journal import GENESIS, Entry, canonical, link
from api.auth.actor import Actor
from api.db.bulk import insert_rows
from api.db.tables.journal import journal_entry, journal_head
from api.partners.events import tell

_ONLY = 1


@dataclass(frozen=True)
class Act:
    """What was done to what, with its facts; the members are those of ``append``."""

    act: str
    subject: str
    content: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)


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
    written = Act(act, subject, content or {}, sealed or {})
    return append_all(connection, [written], actor=actor, now=now)[0]


def append_all(
    connection: sa.Connection, acts: Sequence[Act], *, actor: Actor, now: datetime
) -> list[Entry]:
    """Write many acts of one actor down, in their order; partners concerned are told."""
    head = connection.execute(sa.select(journal_head).with_for_update()).one_or_none()
    if head is None:
        connection.execute(journal_head.insert(), {"only": _ONLY, "sequence": 0, "hash": GENESIS})
    last, previous = (0, GENESIS) if head is None else (head.sequence, head.hash)
    mandate = {"mandate_id": actor.mandate_id} if actor.mandate_id else {}
    entries = []
    for sequence, act in enumerate(acts, start=last + 1):
        entry = link(
            previous,
            sequence=sequence,
            at=now.isoformat(),
            act=act.act,
            subject=act.subject,
            actor_id=actor.actor_id,
            organisation_id=actor.organisation_id,
            content=dict(act.content) | mandate,
            sealed=dict(act.sealed),
        )
        entries.append(entry)
        previous = entry.hash
    insert_rows(connection, journal_entry, [_row(entry) for entry in entries])
    connection.execute(
        journal_head.update().where(journal_head.c.only == _ONLY),
        {"sequence": last + len(entries), "hash": previous},
    )
    tell(connection, entries)
    return entries


def _row(entry: Entry) -> dict[str, Any]:
    return vars(entry) | {
        "content": canonical(entry.content).decode(),
        "sealed": canonical(entry.sealed).decode(),
    }
