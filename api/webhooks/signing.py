"""The signature of a message (Standard Webhooks): HMAC-SHA256 over identifier, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

PREFIX = "whsec_"
N_SECRET = 32


def drawn_key() -> bytes:
    """The key of a new webhook."""
    return os.urandom(N_SECRET)


def shown(key: bytes) -> str:
    """The key in the form its owner is given."""
    return PREFIX + base64.b64encode(key).decode()


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """What goes into the header `webhook-signature`."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
