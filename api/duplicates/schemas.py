"""Suspicions and decisions as the API takes and tells them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from api.applications.change_schemas import Sentence
from api.schemas import Entry, Page, View


class SamePersonView(View):
    """A person found in both applications, and on what ground."""

    first_member: str
    second_member: str
    ground: str = Field(
        description="national_number, name_and_birth, close_name_and_birth, name_and_close_birth."
    )


class SuspicionView(View):
    """Two applications that may be one household."""

    first: str
    second: str
    persons: list[SamePersonView]


class SuspicionList(Page[SuspicionView]):
    """A page of suspicions, the strongest first."""


class VerdictEntry(Entry):
    """What a person decides of two applications."""

    first: str = Field(min_length=1, max_length=100, examples=["app-0123456789abcdef"])
    second: str = Field(min_length=1, max_length=100, examples=["app-fedcba9876543210"])
    same: bool = Field(description="One household; false keeps them apart for good.")
    reason: Sentence


class VerdictView(View):
    """A decision, undone or not."""

    verdict_id: str
    first: str
    second: str
    same: bool
    decided_by: str
    decided_on: date
    undone_by: str | None
    undone_on: date | None


class VerdictList(View):
    """Decisions, the latest first."""

    items: list[VerdictView]


class HouseholdSet(View):
    """Applications of one household, chains included."""

    applications: list[str]


class SetList(View):
    """Every set of two applications or more."""

    items: list[HouseholdSet]
