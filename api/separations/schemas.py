"""A separation as the API takes and tells it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Day, Entry, View

Name = Annotated[str, Field(min_length=1, max_length=64)]


class ChoiceOfLeaver(Entry):
    """A commune or section those who leave would accept."""

    nis5: str = Field(pattern=r"^\d{5}$", examples=["52011"])
    section_id: str | None = Field(default=None, max_length=64)


class Separation(Entry):
    """Who leaves with a file of their own, and what goes with them."""

    row_version: Annotated[int, Field(ge=1, description="`row_version` of the file that was read.")]
    separated_on: Day = Field(examples=["2026-06-10"])
    leave: list[Name] = Field(min_length=1, max_length=20, description="Members who leave.")
    in_both: list[Name] = Field(
        default=[],
        max_length=20,
        description="Children lodged with both: they stand in either file, by shared lodging.",
    )
    facts_of_household: list[Name] = Field(
        default=[],
        max_length=40,
        description="Facts of the household as a whole that go with those who leave.",
    )
    choices: list[ChoiceOfLeaver] = Field(
        default=[], max_length=5, description="Of those who leave; left out: as they were."
    )
    seniority: Literal["", "kept_by_both", "new_for_who_leaves"] = Field(
        default="", description="Needed unless the company's settings say it."
    )


class SeparationView(View):
    """A separation, and whether each file was looked at since."""

    separation_id: str
    application_id: str = Field(description="Of those who stay.")
    new_id: str = Field(description="Of those who left.")
    separated_on: date
    seniority: str
    seniority_mark: str = Field(description="`decided` by a person, or the mark of the setting.")
    losses: list[str] = Field(description="What the file of those who stay is worth less of.")
    stays_checked_on: date | None
    leaves_checked_on: date | None


class SeparationList(View):
    """Separations, those to look at first."""

    items: list[SeparationView]


class Check(Entry):
    """One of the two files was looked at: household, incomes, choices, proofs."""

    side: Literal["stays", "leaves"]
    checked_on: Day = Field(examples=["2026-06-20"])
