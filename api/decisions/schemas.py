"""Decisions, derogations and entitlements as they are sent and told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas import Day, Entry, View

Name = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(min_length=1, max_length=4000)]


class DwellingDecision(Entry):
    """What the committee decides of one dwelling."""

    dwelling_id: Name
    decision: Literal["follow", "derogate", "not_let"] = Field(
        description="`follow` the proposal, even where it leaves the dwelling empty."
    )
    derogation_id: str = Field(default="", max_length=100, description="With `derogate`.")
    reason: str = Field(default="", max_length=4000, description="With `not_let`.")


class MeetingDecision(Entry):
    """The committee's decision: every dwelling of the proposal, once each."""

    decisions: list[DwellingDecision] = Field(
        min_length=1,
        max_length=5000,
        examples=[[{"dwelling_id": "d-000123", "decision": "follow"}]],
    )


class Posting(Entry):
    """The allocations are on the notice board; the time to complain runs from that day."""

    posted_on: Day = Field(examples=["2026-12-03"])


class CommuneShare(Entry):
    """Share of social dwellings in the commune, which sets the ceiling of derogations."""

    social_share: str = Field(pattern=r"^[01](\.\d{1,6})?$", examples=["0.12"])
    stock_growth: str = Field(default="0", pattern=r"^\d{1,2}(\.\d{1,6})?$", examples=["0"])
    source: str = Field(min_length=1, max_length=500)


class DerogationEntry(Entry):
    """A departure from the order, put to the committee."""

    dwelling_id: Name
    application_id: Name
    ground: Name = Field(examples=["derogation_urgency"])
    reason: Reason
    attested: list[Name] = Field(
        default=[], max_length=20, description="Conditions a document on file attests."
    )
    commune_share: CommuneShare | None = None


class Opinion(Entry):
    """The commissioner's opinion."""

    opinion: Literal["concurring", "adverse"]
    reason: Reason


class DerogationView(View):
    """A derogation, with the persons it passes over."""

    derogation_id: str
    meeting_id: str
    dwelling_id: str
    application_id: str
    state: str = Field(description="`proposed`, `concurred`, `opposed`, `decided`, `dropped`.")
    ground: str
    reason: str
    attested: list[str]
    not_attested: list[str] = Field(description="Conditions of the ground no document attests.")
    passed_over: list[str] = Field(description="Who came before, in their order.")
    counted: dict[str, Any] | None = Field(
        description="Derogations of the year in the commune and their ceiling; empty while the "
        "share of social dwellings of the commune is not known."
    )
    opinion: str
    opinion_by: str


class DerogationList(View):
    """The derogations put to one meeting."""

    items: tuple[DerogationView, ...]


class Withdrawal(Entry):
    """A dwelling no longer to let, or a household that leaves the meeting."""

    dwelling_id: str = Field(default="", max_length=100)
    application_id: str = Field(default="", max_length=100)
    reason: Reason


class OfferState(View):
    """The last offer made of a dwelling after the meeting."""

    offer_id: str
    application_id: str
    state: str
    made_on: date


class EntitlementView(View):
    """One dwelling of the meeting: who is entitled to it now, and why."""

    dwelling_id: str
    decision: str
    application_id: str | None = Field(description="The only household it may be offered to.")
    ground: str = Field(
        description="`proposal`, `continuation`, `derogation`; or why nobody is entitled: "
        "`empty`, `not_let`, `awaited` (being worked out), `nobody_left`, `new_ranking` (left to "
        "the next meeting), `not_set` (the company has not said what follows a refusal), "
        "`derogation_ended`."
    )
    channel: str
    derogation_id: str | None
    passed_over: list[dict[str, Any]] = Field(
        description="Who came before and may not have it, and the quotas that say so."
    )
    next_in_line: list[dict[str, Any]]
    offer: OfferState | None


class EntitlementList(View):
    """Every dwelling of a meeting, by identifier."""

    meeting_id: str
    state: str
    items: tuple[EntitlementView, ...]
