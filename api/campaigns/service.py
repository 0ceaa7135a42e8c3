"""
The yearly confirmation: opened, recalled, answered, closed; silence is decided one by one.

Closing a campaign deletes nobody: it lists who did not answer. An application goes, or stays, by
the act of a person who gives a reason.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import CONFIRMATION, IllegalActError, confirmation_window
from allocation.rules import load_rulebook
from api.applications.reach import begin
from api.applications.service import ACTIVE, StatusByProcedureError, append_sealed, set_columns
from api.applications.standings import Terms, current_terms
from api.auth.actor import Actor
from api.campaigns import queries
from api.campaigns.schemas import Answer, CampaignPlan, Decision, Reminder
from api.db import Row
from api.db.bulk import insert_rows
from api.db.tables.campaigns import campaign, confirmation
from api.db.tables.register import applications, register
from api.journal import append
from api.service import Service

OPEN, CLOSED = "open", "closed"
DELETED_STATUS = "struck_off"
# Any day early enough to owe a confirmation in every year.
LONG_AGO = date(1900, 1, 1)


class CampaignPresentError(HousingError):
    """There is a campaign for that year already."""

    code: ClassVar[str] = "campaign.present"


class CampaignClosedError(HousingError):
    """The campaign is closed."""

    code: ClassVar[str] = "campaign.closed"


class NoWindowError(HousingError):
    """The rulebook has no window for that year."""

    code: ClassVar[str] = "campaign.no_window"


class DayError(HousingError):
    """The day is before the window, or has not come yet."""

    code: ClassVar[str] = "campaign.day"


def open_campaign(
    connection: sa.Connection, actor: Actor, asked: CampaignPlan, *, service: Service
) -> str:
    """Open the campaign of a year with everybody who owes a confirmation; gives its identifier."""
    register_id = actor.organisation_id
    # The register's row is the lock of everybody who opens a campaign of it.
    connection.execute(
        sa.select(register.c.version).where(register.c.register_id == register_id).with_for_update()
    )
    mine = sa.and_(campaign.c.register_id == register_id, campaign.c.year == asked.year)
    if connection.scalar(sa.select(campaign.c.campaign_id).where(mine)) is not None:
        raise CampaignPresentError("Opened already.", year=str(asked.year))
    terms = current_terms(connection, register_id, today=service.today())
    rulebook = load_rulebook(terms.rulebook)
    window = confirmation_window(LONG_AGO, asked.year, rulebook, terms.settings)
    if window is None:
        raise NoWindowError("No window.", year=str(asked.year))
    campaign_id = f"cmp-{asked.year}-{secrets.token_hex(6)}"
    values = {
        "campaign_id": campaign_id,
        "register_id": register_id,
        "year": asked.year,
        "from_on": window.from_on,
        "to_on": window.to_on,
        "grace_to_on": window.to_on + timedelta(days=asked.grace_days),
        "channels": json.dumps(list(dict.fromkeys(asked.channels))),
        "state": OPEN,
        "opened_at": service.now(),
    }
    connection.execute(campaign.insert(), values)
    owing = _owing(connection, register_id, asked.year, terms)
    rows = [_line(row, campaign_id, window.from_on) for row in owing]
    insert_rows(connection, confirmation, rows)
    content = {"year": asked.year, "applications": len(rows)}
    _tell(connection, "campaign.opened", campaign_id, actor, service=service, content=content)
    return campaign_id


def _owing(connection: sa.Connection, register_id: str, year: int, terms: Terms) -> list[Row]:
    """Active applications of the company that owe a confirmation in that year."""
    rulebook = load_rulebook(terms.rulebook)
    found = connection.execute(
        sa.select(
            applications.c.application_id,
            applications.c.registered_on,
            applications.c.last_confirmed_on,
        )
        .where(applications.c.reference_slsp_id == register_id, applications.c.status.in_(ACTIVE))
        .order_by(applications.c.application_id)
    )
    owes: dict[date, bool] = {}  # few days, many applications

    def owing(day: date) -> bool:
        if day not in owes:
            owes[day] = confirmation_window(day, year, rulebook, terms.settings) is not None
        return owes[day]

    return [row for row in found if owing(row.registered_on)]


def _line(row: Row, campaign_id: str, from_on: date) -> dict[str, object]:
    """A line of the campaign; who confirmed within the window already is not asked again."""
    is_done = row.last_confirmed_on is not None and row.last_confirmed_on >= from_on
    return {
        "campaign_id": campaign_id,
        "application_id": row.application_id,
        "state": "confirmed" if is_done else CONFIRMATION.initial,
        "reminders": 0,
        "confirmed_on": row.last_confirmed_on if is_done else None,
        "channel": "",
        "decided_by": "",
    }


def remind(
    connection: sa.Connection, actor: Actor, campaign_id: str, asked: Reminder, *, service: Service
) -> None:
    """Write down that everybody awaited was reminded."""
    found = queries.one_campaign(connection, actor, campaign_id)
    _require_open(found)
    _refuse_day(asked.sent_on, found, service)
    awaited = sa.and_(
        confirmation.c.campaign_id == campaign_id, confirmation.c.state == CONFIRMATION.initial
    )
    values = {"reminders": confirmation.c.reminders + 1, "reminded_on": asked.sent_on}
    n = connection.execute(confirmation.update().where(awaited).values(values)).rowcount
    content = {"channel": asked.channel, "sent_on": asked.sent_on.isoformat(), "applications": n}
    _tell(connection, "campaign.reminded", campaign_id, actor, service=service, content=content)


def answer(
    connection: sa.Connection, actor: Actor, campaign_id: str, asked: Answer, *, service: Service
) -> None:
    """A household confirms, in time or late; the day enters its file."""
    found = queries.one_campaign(connection, actor, campaign_id)
    row = begin(connection, actor, asked.application_id, service=service)
    line = queries.one_confirmation(connection, actor, campaign_id, asked.application_id)
    act = "confirm_late" if line.state == "unanswered" else "confirm"
    state = CONFIRMATION.after(line.state, act)
    _refuse_day(asked.confirmed_on, found, service, since=found.from_on)
    if row.status not in ACTIVE:
        raise StatusByProcedureError("Not an active application.")
    values = {"state": state, "confirmed_on": asked.confirmed_on, "channel": asked.channel}
    _change(connection, line, **values)
    # A number of confirmations that is not known stays so: one more does not make it known.
    counted = None if row.confirmations is None else row.confirmations + 1
    last = max(filter(None, (row.last_confirmed_on, asked.confirmed_on)))
    set_columns(connection, row.application_id, last_confirmed_on=last, confirmations=counted)
    content = {
        "campaign_id": campaign_id,
        "confirmed_on": asked.confirmed_on.isoformat(),
        "channel": asked.channel,
    }
    act = f"confirmation.{act}"
    _tell(connection, act, row.application_id, actor, service=service, content=content)


def close(connection: sa.Connection, actor: Actor, campaign_id: str, *, service: Service) -> None:
    """
    End the campaign: who has not answered is listed, and nothing more.

    Raises
    ------
    IllegalActError
        ``procedure.too_early``: the window and its days of grace still run.
    """
    found = queries.one_campaign(connection, actor, campaign_id)
    _require_open(found)
    if service.today() <= found.grace_to_on:
        raise IllegalActError("procedure.too_early", "Still open.", due_on=found.grace_to_on)
    mine = campaign.c.campaign_id == campaign_id
    closed = {"state": CLOSED, "closed_at": service.now()}
    connection.execute(campaign.update().where(mine).values(closed))
    awaited = sa.and_(
        confirmation.c.campaign_id == campaign_id, confirmation.c.state == CONFIRMATION.initial
    )
    state = CONFIRMATION.after(CONFIRMATION.initial, "close_window")
    n = connection.execute(confirmation.update().where(awaited).values(state=state)).rowcount
    content = {"unanswered": n}
    _tell(connection, "campaign.closed", campaign_id, actor, service=service, content=content)


def decide(
    connection: sa.Connection, actor: Actor, campaign_id: str, asked: Decision, *, service: Service
) -> None:
    """A person keeps or deletes one application that was not confirmed, and says why."""
    queries.one_campaign(connection, actor, campaign_id)
    row = begin(connection, actor, asked.application_id, service=service)
    line = queries.one_confirmation(connection, actor, campaign_id, asked.application_id)
    state = CONFIRMATION.after(line.state, asked.decision)
    if row.status not in ACTIVE:
        raise StatusByProcedureError("Not an active application.")
    _change(connection, line, state=state, decided_by=actor.actor_id)
    if asked.decision == "delete":
        set_columns(connection, row.application_id, status=DELETED_STATUS)
    append_sealed(
        connection,
        f"confirmation.{asked.decision}",
        row.application_id,
        {"reason": asked.reason},
        actor=actor,
        service=service,
        content={"campaign_id": campaign_id},
    )


def _require_open(found: Row) -> None:
    if found.state != OPEN:
        raise CampaignClosedError("Closed.")


def _refuse_day(day: date, found: Row, service: Service, *, since: date | None = None) -> None:
    if day > service.today() or (since is not None and day < since):
        raise DayError("Not a day for that.", from_on=found.from_on, today=service.today())


def _change(connection: sa.Connection, line: Row, **values: object) -> None:
    mine = sa.and_(
        confirmation.c.campaign_id == line.campaign_id,
        confirmation.c.application_id == line.application_id,
    )
    connection.execute(confirmation.update().where(mine).values(values))


def _tell(
    connection: sa.Connection,
    act: str,
    subject: str,
    actor: Actor,
    *,
    service: Service,
    content: Mapping[str, object],
) -> None:
    append(connection, act, subject=subject, actor=actor, now=service.now(), content=content)
