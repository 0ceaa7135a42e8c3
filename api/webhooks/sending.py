"""
One message to one address, safely.

The name is resolved here and the connection made to the address that was looked at, so that a
name that changes meanwhile leads nowhere else. Only public addresses over https; a sandbox may
also be told over http on this very machine. A redirect is an answer like another: not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

from allocation.errors import HousingError

TIMEOUT_SECONDS = 5.0
_MOST_TEXT = 2_000


class AddressError(HousingError):
    """The address is not one we send to."""

    code: ClassVar[str] = "webhook.address"


@dataclass(frozen=True)
class Reply:
    """What came of an attempt: the status, or 0 and why there was none."""

    status: int
    said: str

    @property
    def is_taken(self) -> bool:
        """Whether the message arrived: any 2xx."""
        return 200 <= self.status < 300


def check_address(url: str, *, is_sandbox: bool) -> SplitResult:
    """
    The parts of an address we may send to.

    Raises
    ------
    AddressError
        ``webhook.address``.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise AddressError("Not an address.") from fault
    is_plain = len(url) <= _MOST_TEXT and url.isascii() and url.isprintable() and " " not in url
    is_whole = bool(parts.hostname) and port != 0 and not (parts.username or parts.password)
    is_safe = parts.scheme == "https" or (is_sandbox and parts.scheme == "http")
    if not (is_plain and is_whole and is_safe and not parts.fragment):
        raise AddressError("Not an address we send to.")
    literal = _literal(parts.hostname or "")
    if literal is not None and not _is_allowed(literal, parts, is_sandbox=is_sandbox):
        raise AddressError("Not an address we send to.")
    return parts


def send(url: str, headers: Mapping[str, str], body: bytes, *, is_sandbox: bool) -> Reply:
    """Post a message; every failure is told, none is raised."""
    try:
        parts = check_address(url, is_sandbox=is_sandbox)
        connection = _connected(parts, is_sandbox=is_sandbox)
        try:
            target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            connection.request("POST", target, body, dict(headers))
            return Reply(connection.getresponse().status, "")
        finally:
            connection.close()
    except AddressError:
        return Reply(0, "address")
    except TimeoutError:
        return Reply(0, "timeout")
    except ssl.SSLError:
        return Reply(0, "tls")
    except (OSError, http.client.HTTPException):
        return Reply(0, "connection")


def _connected(parts: SplitResult, *, is_sandbox: bool) -> http.client.HTTPConnection:
    """A connection whose socket leads to an address that was looked at."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolved(parts, host, port, is_sandbox=is_sandbox)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    plain = socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)
    if parts.scheme == "https":
        connection.sock = _tls().wrap_socket(plain, server_hostname=host)
    else:
        connection.sock = plain
    return connection


def _resolved(parts: SplitResult, host: str, port: int, *, is_sandbox: bool) -> str:
    for *_, found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = _literal(str(found[0]))
        if address is not None and _is_allowed(address, parts, is_sandbox=is_sandbox):
            return str(address)
    raise AddressError("Not an address we send to.")


def _is_allowed(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    parts: SplitResult,
    *,
    is_sandbox: bool,
) -> bool:
    if is_sandbox and address.is_loopback:
        return True
    return parts.scheme == "https" and address.is_global and not address.is_multicast


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
