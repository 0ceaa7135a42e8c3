"""Complaints to the company and appeals to the chamber: every last day, and both silences."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import (
    APPEAL,
    AppealDates,
    AppealDeadlines,
    appeal_deadlines,
    check_appeal_act,
)
from allocation.procedure.appeals import WON
from allocation.rules import load_rulebook
from api.access import AbsentError
from api.applications.reach import touch_all
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.procedures import appeal
from api.db.tables.register import applications
from api.decisions.queries import is_application_visible
from api.journal import append
from api.journal.sealing import seal
from api.procedures import queries
from api.procedures.schemas import AppealAct, AppealEntry, AppealView
from api.service import Service

RULEBOOK = "wallonia"


class DayToComeError(HousingError):
    """Nothing is recorded as done on a day to come."""

    code: ClassVar[str] = "procedure.day_to_come"


# The day an act writes down.
_DAY_OF = {
    "uphold": "answered_on",
    "reject": "answered_on",
    "refer_to_chamber": "referred_on",
    "win": "decided_on",
    "lose": "decided_on",
    "record_silence_of_chamber": "decided_on",
}


def lodge(
    connection: sa.Connection, actor: Actor, asked: AppealEntry, *, service: Service
) -> AppealView:
    """Write a complaint down; a late one is taken too, a person judges it."""
    if not is_application_visible(connection, actor, asked.application_id):
        raise AbsentError("No such application.")
    appeal_id = f"app-{secrets.token_hex(8)}"
    values = asked.model_dump() | {
        "appeal_id": appeal_id,
        "register_id": actor.organisation_id,
        "state": APPEAL.initial,
    }
    connection.execute(appeal.insert(), values)
    owner = asked.application_id
    append(
        connection,
        "appeal.lodged",
        subject=appeal_id,
        actor=actor,
        now=service.now(),
        content={"application_id": owner, "about": asked.about, "on": asked.lodged_on.isoformat()},
        sealed={owner: seal(connection, owner, {"reason": asked.reason}, secret=service.secret)},
    )
    return view(queries.one_of(connection, actor, appeal, appeal_id, to_change=False))


def act_on(
    connection: sa.Connection, actor: Actor, appeal_id: str, asked: AppealAct, *, service: Service
) -> AppealView:
    """
    Write down what happened; who wins before the chamber, or by its silence, is served first.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``; ``procedure.too_early``: a silence before its day.
    DayToComeError
        ``procedure.day_to_come``.
    """
    seen = queries.one_of(connection, actor, appeal, appeal_id, to_change=False)
    if APPEAL.after(seen.state, asked.act) in WON:
        touch_all(connection, actor, [seen.application_id], service=service)
    row = queries.one_of(connection, actor, appeal, appeal_id, to_change=True)
    state = APPEAL.after(row.state, asked.act)
    if asked.on > service.today():
        raise DayToComeError("Not yet.")
    check_appeal_act(asked.act, asked.on, deadlines_of(row))
    values: dict[str, Any] = {"state": state}
    if asked.act in _DAY_OF:
        values[_DAY_OF[asked.act]] = asked.on
    connection.execute(appeal.update().where(appeal.c.appeal_id == appeal_id).values(values))
    if state in WON:
        mine = applications.c.application_id == row.application_id
        raised = {"appeal_won_on": asked.on, "row_version": applications.c.row_version + 1}
        connection.execute(applications.update().where(mine).values(raised))
    content = {
        "application_id": row.application_id,
        "state": state,
        "on": asked.on.isoformat(),
    }
    append(
        connection,
        f"appeal.{asked.act}",
        subject=appeal_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return view(queries.one_of(connection, actor, appeal, appeal_id, to_change=False))


def deadlines_of(row: Row) -> AppealDeadlines:
    """Every last day, by the rulebook."""
    names = ("known_on", "lodged_on", "received_on", "answered_on", "referred_on")
    dates = AppealDates(**{n: getattr(row, n) for n in names})
    return appeal_deadlines(dates, load_rulebook(RULEBOOK))


def view(row: Row) -> AppealView:
    """An appeal as told."""
    values = {n: getattr(row, n) for n in AppealView.model_fields if hasattr(row, n)}
    values |= vars(deadlines_of(row)) | {"possible": list(APPEAL.possible(row.state))}
    return AppealView(**values)
