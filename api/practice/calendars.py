"""
Deadlines as a calendar to subscribe to (iCalendar, RFC 5545).

The address is the key: it is shown once and kept as a hash. What leaves by it goes to somebody
else's server, so that no event names a person, a file or a place.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from allocation.accompaniment.plans import ENDS
from allocation.wording import Catalogue
from api.access import AbsentError, may, visible_to
from api.auth.actor import Actor
from api.db.tables.accompaniment import plan
from api.db.tables.organisations import account, organisation
from api.db.tables.orientation import queue_entry, referral
from api.db.tables.practice import calendar_feed, project
from api.practice.schemas import FeedView
from api.service import Service

if TYPE_CHECKING:
    from icalendar import Calendar

PREFIX = "cal_"
MEDIA_TYPE = "text/calendar; charset=utf-8"
_SHOWN = 4  # last characters of an identifier: enough to find it, too little to find it elsewhere


@dataclass(frozen=True, order=True)
class Day:
    """A day on which something is due, by kind, and the identifier it is due for."""

    on: date
    kind: str
    subject: str


def subscribe(connection: sa.Connection, actor: Actor, *, service: Service) -> FeedView:
    """Draw the address of a calendar of the actor's deadlines; it is shown this once."""
    token = PREFIX + secrets.token_urlsafe(32)
    feed_id = f"cal-{secrets.token_hex(8)}"
    values = {
        "feed_id": feed_id,
        "organisation_id": actor.organisation_id,
        "account_id": actor.actor_id,
        "token_hash": _hashed(token),
        "made_at": service.now(),
    }
    connection.execute(calendar_feed.insert(), values)
    return FeedView(feed_id=feed_id, path=f"/api/v1/calendars/{token}/feed.ics")


def end(connection: sa.Connection, actor: Actor, feed_id: str, *, service: Service) -> None:
    """
    End a calendar of one's organisation, at once and for good: its address answers nothing.

    Raises
    ------
    AbsentError
        ``access.absent``.
    """
    mine = sa.and_(visible_to(actor, calendar_feed), calendar_feed.c.feed_id == feed_id)
    ended = calendar_feed.update().where(mine).values(ended_at=service.now())
    if connection.execute(ended).rowcount == 0:
        raise AbsentError("Nothing of that name.")


def written(connection: sa.Connection, token: str, *, now: datetime, words: Catalogue) -> bytes:
    """
    The calendar of an address, for as long as its account may still read those deadlines.

    Raises
    ------
    AbsentError
        ``access.absent``.
    """
    actor = _actor_of(connection, token)
    if actor is None or not may(actor, "accompaniment.read"):
        raise AbsentError("No such calendar.")
    calendar = _calendar(words)
    for day in sorted(_days(connection, actor)):
        _add(calendar, day, now=now, words=words)
    content: bytes = calendar.to_ical()
    return content


def _actor_of(connection: sa.Connection, token: str) -> Actor | None:
    query = (
        sa.select(account.c.account_id, account.c.role, organisation)
        .select_from(
            calendar_feed.join(account, account.c.account_id == calendar_feed.c.account_id).join(
                organisation, organisation.c.organisation_id == account.c.organisation_id
            )
        )
        .where(
            calendar_feed.c.token_hash == _hashed(token),
            calendar_feed.c.ended_at.is_(None),
            account.c.is_active.is_(True),
        )
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Actor(row.account_id, row.organisation_id, row.kind, row.role)


def _days(connection: sa.Connection, actor: Actor) -> Iterator[Day]:
    of_plans = sa.select(plan).where(visible_to(actor, plan), plan.c.state.not_in(sorted(ENDS)))
    for row in connection.execute(of_plans):
        if row.next_review_on is not None:
            yield Day(row.next_review_on, "review", row.plan_id)
        if row.until_on is not None:
            yield Day(row.until_on, "support_until", row.plan_id)
    of_referrals = sa.select(referral).where(
        visible_to(actor, referral), referral.c.state == "sent"
    )
    for row in connection.execute(of_referrals):
        yield Day(row.due_on, "referral", row.referral_id)
    of_queue = sa.select(queue_entry).where(
        queue_entry.c.owner_id == actor.organisation_id, queue_entry.c.ended_on.is_(None)
    )
    for row in connection.execute(of_queue):
        yield Day(row.until_on, "queue_until", row.entry_id)
    of_projects = sa.select(project).where(
        visible_to(actor, project), project.c.renewal_by.is_not(None)
    )
    for row in connection.execute(of_projects):
        yield Day(row.renewal_by, "project_renewal", row.project_id)


def _calendar(words: Catalogue) -> Calendar:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Passerelle//deadlines//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", words.text("support.calendar.name"))
    return calendar


def _add(calendar: Calendar, day: Day, *, now: datetime, words: Catalogue) -> None:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{hashlib.sha256(day.subject.encode()).hexdigest()[:24]}-{day.kind}")
    event.add("dtstamp", now)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    said = words.text(f"support.calendar.{day.kind}", mark=day.subject[-_SHOWN:])
    event.add("summary", said)
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
