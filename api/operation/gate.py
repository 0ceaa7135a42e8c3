"""The first to see a request and the last to see its answer: sizes, headers, reference, meters."""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from secrets import token_hex

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operation.metrics import Metrics
from api.settings import Settings

log = logging.getLogger("passerelle")
NO_ROUTE = "-"  # nothing of ours: an address somebody tried, never written down
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_NOWHERE = "/-"
_A_YEAR = 31_536_000
REQUEST_ID = "passerelle.request_id"  # in the scope, for who answers outside of here


def headers_of(settings: Settings) -> dict[str, str]:
    """The headers of every answer."""
    # A form may lead on to the provider's end of session; without a provider, nowhere else.
    policy = _POLICY if settings.oidc_issuer else f"{_POLICY}; form-action 'self'"
    headers = _HEADERS | {"content-security-policy": policy}
    if settings.is_behind_tls:
        headers["strict-transport-security"] = f"max-age={_A_YEAR}"
    return headers


class Gate:
    """
    Around the whole application.

    A body that is too large is cut off as it comes. Every answer carries the security headers
    and the reference of its request, and is counted and logged under the template of its route.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        headers: dict[str, str],
        max_body_bytes: int,
        metrics: Metrics,
        prefix: str,
    ) -> None:
        self.app, self.headers, self.metrics, self.prefix = app, headers, metrics, prefix
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers where the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope.get("path", ""):
            scope["path"] = _NOWHERE  # nothing has such a name; PostgreSQL holds no NUL
        received, status, began = 0, 500, time.perf_counter()
        request_id = scope[REQUEST_ID] = token_hex(8)

        async def within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_body_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, within_limit, with_headers)
            finally:
                self._tell(scope, status=status, seconds=time.perf_counter() - began)

    def _tell(self, scope: Scope, *, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", NO_ROUTE)
        # The template of a route does not hold what its router was included under.
        if route != NO_ROUTE and scope["path"].startswith(self.prefix):
            route = route if route.startswith(self.prefix) else self.prefix + route
        method = scope["method"] if route != NO_ROUTE else NO_ROUTE
        self.metrics.answered(method, route, status=status, seconds=seconds)
        said = {
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000),
        }
        log.info("request", extra=said)
