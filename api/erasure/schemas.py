"""Erasing a person, as the API takes and tells it."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from api.schemas import Day, Entry, View


class ErasureAsked(Entry):
    """What the named person establishes before data goes for good."""

    closed_on: Day = Field(
        description="Day the time starts from: what `GET /retention` says for the rule that fits.",
        examples=["2024-05-31"],
    )
    row_version: int = Field(description="Version of the file that was read.", examples=[4])


class ErasureView(View):
    """A person erased: the identifier stays, for totals and proofs."""

    application_id: str
    rule: str
    kept_until: date
    run_id: str = Field(description="The work that takes the names out of files of meetings.")


class RetentionView(View):
    """How long one kind of file is kept."""

    code: str
    statuses: tuple[str, ...]
    is_housed: bool
    keep_years: int
    counted_from: str
    source: str
    status: str = Field(description="`assumed` until a text or the company confirms it.")


class RetentionList(View):
    """The rules, in the order in which they are tried."""

    items: tuple[RetentionView, ...]
