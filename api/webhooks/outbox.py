"""What is to be sent: written with the act it tells, sent again on demand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from api.access import PARTNER
from api.auth.actor import Actor
from api.db.bulk import insert_rows
from api.db.tables.partners import partner_event, webhook, webhook_delivery
from api.jobs.asking import SERVICE_ACTOR_ID, ask

DELIVER = "webhook"
PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"


def post(
    connection: sa.Connection, partner_id: str, events: Sequence[dict[str, Any]], *, now: datetime
) -> None:
    """Put events into the outbox of every webhook of a partner that wants them."""
    rows = connection.execute(
        sa.select(webhook.c.webhook_id, webhook.c.types)
        .where(webhook.c.organisation_id == partner_id, webhook.c.is_active)
        .order_by(webhook.c.webhook_id)
    )
    for row in rows.all():
        wanted = [e for e in events if not row.types or e["type"] in row.types.split()]
        post_to(connection, partner_id, row.webhook_id, wanted, now=now)


def post_to(
    connection: sa.Connection,
    partner_id: str,
    webhook_id: str,
    events: Sequence[dict[str, Any]],
    *,
    now: datetime,
) -> None:
    """Put events into the outbox of one webhook."""
    if not events:
        return
    rows = [
        {
            "webhook_id": webhook_id,
            "event_id": event["event_id"],
            "application_id": event["application_id"],
            "sequence": event["sequence"],
            "state": PENDING,
            "due_at": now,
            "said": "",
        }
        for event in events
    ]
    insert_rows(connection, webhook_delivery, rows)
    ask_delivery(connection, partner_id, webhook_id, now=now)


def ask_delivery(
    connection: sa.Connection,
    partner_id: str,
    webhook_id: str,
    *,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """Have the worker send what is due."""
    actor = Actor(SERVICE_ACTOR_ID, partner_id, PARTNER, role="")
    ask(connection, DELIVER, subject=webhook_id, actor=actor, now=now, not_before=not_before)


def send_again(connection: sa.Connection, row: Any, from_sequence: int, *, now: datetime) -> int:
    """Every event a webhook wants, from a number on, as if it had never been sent; how many."""
    events = connection.execute(
        sa.select(partner_event).where(
            partner_event.c.organisation_id == row.organisation_id,
            partner_event.c.sequence >= from_sequence,
        )
    )
    wanted = [
        dict(event._mapping) for event in events if not row.types or event.type in row.types.split()
    ]
    connection.execute(
        webhook_delivery.delete().where(
            webhook_delivery.c.webhook_id == row.webhook_id,
            webhook_delivery.c.sequence >= from_sequence,
        )
    )
    post_to(connection, row.organisation_id, row.webhook_id, wanted, now=now)
    return len(wanted)
