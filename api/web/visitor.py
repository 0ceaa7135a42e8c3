"""
Who looks at a page: a session like that of the API, kept by the browser in a cookie.

The API never reads the cookie, so no other site can make a browser act there. A page that acts
asks for ``SameSite``: the form was on a page of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import Response

from allocation.errors import HousingError
from api.access import DeniedError, may
from api.auth import sessions
from api.auth.actor import Actor
from api.operation.limits import count_caller
from api.requests import UnknownCallerError, service_of
from api.settings import Settings

HOME = "/"


class OtherSiteError(HousingError):
    """A form of another site was sent here."""

    code: ClassVar[str] = "http.other_site"


def cookie_name(settings: Settings, kind: str) -> str:
    """Over TLS the prefix makes browsers refuse a cookie set by anybody else."""
    return f"__Host-passerelle-{kind}" if settings.is_behind_tls else f"passerelle-{kind}"


def keep_cookie(
    response: Response, settings: Settings, kind: str, value: str, *, minutes: int
) -> None:
    """Give the browser a cookie that no script reads and no other site's form carries."""
    response.set_cookie(
        cookie_name(settings, kind),
        value,
        max_age=minutes * 60,
        path="/",
        secure=settings.is_behind_tls,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, settings: Settings, kind: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        cookie_name(settings, kind),
        path="/",
        secure=settings.is_behind_tls,
        httponly=True,
        samesite="lax",
    )


def token_in_cookie(request: Request) -> str:
    """The session the browser keeps; empty when none."""
    return request.cookies.get(cookie_name(service_of(request).settings, "session"), "")


def known_visitor(request: Request) -> Actor | None:
    """Who is looking; ``None`` for somebody who is not signed in."""
    service, token = service_of(request), token_in_cookie(request)
    if not token:
        return None
    with service.database.reading() as connection:
        actor = sessions.actor_of(connection, token, now=service.now())
    if actor is not None:
        count_caller(request, actor.actor_id)
    return actor


def page_allowed(act: str) -> Callable[[Request], Actor]:
    """The visitor, when their role allows the act; who is not signed in is sent to sign in."""

    def visitor(request: Request) -> Actor:
        actor = known_visitor(request)
        if actor is None:
            raise UnknownCallerError("Sign in first.")
        if not may(actor, act):
            raise DeniedError("Your role does not allow this.", act=act)
        return actor

    return visitor


def of_this_site(request: Request) -> None:
    """
    Refuse a form sent from elsewhere, by what browsers say of its origin.

    Our pages send no referrer, so their forms say ``Origin: null``: only a browser too old to say
    ``Sec-Fetch-Site`` is judged by it.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_elsewhere = site not in ("same-origin", "none")
    else:
        is_elsewhere = bool(origin) and urlsplit(origin).netloc != request.headers.get("host")
    if is_elsewhere:
        raise OtherSiteError("Sent from another site.")


def own_page(asked: str) -> str:
    """An address of ours to go on to; the first page instead of anything else."""
    is_ours = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if is_ours and asked.isprintable() and "\\" not in asked else HOME


SameSite = Annotated[None, Depends(of_this_site)]
