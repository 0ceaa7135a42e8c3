"""The journal as the API tells it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.schemas import PageQuery, View


class JournalQuery(PageQuery):
    """Which entries."""

    subject: str = Field(default="", max_length=100, description="Only what was done to this.")


class EntryView(View):
    """One act, with what is needed to check the chain offline."""

    sequence: int
    at: str
    act: str
    subject: str
    actor_id: str
    organisation_id: str
    content: dict[str, Any]
    sealed: dict[str, str]
    previous: str
    hash: str


class VerificationView(View):
    """Whether the journal holds, and where it breaks first."""

    entries: int
    end: str = Field(description="Hash of the last entry: an anchor to publish.")
    is_sound: bool
    broken_sequence: int | None
    fault: str = Field(description="`sequence`, `link`, `content`, `end`; empty when sound.")
