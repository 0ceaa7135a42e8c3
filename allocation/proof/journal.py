"""
The journal as a chain: every entry carries the hash of the one before it.

Standard library only. An entry is an object of texts and whole numbers; its hash is the SHA-256
of its canonical JSON (RFC 8785) without the member ``hash``. Changing, removing, adding or moving
an entry breaks the chain at a place that ``first_broken`` names. Data of persons is in ``sealed``,
encrypted under a key of the person: destroying that key makes it unreadable and leaves the chain
whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

SCHEMA = "journal/1"
GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """
    One act.

    ``sequence`` counts from 1 without a gap. ``at`` is an instant in UTC, ISO 8601. ``content``
    names no person; ``sealed`` maps the owner of a key to what is encrypted under it.
    """

    sequence: int
    at: str
    act: str
    subject: str
    actor_id: str
    organisation_id: str
    content: Mapping[str, Any]
    sealed: Mapping[str, str]
    previous: str
    hash: str


@dataclass(frozen=True)
class Broken:
    """
    Where a chain breaks first, and how.

    ``fault``: ``sequence`` (an entry is missing, doubled or moved), ``link`` (it does not follow
    the one before it), ``content`` (it was changed after it was written), ``anchor`` (it is not
    the entry that was published as an anchor), ``end`` (the journal does not end where it should:
    from there on entries are missing, or too many).
    """

    sequence: int
    fault: str


def link(
    previous: str,
    *,
    sequence: int,
    at: str,
    act: str,
    subject: str,
    actor_id: str,
    organisation_id: str,
    content: Mapping[str, Any],
    sealed: Mapping[str, str],
) -> Entry:
    """The entry that follows the one whose hash is ``previous`` (``GENESIS`` for the first)."""
    entry = Entry(
        sequence, at, act, subject, actor_id, organisation_id, content, sealed, previous, ""
    )
    return Entry(**(_members(entry) | {"hash": hash_of(entry)}))


def hash_of(entry: Entry) -> str:
    """SHA-256 of the canonical form of an entry without its hash."""
    members = _members(entry) | {"schema": SCHEMA}
    del members["hash"]
    return hashlib.sha256(canonical(members)).hexdigest()


def first_broken(
    entries: Iterable[Entry], *, end: str | None = None, anchors: Mapping[int, str] | None = None
) -> Broken | None:
    """
    Walk a whole journal; ``None`` when every entry holds.

    Parameters
    ----------
    entries
        In the order of their sequence, from the first.
    end
        Hash the journal must end with; ``None`` not to look.
    anchors
        Hashes published earlier, by sequence: a journal that was written anew, its chain whole,
        does not pass through them.
    """
    previous, sequence, ended_at = GENESIS, 0, 0
    published = dict(anchors or {})
    for sequence, entry in enumerate(entries, start=1):
        if entry.sequence != sequence:
            return Broken(sequence, "sequence")
        if entry.previous != previous:
            return Broken(sequence, "link")
        if entry.hash != hash_of(entry):
            return Broken(sequence, "content")
        if published.pop(sequence, entry.hash) != entry.hash:
            return Broken(sequence, "anchor")
        previous = entry.hash
        if previous == end:
            ended_at = sequence
    if published:
        return Broken(min(published), "anchor")
    return None if end in (None, previous) else Broken((ended_at or sequence) + 1, "end")


def canonical(value: object) -> bytes:
    """Canonical JSON of texts, whole numbers, booleans, lists and objects with ASCII keys."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _members(entry: Entry) -> dict[str, Any]:
    return {f.name: getattr(entry, f.name) for f in fields(entry)}
