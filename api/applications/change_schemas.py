"""Acts on an application, and changes of it, as the API takes and tells them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.applications.record_schemas import ApplicationRecord, WarningView
from api.schemas import Day, Entry, View

# PostgreSQL holds no NUL; it has no business in a sentence.
Sentence = Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"^[^\x00]*$")]
RowVersion = Annotated[int, Field(ge=1, description="`row_version` of the file that was read.")]


class ChangeReport(Entry):
    """The file as it is to be, and where the news comes from."""

    record: ApplicationRecord
    row_version: RowVersion
    reported_on: Day = Field(examples=["2026-06-12"])
    reported_by: Literal["household", "slsp", "authority"]


class Hearing(Entry):
    """How the household was heard."""

    heard_on: Day = Field(examples=["2026-06-15"])
    how: Literal["in_person", "in_writing", "did_not_come"]
    said: Sentence = Field(description="What it said, or how and when it was invited in vain.")


class Withdrawal(Entry):
    """The household gives its application up."""

    asked_on: Day = Field(examples=["2026-06-12"])
    row_version: RowVersion


class ReasonGiven(Entry):
    """Why a person decides so."""

    reason: Sentence


class StandingChange(View):
    """What the file is worth on one day."""

    points: int
    housing_points: int
    personal_points: int
    seniority_points: int
    admissible: int = Field(description="1 admitted, 0 not, -1 not known.")
    ground: str
    income_category: int
    bedrooms: int | None
    has_disabled_member: bool
    has_member_over_65: bool


class ChangeView(View):
    """A change: applied at once, or waiting for the household to be heard."""

    change_id: str
    application_id: str
    state: str = Field(description="to_hear, heard, applied or dropped.")
    reported_on: date
    reported_by: str
    losses: list[str] = Field(description="What it takes from the household; empty: nothing.")
    before: StandingChange
    after: StandingChange
    heard_on: date | None
    heard_how: str
    possible: list[str] = Field(description="Acts possible now.")
    row_version: int = Field(description="Of the application.")
    warnings: tuple[WarningView, ...] = ()


class ChangeList(View):
    """Changes of an application, the latest first."""

    items: list[ChangeView]
