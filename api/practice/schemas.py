"""Indicators, activities, projects and the rest, as they are sent and told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Day, Entry, Query, View

Line = Annotated[str, Field(min_length=1, max_length=200)]
Story = Annotated[str, Field(min_length=1, max_length=4000)]


class IndicatorView(View):
    """A share with its denominator, or a median with how many it is taken of."""

    code: str
    label: str
    n: int | None = Field(description="Hidden when a cell is under ten, outside the service.")
    of: int | None


class ViewCount(View):
    """Answers of households to one of the two questions."""

    question: str
    answers: dict[str, int | None]


class IndicatorList(View):
    """How accompaniment is carried out; arrears are none of these figures."""

    is_published: bool = Field(description="Cells under ten are hidden.")
    plans: int | None
    items: list[IndicatorView]
    views: list[ViewCount]


class IndicatorQuery(Query):
    """Whether to see them as they may leave the service."""

    published: bool = False


class HouseholdViewEntry(Entry):
    """The household's own view, if it wishes: kept without plan, day or name."""

    helped: Literal["yes", "partly", "no"]
    felt_free: Literal["yes", "partly", "no"]


class Kept(View):
    """It was kept."""

    identifier: str


class ActivityEntry(Entry):
    """A collective activity; attendance is a number."""

    title: Line
    nis5: str = Field(min_length=1, max_length=10)
    on: Day
    attended: int | None = Field(default=None, ge=0, le=100_000)


class ActivityView(View):
    """An activity."""

    activity_id: str
    title: str
    nis5: str
    on: date
    attended: int | None


class ActivityList(View):
    """Activities, the latest first."""

    items: list[ActivityView]


class ProjectEntry(Entry):
    """A call for projects that funds accompaniment."""

    title: Line
    call: Line
    funder: Line
    means_cents: int = Field(ge=0)
    hours: int = Field(ge=0, le=1_000_000)
    places: int = Field(default=0, ge=0, le=100_000)
    from_on: Day
    to_on: Day
    renewal_by: Day | None = None
    priority: str = Field(default="", max_length=40)


class ProjectView(View):
    """A project: means, hours used, what a place costs, when to renew."""

    project_id: str
    title: str
    call: str
    funder: str
    means_cents: int
    hours: int
    hours_used: int
    places: int
    cents_per_place: int | None
    from_on: date
    to_on: date
    renewal_by: date | None
    priority: str
    is_to_renew: bool


class ProjectList(View):
    """Projects, those to renew first."""

    items: list[ProjectView]


class HoursEntry(Entry):
    """Hours worked: supervision and exchange are work."""

    kind: Literal["accompaniment", "supervision", "exchange", "proxy"]
    on: Day
    minutes: int = Field(ge=1, le=100_000)
    project_id: str | None = Field(default=None, max_length=100)


class PracticeEntry(Entry):
    """A practice to share, without names, places or numbers."""

    title: Line
    situation: Story
    tried: Story
    learnt: Story


class PracticeView(View):
    """A practice of the library; who wrote it is not told."""

    practice_id: str
    title: str
    situation: str
    tried: str
    learnt: str


class PracticeList(View):
    """The library."""

    items: list[PracticeView]


class FeedView(View):
    """The address of a calendar: shown once, to be pasted into one's own calendar."""

    feed_id: str
    path: str


class LetterView(View):
    """A letter in plain language: to be read, printed, said."""

    name: str
    title: str
    paragraphs: list[str]
