"""Places offered to partners as they are sent and told."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas import Entry, View


class PlaceEntry(Entry):
    """A dwelling in which the place of the agreement in turn is offered."""

    dwelling_id: str = Field(min_length=1, max_length=64, examples=["D1"])
    decided_without_support: str = Field(
        default="",
        max_length=1000,
        description="Why one houses although the partner has no free place of support; about the "
        "service, never about a person.",
    )


class PlaceAnswer(Entry):
    """The partner's answer."""

    answer: Literal["take_up", "pass_on"]
    application_id: str = Field(
        default="", max_length=64, description="`take_up`: a household presented under it."
    )


class PlaceHome(View):
    """What a partner is told of the dwelling."""

    nis5: str | None
    kind: str
    bedrooms: int
    accessibility: str
    floor: int | None
    has_lift: str | None
    available_on: date | None


class PlaceFateView(View):
    """What becomes of the place when no household presented fills it."""

    policy: Literal["release", "next_in_turn", "reassign", "report_only"]
    to: str = Field(description="`reassign`: the agreement it goes to.")
    is_assumed: bool = Field(description="The text of the agreement says nothing of it.")
    held_until_on: date | None = Field(
        description="Last day it is kept; empty: until a meeting has found nobody."
    )


class PlaceView(View):
    """A place offered, and what follows."""

    place_offer_id: str
    register_id: str
    agreement_id: str
    dwelling_id: str
    home: PlaceHome
    state: str
    offered_on: date
    due_on: date = Field(description="Last day to answer; a silence is then recorded by a person.")
    answered_on: date | None
    application_id: str | None
    fate: PlaceFateView | None = Field(description="Of a place taken up.")
    possible: tuple[str, ...]


class PlaceList(View):
    """Places offered, the latest first."""

    items: tuple[PlaceView, ...]


class TurnView(View):
    """An agreement that could be offered a place, in its turn."""

    agreement_id: str
    quota_id: str
    year_remaining: int | None
    free_places: int | None = Field(description="Of support; empty when it promises none.")
    answer_days: int | None


class TurnList(View):
    """Whose turn it is for a dwelling; nobody: it is the general list's."""

    items: tuple[TurnView, ...] = Field(description="Those about such a dwelling, in turn.")
    had_their_turn: tuple[str, ...]
    next_agreement_id: str = Field(description="Empty: the general list.")
