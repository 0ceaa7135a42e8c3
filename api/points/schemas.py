"""Points compared, and requests to the reference company."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.applications.change_schemas import Sentence
from api.applications.schemas import FactView, PointsLineView
from api.schemas import Day, Entry, Page, PageQuery, View


class Points(Entry):
    """Points of a file."""

    points: int = Field(ge=0, le=1_000, examples=[9])
    housing_points: int = Field(ge=0, le=1_000, examples=[5])
    personal_points: int = Field(ge=0, le=1_000, examples=[0])
    seniority_points: int = Field(ge=0, le=1_000, examples=[4])


class Recomputation(Entry):
    """What the reference company announced; left out, its own list is read."""

    announced: Points | None = None
    on: Day | None = Field(
        default=None, description="Day of what was announced.", examples=["2026-06-12"]
    )


class PointsRequestView(View):
    """A difference of points put to the reference company; no rank moves by it."""

    request_id: str
    application_id: str
    register_id: str = Field(description="Who asks.")
    reference_slsp_id: str
    state: str = Field(description="`asked`, `corrected`, `stood_by`, `taken_back`.")
    on_day: date
    rulebook: str
    rulebook_hash: str
    announced: Points
    computed: Points
    asked_at: datetime
    answered_on: date | None
    reason: str
    possible: list[str]


class RecomputedView(View):
    """A file worked out again, with what it was worked out from."""

    application_id: str
    reference_slsp_id: str
    on: date
    rulebook: str
    rulebook_hash: str = Field(description="SHA-256 of the rules.")
    points_authority: str = Field(
        description="`reference_file`: the reference company's file decides everywhere."
    )
    points_authority_mark: str = Field(description="How well that is established.")
    computed: Points
    announced: Points | None = Field(description="Empty when nothing was announced.")
    differences: list[str] = Field(description="Members that differ.")
    lines: list[PointsLineView]
    facts: list[FactView]
    request: PointsRequestView | None = Field(description="The request a difference opened.")


class PointsRequestsQuery(PageQuery):
    """Which requests."""

    state: Literal["", "asked", "corrected", "stood_by", "taken_back"] = ""


PointsRequestList = Page[PointsRequestView]


class PointsAnswer(Entry):
    """The answer: the reference company corrects its file or stands by it; who asked takes back."""

    act: Literal["correct", "stand_by", "take_back"]
    reason: Sentence
