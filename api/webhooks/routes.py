"""Webhooks: made, tried, replayed, removed; what was sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from api.auth.actor import Actor
from api.db import Row
from api.idempotency import OnlyOnce
from api.requests import Allowed, Reading, Serving, Writing
from api.routing import Route
from api.webhooks import service
from api.webhooks.schemas import (
    DeliveryList,
    DeliveryView,
    Replay,
    Replayed,
    WebhookEntry,
    WebhookList,
    WebhookSecret,
    WebhookView,
)
from api.webhooks.signing import shown
from api.wrapping import unwrap

router = APIRouter(tags=["webhooks"], route_class=Route)
Owner = Annotated[Actor, Depends(Allowed("webhooks.manage"))]
WebhookId = Annotated[str, Path(max_length=64)]


@router.get("/webhooks")
def list_webhooks(actor: Owner, connection: Reading) -> WebhookList:
    """The partner's webhooks."""
    return WebhookList(items=[_view(row) for row in service.webhooks_of(connection, actor)])


@router.post("/webhooks", status_code=status.HTTP_201_CREATED)
def make_webhook(
    actor: Owner, asked: WebhookEntry, once: OnlyOnce, connection: Writing, serving: Serving
) -> WebhookView:
    """Have events sent to an address; read its secret next, to verify the signatures."""

    def act() -> WebhookView:
        webhook_id = service.make(connection, actor, asked, service=serving)
        return _view(service.one_webhook(connection, actor, webhook_id))

    return once(connection, actor, asked, act=act, answer=WebhookView)


@router.delete("/webhooks/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_webhook(
    actor: Owner, webhook_id: WebhookId, connection: Writing, serving: Serving
) -> None:
    """Send nothing there any more."""
    service.remove(connection, actor, webhook_id, service=serving)


@router.get("/webhooks/{webhook_id}/secret")
def read_secret(
    actor: Owner, webhook_id: WebhookId, connection: Reading, serving: Serving
) -> WebhookSecret:
    """What the signatures are verified with."""
    row = service.one_webhook(connection, actor, webhook_id)
    return WebhookSecret(
        secret=shown(unwrap(serving.secret, row.wrapped_secret, bound_to=webhook_id))
    )


@router.post("/webhooks/{webhook_id}/test", status_code=status.HTTP_202_ACCEPTED)
def try_webhook(actor: Owner, webhook_id: WebhookId, connection: Writing, serving: Serving) -> None:
    """Send a message of type `webhook.test` there."""
    service.try_out(connection, actor, webhook_id, service=serving)


@router.post("/webhooks/{webhook_id}/replay", status_code=status.HTTP_202_ACCEPTED)
def replay_webhook(
    actor: Owner,
    webhook_id: WebhookId,
    asked: Replay,
    once: OnlyOnce,
    connection: Writing,
    serving: Serving,
) -> Replayed:
    """Send every event again, from one on."""

    def act() -> Replayed:
        n = service.replay(connection, actor, webhook_id, asked.from_event_id, service=serving)
        return Replayed(messages=n)

    return once(connection, actor, asked, act=act, answer=Replayed)


@router.get("/webhooks/{webhook_id}/deliveries")
def list_deliveries(actor: Owner, webhook_id: WebhookId, connection: Reading) -> DeliveryList:
    """The latest messages and how their last attempt ended."""
    rows = service.deliveries_of(connection, actor, webhook_id)
    return DeliveryList(items=[DeliveryView.model_validate(row) for row in rows])


def _view(row: Row) -> WebhookView:
    return WebhookView.model_validate(dict(row._mapping) | {"types": row.types.split()})
