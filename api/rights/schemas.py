"""Rights not taken up, as they are told, and what is written of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Day, Entry, View


class LackingView(View):
    """A fact or a proof that is missing, and the proofs that would do."""

    fact: str
    label: str
    accepted: list[str]


class RightView(View):
    """A right the household seems to have and did not get: to look at, never certain."""

    right: str
    subject: str
    label: str
    kind: str = Field(description="`not_known`, `not_proposed`, `not_requested` or `not_obtained`.")
    sentence: str
    because: list[str] = Field(description="Facts of the file it rests on.")
    lacking: list[LackingView]
    opens_on: date | None
    amount: str
    source: str
    mark: str
    state: str
    possible: list[str]


class RightList(View):
    """Every right the file makes one think of."""

    items: list[RightView]


class RightAct(Entry):
    """What happened to a right; it is asked for only with the household's dated agreement."""

    right: Annotated[str, Field(min_length=1, max_length=40)]
    subject: str = Field(default="", max_length=100)
    act: Literal["tell", "ask", "note_refusal", "ask_again", "note_obtained", "leave"]
    on: Day
    household_agreed_on: Day | None = None
