"""Who is asking, whatever the way they proved it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """
    A person or a program, in the name of one organisation.

    ``actor_id`` is what the journal names: an account or a credential, never a person's name.
    ``scopes`` limit a program; a person has ``None``, the role says it all. ``mandate_id``: the
    mandate of a household under which a partner acts on its file; the journal names it.
    """

    actor_id: str
    organisation_id: str
    organisation_kind: str
    role: str
    scopes: frozenset[str] | None = None
    mandate_id: str = ""
