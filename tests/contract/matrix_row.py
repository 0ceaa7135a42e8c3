"""What a row of the matrix is made of: the roles, and what a caller elsewhere gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STAFF = {"clerk", "manager", "committee_member", "social_worker", "liaison"}
CONTROL = {"commissioner", "auditor"}
PREPARE = {"clerk", "manager"}
JUDGES = {"manager", "committee_member"}
ACCOMPANY = {"social_worker", "liaison", "partner"}
EVERYBODY = STAFF | CONTROL | {"advisor", "administrator", "partner"}


@dataclass(frozen=True)
class Row:
    """
    One route.

    ``roles`` may call it. ``path`` is the address, with ``{meeting}`` or ``{run}`` where an
    identifier of La Sambrienne goes (``World.ids``);
    ``body`` what is sent. ``elsewhere``: the status a caller of the right role at another company
    gets, or ``own`` when the route only ever speaks of the caller's own things.
    """

    roles: set[str]
    path: str
    body: Any = None
    elsewhere: int | str = 404
    headers: dict[str, str] = field(default_factory=dict)
