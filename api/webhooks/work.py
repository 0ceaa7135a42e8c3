"""
The worker's part: sends what is due, in order for each candidate, again and again for a while.

An attempt that fails is made again after a pause that grows, for about three days; what follows
about the same candidate waits for it. A message may come twice (its `webhook-id` is the same),
never out of order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa

from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.partners import partner_event, webhook, webhook_delivery
from api.jobs.running import Run
from api.jobs.worker import Finish, Result
from api.service import Service
from api.webhooks.outbox import DELIVERED, FAILED, PENDING, ask_delivery
from api.webhooks.sending import Reply, send
from api.webhooks.signing import signature
from api.wrapping import unwrap

PAUSES = tuple(
    timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
MOST_IN_A_RUN, FAILURES_IN_A_RUN = 200, 3
_EARLIER = webhook_delivery.alias("earlier")


@dataclass(frozen=True)
class Attempt:
    """A message that was sent, or not."""

    delivery: Row
    reply: Reply


def deliver(service: Service, run: Run) -> Finish:
    """Send what is due to one webhook."""
    with service.database.reading() as connection:
        target = connection.execute(
            sa.select(webhook, organisation.c.is_sandbox)
            .join(organisation, organisation.c.organisation_id == webhook.c.organisation_id)
            .where(webhook.c.webhook_id == run.subject, webhook.c.is_active)
        ).one_or_none()
        waiting = [] if target is None else _due(connection, target, now=service.now())
    if target is None:
        return lambda _: {"sent": 0}
    attempts = _attempts(service, target, waiting)

    def finish(connection: sa.Connection) -> Result:
        for attempt in attempts:
            _keep(connection, attempt, now=service.now())
        if any(a.reply.status == HTTPStatus.GONE for a in attempts):
            mine = webhook.c.webhook_id == target.webhook_id
            connection.execute(webhook.update().where(mine).values(is_active=False))
            return {"sent": 0, "ended": True}
        _ask_again(connection, target, now=service.now())
        return {"sent": sum(a.reply.is_taken for a in attempts), "tried": len(attempts)}

    return finish


def _due(connection: sa.Connection, target: Row, *, now: datetime) -> list[Row]:
    """Deliveries that are due and wait for no other, with their events, in order."""
    return list(
        connection.execute(
            sa.select(
                webhook_delivery, partner_event.c.type, partner_event.c.at, partner_event.c.data
            )
            .join(partner_event, partner_event.c.event_id == webhook_delivery.c.event_id)
            .where(
                _is_pending_of(target),
                webhook_delivery.c.due_at <= now,
                ~_has_earlier(_EARLIER.c.due_at > now),
            )
            .order_by(webhook_delivery.c.sequence)
            .limit(MOST_IN_A_RUN)
        )
    )


def _is_pending_of(target: Row) -> sa.ColumnElement[bool]:
    mine = webhook_delivery.c.webhook_id == target.webhook_id
    return sa.and_(mine, webhook_delivery.c.state == PENDING)


def _has_earlier(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether an earlier message about the same candidate is still pending."""
    return sa.exists().where(
        _EARLIER.c.webhook_id == webhook_delivery.c.webhook_id,
        _EARLIER.c.application_id == webhook_delivery.c.application_id,
        _EARLIER.c.state == PENDING,
        _EARLIER.c.sequence < webhook_delivery.c.sequence,
        *conditions,
    )


def _attempts(service: Service, target: Row, waiting: Iterable[Row]) -> list[Attempt]:
    """Try each in order; what follows a message that failed about the same candidate waits."""
    key = unwrap(service.secret, target.wrapped_secret, bound_to=target.webhook_id)
    held: set[str] = set()
    found: list[Attempt] = []
    failures = 0
    for delivery in waiting:
        if delivery.application_id in held:
            continue
        reply = _sent(target, delivery, key, now=service.now())
        found.append(Attempt(delivery, reply))
        if not reply.is_taken:
            held.add(delivery.application_id)
            failures += 1
        if failures >= FAILURES_IN_A_RUN or reply.status == HTTPStatus.GONE:
            break
    return found


def _sent(target: Row, delivery: Row, key: bytes, *, now: datetime) -> Reply:
    body = body_of(delivery)
    timestamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "Passerelle",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(key, delivery.event_id, timestamp, body),
    }
    return send(target.url, headers, body, is_sandbox=target.is_sandbox)


def body_of(event: Row) -> bytes:
    """The body of a message; the same bytes at every attempt."""
    told = {"type": event.type, "timestamp": event.at.isoformat(), "data": json.loads(event.data)}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def _keep(connection: sa.Connection, attempt: Attempt, *, now: datetime) -> None:
    delivery, reply = attempt.delivery, attempt.reply
    n = delivery.attempts + 1
    values: dict[str, Any] = {"attempts": n, "said": reply.said or str(reply.status)}
    if reply.is_taken:
        values |= {"state": DELIVERED, "ended_at": now}
    elif n > len(PAUSES):
        values |= {"state": FAILED, "ended_at": now}
    else:
        values["due_at"] = now + PAUSES[n - 1]
    connection.execute(
        webhook_delivery.update()
        .where(
            webhook_delivery.c.webhook_id == delivery.webhook_id,
            webhook_delivery.c.event_id == delivery.event_id,
            webhook_delivery.c.attempts == delivery.attempts,
        )
        .values(values)
    )


def _ask_again(connection: sa.Connection, target: Row, *, now: datetime) -> None:
    """Come back for what waits, when the first of it is due."""
    first = connection.scalar(
        sa.select(webhook_delivery.c.due_at)
        .where(_is_pending_of(target), ~_has_earlier())
        .order_by(webhook_delivery.c.due_at)
        .limit(1)
    )
    if first is not None:
        when = max(first, now)
        ask_delivery(
            connection, target.organisation_id, target.webhook_id, now=now, not_before=when
        )
