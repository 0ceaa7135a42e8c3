"""
Where a page of a list ended, as an opaque signed text.

A cursor holds the sort key of the last row, so that a list that changes meanwhile neither
repeats nor skips what did not move. It is bound to one list and one organisation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import ClassVar

from allocation.errors import HousingError

Key = list[str | int]
_MAC_BYTES = 12


class CursorError(HousingError):
    """The cursor was not made by us, or for another list: start again without it."""

    code: ClassVar[str] = "cursor.invalid"


def write_cursor(key: Key, *, bound_to: str, secret: bytes) -> str:
    """The cursor of the row with that sort key; ``bound_to`` names the list and whose it is."""
    content = json.dumps(key, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(content, bound_to, secret) + content).decode()


def read_cursor(cursor: str, *, bound_to: str, secret: bytes) -> Key | None:
    """
    The sort key in a cursor; ``None`` for the first page.

    Raises
    ------
    CursorError
        ``cursor.invalid``.
    """
    if not cursor:
        return None
    try:
        decoded = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError as fault:
        raise CursorError("Not a cursor of this list.") from fault
    mac, content = decoded[:_MAC_BYTES], decoded[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(content, bound_to, secret)):
        raise CursorError("Not a cursor of this list.")
    key: Key = json.loads(content)
    return key


def _mac(content: bytes, bound_to: str, secret: bytes) -> bytes:
    message = f"cursor\n{bound_to}\n".encode() + content
    return hmac.new(secret, message, hashlib.sha256).digest()[:_MAC_BYTES]
