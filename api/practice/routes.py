"""Indicators, activities, projects, hours, good practice, calendars, letters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status

from api.accompaniment.routes import Accompanier, Reader
from api.auth.actor import Actor
from api.db.tables.practice import activity, practice
from api.idempotency import OnlyOnce
from api.practice import calendars, letters, measures, work
from api.practice.schemas import (
    ActivityEntry,
    ActivityList,
    ActivityView,
    FeedView,
    HoursEntry,
    HouseholdViewEntry,
    IndicatorList,
    IndicatorQuery,
    Kept,
    LetterView,
    PracticeEntry,
    PracticeList,
    PracticeView,
    ProjectEntry,
    ProjectList,
)
from api.requests import Allowed, Reading, Serving, Words, Writing
from api.routing import Route

router = APIRouter(tags=["practice"], route_class=Route)
Subscriber = Annotated[Actor, Depends(Allowed("calendars.subscribe"))]
Identifier = Annotated[str, Path(max_length=100)]


@router.get("/accompaniment/indicators")
def read_indicators(
    actor: Annotated[Actor, Depends(Allowed("indicators.read"))],
    asked: Annotated[IndicatorQuery, Query()],
    connection: Reading,
    serving: Serving,
    words: Words,
) -> IndicatorList:
    """How accompaniment is carried out, with denominators; small cells hidden outside."""
    is_own = actor.role in ("social_worker", "liaison", "partner")
    hides = asked.published or not is_own or actor.organisation_kind in ("region", "swl")
    return measures.told(connection, actor, today=serving.today(), publishes=hides, words=words)


@router.post("/household-views", status_code=status.HTTP_201_CREATED)
def keep_household_view(
    actor: Accompanier, asked: HouseholdViewEntry, connection: Writing, serving: Serving
) -> Kept:
    """A household's own view, if it wishes to give one: two questions, no name."""
    return Kept(identifier=measures.keep_view(connection, actor, asked, service=serving))


@router.get("/activities")
def list_activities(actor: Reader, connection: Reading) -> ActivityList:
    """Activities of collective accompaniment."""
    rows = work.rows_of(connection, actor, activity)
    return ActivityList(items=[ActivityView.model_validate(row) for row in rows])


@router.post("/activities", status_code=status.HTTP_201_CREATED)
def add_activity(
    actor: Accompanier, asked: ActivityEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> Kept:
    """An activity; how many came, never who."""

    def act() -> Kept:
        return Kept(identifier=work.add_activity(connection, actor, asked, service=serving))

    return once(connection, actor, asked, act=act, answer=Kept)


@router.get("/projects")
def list_projects(actor: Reader, connection: Reading, serving: Serving) -> ProjectList:
    """Projects that fund accompaniment: means, hours used, renewal."""
    return ProjectList(items=work.projects(connection, actor, service=serving))


@router.post("/projects", status_code=status.HTTP_201_CREATED)
def add_project(
    actor: Accompanier, asked: ProjectEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> Kept:
    """A call for projects that was won."""

    def act() -> Kept:
        return Kept(identifier=work.add_project(connection, actor, asked, service=serving))

    return once(connection, actor, asked, act=act, answer=Kept)


@router.post("/worked-hours", status_code=status.HTTP_201_CREATED)
def add_hours(
    actor: Accompanier, asked: HoursEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> Kept:
    """Hours of the organisation; supervision, exchange and work as a proxy are work."""

    def act() -> Kept:
        return Kept(identifier=work.add_hours(connection, actor, asked, service=serving))

    return once(connection, actor, asked, act=act, answer=Kept)


@router.get("/practices")
def read_library(
    actor: Annotated[Actor, Depends(Allowed("practices.read"))], connection: Reading
) -> PracticeList:
    """The anonymous library of good practice."""
    rows = work.rows_of(connection, actor, practice)
    return PracticeList(items=[PracticeView.model_validate(row) for row in rows])


@router.post("/practices", status_code=status.HTTP_201_CREATED)
def publish_practice(
    actor: Accompanier, asked: PracticeEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> Kept:
    """A practice to share: refused when a name or a long number is found in it."""

    def act() -> Kept:
        return Kept(identifier=work.publish(connection, actor, asked, service=serving))

    return once(connection, actor, asked, act=act, answer=Kept)


@router.get("/plans/{plan_id}/letters/{name}")
def read_letter(
    actor: Reader,
    plan_id: Identifier,
    name: letters.Name,
    connection: Reading,
    serving: Serving,
    words: Words,
) -> LetterView:
    """A letter about a plan in plain language, in the reader's language."""
    return letters.letter(connection, actor, plan_id, name, service=serving, words=words)


@router.get(
    "/plans/{plan_id}/letters/{name}/document",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The letter."}},
)
def print_letter(
    actor: Reader,
    plan_id: Identifier,
    name: letters.Name,
    connection: Reading,
    serving: Serving,
    words: Words,
) -> Response:
    """The same letter to print (PDF): large type, one sentence a line; it names no household."""
    content = letters.printed(connection, actor, plan_id, name, service=serving, words=words)
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.post("/calendars", status_code=status.HTTP_201_CREATED)
def subscribe_calendar(actor: Subscriber, connection: Writing, serving: Serving) -> FeedView:
    """The address of a calendar of one's deadlines; shown once."""
    return calendars.subscribe(connection, actor, service=serving)


@router.delete("/calendars/{feed_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_calendar(
    actor: Subscriber, feed_id: Identifier, connection: Writing, serving: Serving
) -> None:
    """The address answers nothing from now on."""
    calendars.end(connection, actor, feed_id, service=serving)


@router.get(
    "/calendars/{token}/feed.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "The calendar."}},
)
def read_calendar(
    token: Annotated[str, Path(max_length=200)], connection: Reading, serving: Serving, words: Words
) -> Response:
    """Deadlines as a calendar; whoever has the address reads it, and it names nobody."""
    content = calendars.written(connection, token, now=serving.now(), words=words)
    return Response(content, media_type=calendars.MEDIA_TYPE)
