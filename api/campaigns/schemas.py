"""Campaigns and confirmations as the API takes and tells them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.applications.change_schemas import Sentence
from api.schemas import Day, Entry, Page, PageQuery, View

Channel = Literal["post", "email", "phone", "desk", "online", "partner"]
State = Literal["awaited", "confirmed", "unanswered", "kept", "deleted"]


class CampaignPlan(Entry):
    """A campaign to open; its window is that of the rulebook."""

    year: int = Field(ge=2000, le=2100, examples=[2027])
    channels: list[Channel] = Field(min_length=1, max_length=6, examples=[["post", "online"]])
    grace_days: int = Field(
        default=0, ge=0, le=366, description="Days after the window before it may be closed."
    )


class Reminder(Entry):
    """A reminder sent to everybody who has not answered."""

    channel: Channel
    sent_on: Day = Field(examples=["2027-02-01"])


class Answer(Entry):
    """A household confirms its application."""

    application_id: str = Field(min_length=1, max_length=100)
    confirmed_on: Day = Field(examples=["2027-01-20"])
    channel: Channel


class Decision(Entry):
    """What a person decides of one application that was not confirmed."""

    application_id: str = Field(min_length=1, max_length=100)
    decision: Literal["keep", "delete"]
    reason: Sentence


class CampaignView(View):
    """A campaign, and how many applications are in each state."""

    campaign_id: str
    year: int
    from_on: date
    to_on: date
    grace_to_on: date
    channels: list[str]
    state: str
    counts: dict[str, int]


class CampaignList(View):
    """Campaigns, the latest year first."""

    items: list[CampaignView]


class ConfirmationsQuery(PageQuery):
    """Which lines of a campaign."""

    state: Literal["", "awaited", "confirmed", "unanswered", "kept", "deleted"] = ""


class ConfirmationView(View):
    """One application in a campaign."""

    application_id: str
    applicant: str
    state: str
    reminders: int
    reminded_on: date | None
    confirmed_on: date | None
    channel: str
    possible: list[str] = Field(description="Acts possible now.")


class ConfirmationList(Page[ConfirmationView]):
    """A page of the lines of a campaign, by identifier."""
