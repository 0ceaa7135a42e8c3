"""Requests for fresh proofs as the API takes and tells them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from allocation.procedure.once_only import Origin
from api.schemas import Day, Entry, View


class RequestPlan(Entry):
    """Until when the proofs are awaited: the company says it, no text was found that does."""

    due_on: Day = Field(examples=["2026-06-25"])


class RequestAct(Entry):
    """What became of a request."""

    act: Literal["record_receipt", "note_missing", "do_without"]
    on: Day = Field(examples=["2026-06-20"])
    origin: Origin | None = Field(
        default=None,
        description="Of a receipt: the household's word, a paper, or a source looked up that day.",
    )
    source: str = Field(default="", max_length=40, description="Authentic source looked up.")


class HowView(View):
    """How one condition or fact is proved again: looked up where it is held, or asked for."""

    what: str = Field(description="Condition, or fact.")
    way: Literal["look_up", "ask"] = Field(
        description="`look_up`: by a person authorised there, not asked of the household."
    )
    source: str
    label: str
    mark: str = Field(description="How well it is known that the source holds it.")


class RequestView(View):
    """What is asked of one household, and whether it came."""

    request_id: str
    meeting_id: str
    application_id: str
    dwellings: list[str] = Field(description="Dwellings for which it is among the first.")
    conditions: list[str] = Field(description="Conditions to prove again.")
    facts: list[str] = Field(description="Facts its points rest on, with their proof.")
    n_closed: int = Field(description="Facts of health or violence, not told to this reader.")
    state: str = Field(description="`asked`, `received`, `missing`, `not_needed`.")
    asked_on: date
    due_on: date
    received_on: date | None
    origin: str | None = Field(default=None, description="Where the proof was obtained.")
    source: str | None = None
    how: tuple[HowView, ...] = ()
    possible: list[str]


class RequestList(View):
    """The requests of a meeting; one that is missing changes no rank by itself."""

    first_per_dwelling: int = Field(description="How many households a dwelling.")
    mark: str = Field(description="How well that number is established.")
    items: list[RequestView]
