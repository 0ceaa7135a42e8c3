"""Strike-offs: the rule proposes one after counted refusals; a named person decides and ends it."""

from __future__ import annotations

import json
import secrets

import sqlalchemy as sa

from allocation.procedure import STRIKE_OFF, IllegalActError, Offer, due_strike_off
from allocation.rules import load_rulebook
from api.applications.reach import touch_all
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.offers import offer_course
from api.db.tables.procedures import strike_off
from api.db.tables.register import applications, offers
from api.journal import append
from api.journal.sealing import seal
from api.meetings.record import meeting_of
from api.offers.letting import ADMITTED, set_status
from api.procedures import queries
from api.procedures.schemas import StrikeOffAct, StrikeOffView
from api.service import Service

STRUCK_OFF = "struck_off"
_RUNNING = ("proposed", "in_force", "lifting_asked")


def propose_due(
    connection: sa.Connection, actor: Actor, application_id: str, *, meeting: Row, service: Service
) -> None:
    """Write down the strike-off that the refusals of a household lead to, if any is due."""
    mine = strike_off.c.application_id == application_id
    before = list(connection.execute(sa.select(strike_off).where(mine)))
    if any(row.state in _RUNNING for row in before):
        return
    since = max((row.from_on for row in before), default=None)
    planned = meeting_of(meeting.settings)
    due = due_strike_off(
        _offers_of(connection, application_id),
        load_rulebook(planned.rulebook),
        since=since,
        settings=planned.settings,
    )
    if due is None:
        return
    values = {
        "strike_off_id": f"str-{secrets.token_hex(8)}",
        "register_id": meeting.register_id,
        "application_id": application_id,
        "state": STRIKE_OFF.initial,
        "offers": json.dumps(due.offers),
        "from_on": due.from_on,
        "until_on": due.until_on,
        "reason": "",
    }
    connection.execute(strike_off.insert(), values)
    append(
        connection,
        "strike_off.proposed",
        subject=str(values["strike_off_id"]),
        actor=actor,
        now=service.now(),
        content={"application_id": application_id, "offers": list(due.offers)},
    )


def act_on(
    connection: sa.Connection,
    actor: Actor,
    strike_off_id: str,
    asked: StrikeOffAct,
    *,
    service: Service,
) -> StrikeOffView:
    """
    Do a named act; the status of the application follows.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``; ``procedure.too_early``: the end recorded before its day.
    """
    seen = queries.one_of(connection, actor, strike_off, strike_off_id, to_change=False)
    touch_all(connection, actor, [seen.application_id], service=service)
    row = queries.one_of(connection, actor, strike_off, strike_off_id, to_change=True)
    state = STRIKE_OFF.after(row.state, asked.act)
    if asked.act == "record_end" and service.today() < row.until_on:
        raise IllegalActError("procedure.too_early", "It still runs.", due_on=row.until_on)
    _follow(connection, row, asked.act)
    mine = strike_off.c.strike_off_id == strike_off_id
    connection.execute(strike_off.update().where(mine).values(state=state, reason=asked.reason))
    owner = row.application_id
    append(
        connection,
        f"strike_off.{asked.act}",
        subject=strike_off_id,
        actor=actor,
        now=service.now(),
        content={"application_id": owner, "state": state, "until_on": row.until_on.isoformat()},
        sealed={owner: seal(connection, owner, {"reason": asked.reason}, secret=service.secret)},
    )
    return view(queries.one_of(connection, actor, strike_off, strike_off_id, to_change=False))


def view(row: Row) -> StrikeOffView:
    """A strike-off as told."""
    values = {n: getattr(row, n) for n in StrikeOffView.model_fields if n != "possible"}
    values |= {"offers": json.loads(row.offers), "possible": list(STRIKE_OFF.possible(row.state))}
    return StrikeOffView(**values)


def _follow(connection: sa.Connection, row: Row, act: str) -> None:
    """An application that is not open is not struck off; one that is struck off comes back."""
    mine = applications.c.application_id == row.application_id
    status = connection.scalar(sa.select(applications.c.status).where(mine).with_for_update())
    if act == "decide":
        if status != ADMITTED:
            raise IllegalActError(
                "procedure.illegal_act", "Not open.", state=status, possible="dismiss"
            )
        set_status(connection, row.application_id, STRUCK_OFF, until_on=row.until_on)
    elif act in ("lift", "record_end") and status == STRUCK_OFF:
        set_status(connection, row.application_id, ADMITTED)


def _offers_of(connection: sa.Connection, application_id: str) -> list[Offer]:
    """Every offer made to a household, those of the files included."""
    rows = connection.execute(
        sa.select(
            offers, offer_course.c.state, offer_course.c.is_as_chosen, offer_course.c.silence_counts
        )
        .outerjoin(offer_course, offer_course.c.offer_id == offers.c.offer_id)
        .where(offers.c.application_id == application_id)
    )
    return [
        Offer(
            row.offer_id,
            row.application_id,
            row.dwelling_id,
            row.made_on,
            row.state or row.answer,
            row.answered_on,
            row.is_as_chosen is not False,
            silence_counts=row.silence_counts,
        )
        for row in rows
    ]
