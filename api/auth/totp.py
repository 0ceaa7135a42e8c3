"""
Codes that change every thirty seconds (RFC 6238), as authenticator applications show them.

SHA-1 and six digits: what every such application reads, whatever the address it is given says.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

N_SECRET, STEP_SECONDS, DIGITS = 20, 30, 6
ISSUER = "Passerelle"
_STEPS_OFF = 1  # a clock may be half a minute off, and a person takes a moment to type


def new_secret() -> bytes:
    """A secret of the length the standard recommends."""
    return secrets.token_bytes(N_SECRET)


def code_at(secret: bytes, step: int) -> str:
    """The code of one step."""
    digest = hmac.new(secret, struct.pack(">Q", step), "sha1").digest()
    place = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[place : place + 4])
    return str((number & 0x7FFFFFFF) % 10**DIGITS).zfill(DIGITS)


def step_of(now: datetime) -> int:
    """The step an instant falls in."""
    return int(now.timestamp()) // STEP_SECONDS


def step_of_code(secret: bytes, code: str, *, now: datetime, after: int) -> int | None:
    """
    The step whose code was given, or ``None``.

    A code is good once: only steps later than ``after``, the last one used, are tried.
    """
    here = step_of(now)
    found = None
    for step in range(here - _STEPS_OFF, here + _STEPS_OFF + 1):
        is_it = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if is_it and step > after:
            found = step
    return found


def provisioning_uri(secret: bytes, account: str) -> str:
    """The address an authenticator application reads, typed or as a square code."""
    label = quote(f"{ISSUER}:{account}")
    asked = {"secret": base64.b32encode(secret).decode(), "issuer": ISSUER}
    return f"otpauth://totp/{label}?{urlencode(asked)}"
