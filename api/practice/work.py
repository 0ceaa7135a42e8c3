"""Activities, projects, hours and the library of good practice."""

from __future__ import annotations

import re
import secrets
from typing import ClassVar

import sqlalchemy as sa

from allocation.accompaniment.directory import DirectoryError
from allocation.errors import HousingError
from allocation.territory import communes
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import plan
from api.db.tables.practice import activity, practice, project, worked_hours
from api.db.tables.register import household_members
from api.journal import append
from api.practice.schemas import (
    ActivityEntry,
    HoursEntry,
    PracticeEntry,
    ProjectEntry,
    ProjectView,
)
from api.procedures.appeals import DayToComeError
from api.service import Service

LATEST = 500
MINUTES = 60
_NUMBERS = re.compile(r"\d(?:[\s./-]?\d){5,}")
_SHORTEST_NAME = 3


class PracticeError(HousingError):
    """
    Something that cannot stand as it is written.

    ``practice.names_somebody``: a name or a long number in a text that is to be anonymous;
    ``project.ends_before``.
    """

    code: ClassVar[str] = "practice.names_somebody"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # one class, two stable codes


def add_activity(
    connection: sa.Connection, actor: Actor, asked: ActivityEntry, *, service: Service
) -> str:
    """An activity, past or to come; attendance as a number, of a past one."""
    if asked.nis5 not in communes():
        raise DirectoryError("directory.unknown_commune", "No commune.", value=asked.nis5)
    if asked.attended is not None and asked.on > service.today():
        raise DayToComeError("Not yet.")
    activity_id = f"act-{secrets.token_hex(8)}"
    values = asked.model_dump() | {"activity_id": activity_id}
    connection.execute(activity.insert(), values | _owner(actor))
    _tell(connection, "activity.added", activity_id, actor, service)
    return activity_id


def add_project(
    connection: sa.Connection, actor: Actor, asked: ProjectEntry, *, service: Service
) -> str:
    """
    A project that funds accompaniment, for a time.

    Raises
    ------
    PracticeError
        ``project.ends_before``.
    """
    if asked.to_on < asked.from_on:
        raise PracticeError("project.ends_before", "It ends before it begins.")
    project_id = f"prj-{secrets.token_hex(8)}"
    connection.execute(
        project.insert(), asked.model_dump() | {"project_id": project_id} | _owner(actor)
    )
    _tell(connection, "project.added", project_id, actor, service)
    return project_id


def add_hours(
    connection: sa.Connection, actor: Actor, asked: HoursEntry, *, service: Service
) -> str:
    """Hours of the organisation: there is no column for whose they are."""
    if asked.on > service.today():
        raise DayToComeError("Not yet.")
    if asked.project_id is not None:
        mine = sa.select(project.c.project_id).where(
            visible_to(actor, project), project.c.project_id == asked.project_id
        )
        if connection.scalar(mine) is None:
            raise AbsentError("No such project.")
    hours_id = f"hrs-{secrets.token_hex(8)}"
    connection.execute(
        worked_hours.insert(), asked.model_dump() | {"hours_id": hours_id} | _owner(actor)
    )
    return hours_id


def projects(connection: sa.Connection, actor: Actor, *, service: Service) -> list[ProjectView]:
    """The projects of the actor's organisation, the first to renew first."""
    used = sa.select(
        worked_hours.c.project_id, sa.func.sum(worked_hours.c.minutes).label("minutes")
    ).group_by(worked_hours.c.project_id)
    by_project = {row.project_id: int(row.minutes) for row in connection.execute(used)}
    rows = connection.execute(
        sa.select(project)
        .where(visible_to(actor, project))
        .order_by(sa.func.coalesce(project.c.renewal_by, project.c.to_on), project.c.project_id)
    )
    today = service.today()
    return [
        ProjectView(
            **{n: getattr(r, n) for n in ProjectView.model_fields if n in r._mapping},
            hours_used=by_project.get(r.project_id, 0) // MINUTES,
            cents_per_place=r.means_cents // r.places if r.places else None,
            is_to_renew=r.renewal_by is not None and today <= r.renewal_by <= r.to_on >= today,
        )
        for r in rows
    ]


def publish(
    connection: sa.Connection, actor: Actor, asked: PracticeEntry, *, service: Service
) -> str:
    """
    Add a practice to the library, once no name and no long number is found in it.

    Raises
    ------
    PracticeError
        ``practice.names_somebody``.
    """
    text = " ".join(asked.model_dump().values())
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}
    if _NUMBERS.search(text) or words & _names(connection, actor):
        raise PracticeError("practice.names_somebody", "Somebody could be found.")
    practice_id = f"pra-{secrets.token_hex(8)}"
    values = asked.model_dump() | {"practice_id": practice_id, "published_on": service.today()}
    connection.execute(practice.insert(), values | _owner(actor))
    _tell(connection, "practice.published", practice_id, actor, service)
    return practice_id


def rows_of(connection: sa.Connection, actor: Actor, table: sa.Table) -> list[Row]:
    """Rows of a table that exist for the actor, the latest first."""
    day = table.c.on if "on" in table.c else table.c.published_on
    (key,) = table.primary_key.columns
    query = sa.select(table).where(visible_to(actor, table)).order_by(day.desc(), key)
    return list(connection.execute(query.limit(LATEST)))


def _names(connection: sa.Connection, actor: Actor) -> set[str]:
    """Names and aliases of whom the organisation accompanies, word by word."""
    query = (
        sa.select(household_members.c.family_name, household_members.c.given_name, plan.c.alias)
        .select_from(
            plan.outerjoin(
                household_members, household_members.c.application_id == plan.c.application_id
            )
        )
        .where(visible_to(actor, plan))
    )
    texts = " ".join(str(cell) for row in connection.execute(query) for cell in row if cell)
    found = {word.casefold() for word in re.findall(r"[^\W\d_]+", texts)}
    return {word for word in found if len(word) >= _SHORTEST_NAME}


def _owner(actor: Actor) -> dict[str, str]:
    return {"organisation_id": actor.organisation_id}


def _tell(
    connection: sa.Connection, act: str, subject: str, actor: Actor, service: Service
) -> None:
    append(connection, act, subject=subject, actor=actor, now=service.now())
