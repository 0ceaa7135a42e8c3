"""Offers as they are sent and told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Day, Entry, Page, PageQuery, View

Name = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(min_length=1, max_length=4000)]


class OfferEntry(Entry):
    """A dwelling offered to the household entitled to it."""

    dwelling_id: Name
    application_id: Name


class OfferAnswer(Entry):
    """What the household answers."""

    answer: Literal["accept", "refuse", "refuse_with_ground"]
    answered_on: Day = Field(examples=["2026-12-09"])
    ground: str = Field(default="", max_length=4000, description="With `refuse_with_ground`.")


class Judgement(Entry):
    """Whether the ground of a refusal is accepted; one that is does not count."""

    is_justified: bool
    reason: Reason


class Silence(Entry):
    """No answer came in time; whether that counts as a refusal was decided by the committee."""

    counts_as_refusal: bool | None = None


class OfferWithdrawal(Entry):
    """The company takes an offer back; the household stays entitled."""

    reason: Reason


class Contact(Entry):
    """An attempt to reach the household."""

    contacted_on: Day
    way: Literal["letter", "registered_letter", "telephone", "e_mail", "visit", "partner"]
    was_reached: bool


class ContactView(Contact):
    """An attempt as recorded."""

    sequence: int
    recorded_by: str
    recorded_at: datetime


class OffersQuery(PageQuery):
    """Which offers."""

    meeting_id: str = Field(default="", max_length=100)
    application_id: str = Field(default="", max_length=100)
    state: Literal[
        "",
        "open",
        "accepted",
        "refused",
        "ground_given",
        "refused_justified",
        "silence",
        "withdrawn",
    ] = ""


class OfferView(View):
    """An offer and what became of it."""

    offer_id: str
    meeting_id: str
    dwelling_id: str
    application_id: str
    made_on: date
    made_by: str
    state: str
    answered_on: date | None
    answer_due_on: date | None = Field(
        description="Last day to answer; empty while the company has set no time (U19)."
    )
    is_as_chosen: bool = Field(description="A refusal of another dwelling does not count.")
    silence_counts: bool | None
    reason: str
    possible: list[str] = Field(description="Acts possible now.")


class OfferFile(OfferView):
    """An offer with its contacts."""

    contacts: list[ContactView]


class OfferList(Page[OfferView]):
    """A page of offers, latest first."""
