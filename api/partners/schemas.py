"""Agreements, presentations and events as a partner sends and reads them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas import Day, Entry, Page, PageQuery, View

MOST_AT_ONCE = 1_000


class AgreementView(View):
    """One of the partner's own agreements, with its places and what is used of them."""

    agreement_id: str
    register_id: str = Field(description="The company it was made with.")
    kind: str
    signed_on: date | None
    in_force_from: date
    in_force_to: date | None
    is_in_force: bool
    public: str | None
    seats_per_year: int | None
    seats_used_this_year: int
    accompaniment_places: int | None
    accompaniment_used: int | None = Field(
        description="Places in use: what the register says, stays and plans; a household once."
    )
    presented: int = Field(description="Candidates presented under it now.")


class AgreementList(View):
    """All of them."""

    items: list[AgreementView]


class PresentationEntry(Entry):
    """A candidate to present, with the proof that the partner knows the household."""

    agreement_id: str = Field(min_length=1, max_length=64, examples=["C1"])
    application_id: str = Field(min_length=1, max_length=64, examples=["A2"])
    born_on: Day = Field(
        description="Date of birth of a member of the household.", examples=["1998-07-28"]
    )
    household_agreed_on: Day = Field(
        description="Day the household itself agreed to be presented.", examples=["2026-06-10"]
    )


class PresentationBatch(Entry):
    """Many at once; each is done or refused by itself."""

    items: list[PresentationEntry] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Outcome(View):
    """What became of one line of a batch."""

    index: int = Field(description="Place in what was sent, from 0.")
    agreement_id: str
    application_id: str
    outcome: Literal["presented", "refused"]
    code: str = Field(description="Why it was refused; empty otherwise.")
    sentence: str


class BatchResult(View):
    """What became of every line, in the order sent."""

    presented: int
    refused: int
    items: list[Outcome]


class Withdrawal(Entry):
    """Why a candidate is no longer presented."""

    reason: Literal["asked_by_household", "housed_elsewhere", "other"]


class CandidateOffer(View):
    """An offer made to a candidate."""

    offer_id: str
    dwelling_id: str
    made_on: date
    answer: str
    answered_on: date | None


class PresentationView(View):
    """A candidate the partner presents, and where things stand."""

    agreement_id: str
    application_id: str
    presented_on: date
    household_agreed_on: date | None
    status: str = Field(description="`admitted`, `incomplete`, `struck_off`, `withdrawn`.")
    status_until_on: date | None
    last_confirmed_on: date | None
    offers: list[CandidateOffer]


class PresentationsQuery(PageQuery):
    """Which candidates."""

    agreement_id: str = Field(default="", max_length=64)
    status: Literal["", "admitted", "incomplete", "struck_off", "withdrawn"] = ""


class EventView(View):
    """Something that happened to a candidate; the body of a webhook has the same members."""

    event_id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]


class EventsPage(Page[EventView]):
    """`next_cursor` is never empty: keep it, and come back with it for what is new."""
