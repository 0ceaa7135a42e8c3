"""Webhooks as a partner sends and reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas import Entry, View

TEST = "webhook.test"


class WebhookEntry(Entry):
    """Where to send, and what."""

    url: str = Field(
        min_length=1, max_length=2_000, examples=["https://partenaire.example/passerelle"]
    )
    types: list[str] = Field(
        default=[], max_length=50, description="Types of events to send; all when left out."
    )


class WebhookView(View):
    """A webhook; its secret is read apart."""

    webhook_id: str
    url: str
    types: list[str]
    is_active: bool = Field(description="False once the address has answered 410.")
    made_at: datetime


class WebhookList(View):
    """All of them."""

    items: list[WebhookView]


class WebhookSecret(View):
    """What the signatures of a webhook are verified with."""

    secret: str


class Replay(Entry):
    """From which event on to send again."""

    from_event_id: str = Field(min_length=1, max_length=64)


class Replayed(View):
    """How many messages will be sent again."""

    messages: int


class DeliveryView(View):
    """A message and how its last attempt ended."""

    event_id: str
    type: str
    state: Literal["pending", "delivered", "failed"]
    attempts: int
    due_at: datetime
    said: str = Field(
        description="Status of the last answer, or `timeout`, `tls`, `connection`, `address`."
    )


class DeliveryList(View):
    """The latest ones, latest first."""

    items: list[DeliveryView]
