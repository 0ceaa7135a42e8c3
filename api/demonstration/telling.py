"""
The story of ``data/bridges.yaml``, told in the database of a demonstration register.

Agreements of several types, stays in several statuses, plans, referrals, a shared queue and places
offered: each by an act of the service, in the name of the party it belongs to. The days are counted
from the day the story is told on, never after the day of the register's meeting, so that the
agreements of the register are in force.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.rules.periods import after_months
from api.access import DeniedError, may
from api.agreements.queries import in_the_register
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.register import (
    HELD_BY,
    applications,
    dwellings,
    facts,
    offers,
    presentations,
    register,
    vacancies,
)
from api.db.tables.standings import standing
from api.demonstration.acts import ACTS, Doing, version_read
from api.loading import COMMAND_ACTOR_ID
from api.meetings.record import next_meeting
from api.service import Service, today

COMPANY = "company"
_DAY = re.compile(r"today|(?P<n>\d+) (?P<unit>days|months) (?P<way>ago|ahead)")
_YEAR = "this year"
_VERSIONED = ("agreement.act", "plan.change")


class StoryError(HousingError):
    """
    The story cannot be told here.

    ``demonstration.not_demo``: there is a real register, or none; ``demonstration.nobody``: the
    register has nobody, or no dwelling, of that kind left.
    """

    code: ClassVar[str] = "demonstration.not_demo"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, two stable codes


@dataclass
class Story:
    """Where the telling stands: the names given so far, and the day it is told on."""

    connection: sa.Connection
    service: Service
    company_id: str
    names: dict[str, str] = field(default_factory=dict)

    def said(self, value: Any) -> Any:
        """A value with its days, its names and its company filled in."""
        if isinstance(value, dict):
            return {k: self.said(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.said(v) for v in value]
        if not isinstance(value, str):
            return value
        if value == _YEAR:
            return self.service.today().year
        if value == COMPANY:
            return self.company_id
        if value.startswith("$"):
            return self.names[value[1:]]
        found = _DAY.fullmatch(value)
        return value if found is None else day_said(found, self.service.today())


def day_said(found: re.Match[str], on: date) -> date:
    """``today``, ``12 days ago``, ``5 months ahead``, from a day."""
    if found["n"] is None:
        return on
    n = int(found["n"]) * (-1 if found["way"] == "ago" else 1)
    return after_months(on, n) if found["unit"] == "months" else on + timedelta(days=n)


def tell(connection: sa.Connection, service: Service, company_id: str) -> int:
    """
    Tell the story in the register of a company; gives the number of acts done.

    To be called in one transaction: a step that is refused leaves nothing of the others.

    Raises
    ------
    StoryError
        ``demonstration.not_demo``, ``demonstration.nobody``.
    """
    kinds = set(connection.scalars(sa.select(register.c.kind)))
    if kinds != {"demo"}:
        raise StoryError("demonstration.not_demo", "Only beside demonstration registers.")
    written = _read()
    story = Story(connection, _told_on_time(connection, service, company_id), company_id)
    story.names |= _drawn(connection, story.company_id, written)
    for step in written["steps"]:
        _do(story, step)
    return len(written["steps"])


def _read() -> Mapping[str, Any]:
    from ruamel.yaml import YAML

    text = files(__package__).joinpath("data", "bridges.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


def _told_on_time(connection: sa.Connection, service: Service, company_id: str) -> Service:
    """The service on the day of the story: today, or the day of the meeting once it is past."""
    now = service.now()
    planned = next_meeting(connection, company_id, today=date.min)
    if planned is None or planned.meeting_on >= today(now):
        return service
    at = datetime.combine(planned.meeting_on, time(9), tzinfo=UTC)
    return replace(service, now=lambda: at)


def _drawn(
    connection: sa.Connection, company_id: str, written: Mapping[str, Any]
) -> dict[str, str]:
    """Every household and home of the story by its name, each drawn once."""
    names: dict[str, str] = {}
    for name, wanted in written["households"].items():
        names[name] = _household(connection, company_id, set(names.values()), **wanted)
    for name, wanted in written["homes"].items():
        names[name] = _home(connection, company_id, names, **wanted)
    return names


def _household(
    connection: sa.Connection,
    company_id: str,
    taken: set[str],
    *,
    presented_under: str | None = None,
    income_category: int | None = None,
    is_tenant: bool = False,
) -> str:
    """An admitted household, whose file does not speak of a stay yet."""
    mine = applications.c.application_id
    of_agreement = sa.select(presentations.c.application_id)
    if presented_under:
        of_agreement = of_agreement.where(presentations.c.agreement_id == presented_under)
    lives_with_us = applications.c.current_dwelling_id.is_not(None)
    query = sa.select(mine).where(
        applications.c[HELD_BY] == company_id,
        applications.c.status == "admitted",
        mine.not_in(taken),
        lives_with_us if is_tenant else sa.not_(lives_with_us),
    )
    if presented_under is not None:
        query = query.where(
            mine.in_(of_agreement) if presented_under else mine.not_in(of_agreement)
        )
    if not presented_under:
        has_stay = sa.select(facts.c.application_id).where(facts.c.fact == "temporary_housing")
        query = query.where(mine.not_in(has_stay))
    if income_category is not None:
        of_category = sa.select(standing.c.application_id).where(
            standing.c.income_category == income_category
        )
        query = query.where(mine.in_(of_category))
    return _first(connection, query.order_by(mine), presented_under=presented_under or "-")


def _home(
    connection: sa.Connection,
    company_id: str,
    names: Mapping[str, str],
    *,
    regime: str = "",
    of: str = "",
    is_vacant: bool = False,
) -> str:
    """A dwelling of the company: of a regime, of a tenant, or to be let from the list."""
    if of:
        mine = applications.c.application_id == names[of]
        query = sa.select(applications.c.current_dwelling_id).where(mine)
        return _first(connection, query, of=of)
    key = dwellings.c.dwelling_id
    query = sa.select(key).where(dwellings.c[HELD_BY] == company_id, key.not_in(names.values()))
    if is_vacant:
        offered = sa.select(offers.c.dwelling_id).where(offers.c.answer == "open")
        free = sa.select(vacancies.c.dwelling_id).where(vacancies.c.agreement_id.is_(None))
        query = query.where(key.in_(free), key.not_in(offered), dwellings.c.regime == "social")
    else:
        named = sa.select(vacancies.c.dwelling_id)
        query = query.where(dwellings.c.regime == regime, key.not_in(named))
    return _first(connection, query.order_by(key), regime=regime or "-")


def _first(connection: sa.Connection, query: sa.Select[Any], **wanted: str) -> str:
    found = connection.scalar(query.limit(1))
    if found is None:
        raise StoryError("demonstration.nobody", "Nobody like that.", **wanted)
    return str(found)


def _do(story: Story, step: Mapping[str, Any]) -> None:
    """One step, by its party, if it may."""
    act = ACTS[step["do"]]
    actor = _actor(story, step["by"])
    if not may(actor, act.allowed):
        raise DeniedError("Not theirs to do.", act=act.allowed)
    doing = Doing(
        story.connection, actor, story.service, story.said(step.get("to", "")),
        int(step.get("number", 0)),
    )  # fmt: skip
    body = story.said(step["with"])
    if step["do"] == "agreement.file":
        body["terms"] = _as_the_register(story, body["agreement_id"], body["terms"])
    if step["do"] in _VERSIONED:
        body["row_version"] = version_read(doing)
    given = act.do(doing, act.entry.model_validate(body))
    if "named" in step:
        story.names[step["named"]] = str(given)


def _actor(story: Story, by: str) -> Actor:
    """``ORGANISATION ROLE``: who acts; the journal names the command."""
    named, role = by.split(" ")
    organisation_id = str(story.said(named))
    mine = organisation.c.organisation_id == organisation_id
    kind = story.connection.scalar(sa.select(organisation.c.kind).where(mine))
    return Actor(COMMAND_ACTOR_ID, organisation_id, str(kind), role)


def _as_the_register(story: Story, agreement_id: str, terms: dict[str, Any]) -> dict[str, Any]:
    """The text of an agreement of the register, with the term and the seats it has there."""
    row: Row | None = in_the_register(story.connection, agreement_id)
    if row is None:
        raise StoryError("demonstration.nobody", "No such agreement.", agreement_id=agreement_id)
    capacity = terms.get("capacity", {}) | {"seats_per_year": row.seats_per_year}
    term = {"in_force_from": row.in_force_from, "in_force_to": row.in_force_to}
    return terms | term | {"capacity": capacity}
