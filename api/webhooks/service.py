"""Webhooks made, tried, replayed and removed by their partner."""

from __future__ import annotations

import json
import secrets
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError, Problem, ProblemsError
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.partners import partner_event, webhook, webhook_delivery
from api.journal import append
from api.partners.events import TYPES, write_events
from api.service import Service
from api.webhooks.outbox import post_to, send_again
from api.webhooks.schemas import TEST, WebhookEntry
from api.webhooks.sending import check_address
from api.webhooks.signing import drawn_key
from api.wrapping import wrap

MOST, LATEST = 10, 200


class TooManyError(HousingError):
    """A partner has a few webhooks, not hundreds."""

    code: ClassVar[str] = "webhook.too_many"


def webhooks_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """The partner's webhooks."""
    query = sa.select(webhook).where(visible_to(actor, webhook))
    return list(connection.execute(query.order_by(webhook.c.made_at, webhook.c.webhook_id)))


def one_webhook(connection: sa.Connection, actor: Actor, webhook_id: str) -> Row:
    """One of them; ``access.absent`` otherwise."""
    query = sa.select(webhook).where(visible_to(actor, webhook), webhook.c.webhook_id == webhook_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise AbsentError("No such webhook.")
    return found


def make(connection: sa.Connection, actor: Actor, asked: WebhookEntry, *, service: Service) -> str:
    """
    Make a webhook; gives its identifier.

    Raises
    ------
    AddressError
        ``webhook.address``.
    ProblemsError
        ``webhook.unknown_type``.
    TooManyError
        ``webhook.too_many``.
    """
    is_sandbox = connection.scalar(
        sa.select(organisation.c.is_sandbox).where(visible_to(actor, organisation))
    )
    check_address(asked.url, is_sandbox=bool(is_sandbox))
    unknown = [t for t in asked.types if t not in TYPES]
    if unknown:
        raise ProblemsError(
            Problem.at("body", 0, "types", "webhook.unknown_type", type=t, valid=", ".join(TYPES))
            for t in unknown
        )
    if len(webhooks_of(connection, actor)) >= MOST:
        raise TooManyError("Too many webhooks.", most=MOST)
    webhook_id = f"wh-{secrets.token_hex(8)}"
    connection.execute(
        webhook.insert(),
        {
            "webhook_id": webhook_id,
            "organisation_id": actor.organisation_id,
            "url": asked.url,
            "types": " ".join(asked.types),
            "wrapped_secret": wrap(service.secret, drawn_key(), bound_to=webhook_id),
            "made_at": service.now(),
        },
    )
    append(connection, "webhook.made", subject=webhook_id, actor=actor, now=service.now())
    return webhook_id


def remove(connection: sa.Connection, actor: Actor, webhook_id: str, *, service: Service) -> None:
    """Take a webhook away, with what it still had to send."""
    one_webhook(connection, actor, webhook_id)
    connection.execute(webhook_delivery.delete().where(webhook_delivery.c.webhook_id == webhook_id))
    connection.execute(webhook.delete().where(webhook.c.webhook_id == webhook_id))
    append(connection, "webhook.removed", subject=webhook_id, actor=actor, now=service.now())


def try_out(connection: sa.Connection, actor: Actor, webhook_id: str, *, service: Service) -> None:
    """Send a message that tells of nothing, to this webhook alone."""
    row = one_webhook(connection, actor, webhook_id)
    # Written first: events are numbered under the lock of the journal.
    append(connection, "webhook.tried", subject=webhook_id, actor=actor, now=service.now())
    event = {
        "type": TEST,
        "at": service.now(),
        "application_id": "",
        "data": json.dumps({"webhook_id": webhook_id}),
    }
    written = write_events(connection, row.organisation_id, [event])
    post_to(connection, row.organisation_id, webhook_id, written, now=service.now())


def replay(
    connection: sa.Connection, actor: Actor, webhook_id: str, event_id: str, *, service: Service
) -> int:
    """
    Send everything again from an event on; gives how many messages.

    Raises
    ------
    AbsentError
        No such webhook, or no such event.
    """
    row = one_webhook(connection, actor, webhook_id)
    sequence = connection.scalar(
        sa.select(partner_event.c.sequence).where(
            visible_to(actor, partner_event), partner_event.c.event_id == event_id
        )
    )
    if sequence is None:
        raise AbsentError("No such event.")
    n = send_again(connection, row, sequence, now=service.now())
    append(connection, "webhook.replayed", subject=webhook_id, actor=actor, now=service.now())
    return n


def deliveries_of(connection: sa.Connection, actor: Actor, webhook_id: str) -> list[Row]:
    """The latest messages of a webhook."""
    one_webhook(connection, actor, webhook_id)
    return list(
        connection.execute(
            sa.select(webhook_delivery, partner_event.c.type)
            .join(partner_event, partner_event.c.event_id == webhook_delivery.c.event_id)
            .where(visible_to(actor, webhook_delivery), webhook_delivery.c.webhook_id == webhook_id)
            .order_by(webhook_delivery.c.sequence.desc())
            .limit(LATEST)
        )
    )
