"""The journal as the API tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from api.schemas import Day, PageQuery, Query, View


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


class AlteredView(View):
    """A row changed behind the journal's back; `sequence`: the last entry about it, 0 for none."""

    table: str
    row_id: str
    fault: str = Field(description="`changed`, `removed`, or `unwritten`.")
    sequence: int


class VerificationView(View):
    """Whether the journal holds, and where it breaks first."""

    entries: int
    end: str = Field(description="Hash of the last entry: an anchor to publish.")
    is_sound: bool
    broken_sequence: int | None
    fault: str = Field(description="`sequence`, `link`, `content`, `end`; empty when none.")
    rows: int = Field(description="Rows the journal vouches for: those that decide a right.")
    before: int = Field(
        description="Of these, rows older than the vouching for their table, as they were found."
    )
    altered: list[AlteredView] = Field(description="Rows that are not as the journal left them.")
    sentence: str = Field(description="What was found, in the reader's language.")


class AnchorsQuery(Query):
    """Since when."""

    since: Day | None = Field(default=None, description="First day; a month ago when left out.")


class AnchorView(View):
    """The last entry of a day: publish its hash, and nothing before it can be written anew."""

    day: date
    sequence: int
    hash: str


class AnchorList(View):
    """One anchor per day on which something was written."""

    items: list[AnchorView]
