"""
What a route asks for: who is calling, one transaction, the reader's language.

The order in a route is always the same: the actor first (``Allowed`` refuses before anything is
opened), then ``Reading`` or ``Writing``. The transaction is committed by ``Route``, when the route
has returned and before the answer leaves; any error undoes it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

import sqlalchemy as sa
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from allocation.errors import HousingError
from allocation.wording import LANGUAGES, Catalogue, catalogue
from api.access import SCOPE_OF, DeniedError, may
from api.auth import credentials, sessions, tokens
from api.auth.actor import Actor
from api.operation.limits import count_caller
from api.routing import Transaction
from api.service import Service

BEARER = "Bearer "


class UnknownCallerError(HousingError):
    """Nobody we know is calling: no token, or one that is over."""

    code: ClassVar[str] = "auth.required"


class ScopeMissingError(HousingError):
    """The program may call, but its credential does not have the scope of this act."""

    code: ClassVar[str] = "access.scope"


class TokenOverError(HousingError):
    """A token was sent, but it is not one of ours, or it is over."""

    code: ClassVar[str] = "auth.token_over"


def service_of(request: Request) -> Service:
    """The service this request is served by."""
    found: Service = request.app.state.service
    return found


def token_of(request: Request) -> str:
    """The bearer token of the request; ``auth.required`` when there is none."""
    header = request.headers.get("authorization", "")
    if not header.startswith(BEARER):
        raise UnknownCallerError("Sign in first.")
    return header.removeprefix(BEARER)


# Told in the OpenAPI document; read by ``token_of``.
_SAID = HTTPBearer(auto_error=False, description="A session, an access token, or an API key.")


def known_actor(request: Request, _said: Annotated[object, Depends(_SAID)] = None) -> Actor:
    """Who is calling, whatever they may do; read in a transaction of its own, closed at once."""
    service = service_of(request)
    token = token_of(request)
    with service.database.reading() as connection:
        actor = _actor_of(connection, token, service=service)
    if actor is None:
        raise TokenOverError("Sign in again.")
    count_caller(request, actor.actor_id)
    return actor


def _actor_of(connection: sa.Connection, token: str, *, service: Service) -> Actor | None:
    """Each kind of token begins differently; what is neither of ours is read as a signed one."""
    now = service.now()
    if token.startswith(sessions.PREFIX):
        return sessions.actor_of(connection, token, now=now)
    if token.startswith(credentials.PREFIX):
        return credentials.actor_of_key(connection, token, now=now)
    return tokens.actor_of(connection, token, secret=service.secret, now=now)


class Allowed:
    """
    The actor, when the role allows the act; used as ``Annotated[Actor, Depends(Allowed(act))]``.

    A route without it is public: ``tests/contract`` holds the short list of those.
    """

    def __init__(self, act: str) -> None:
        self.act = act

    def __call__(self, request: Request, said: Annotated[object, Depends(_SAID)] = None) -> Actor:
        """Refuse who is not known (401) or not allowed (403)."""
        actor = known_actor(request, said)
        if may(actor, self.act):
            return actor
        scope = SCOPE_OF.get(self.act, "")
        if scope and actor.scopes is not None and may(replace(actor, scopes=None), self.act):
            raise ScopeMissingError("A scope is missing.", scope=scope)
        raise DeniedError("Your role does not allow this.", act=self.act)


async def _reading(request: Request) -> Transaction:
    return Transaction(service_of(request).database.reading)


async def _writing(request: Request) -> Transaction:
    return Transaction(service_of(request).database.writing)


async def _serving(request: Request) -> Service:
    return service_of(request)


async def _words(request: Request) -> Catalogue:
    return words_of(request)


def words_of(request: Request) -> Catalogue:
    """Sentences in the first language of ``Accept-Language`` that we have; French otherwise."""
    wishes = []
    for place, part in enumerate(request.headers.get("accept-language", "").split(",")):
        tag, _, quality = part.strip().partition(";q=")
        language = tag[:2].lower()
        if language in LANGUAGES:
            wishes.append((-_quality(quality), place, language))
    return catalogue(min(wishes)[2] if wishes else "fr")


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


# Begun by ``Route``; it ends before the answer is sent, so that nothing is acknowledged that is
# not committed.
Reading = Annotated[sa.Connection, Depends(_reading)]
Writing = Annotated[sa.Connection, Depends(_writing)]
# Coroutines, as all that waits for nothing: each of the others is a turn of a thread.
Words = Annotated[Catalogue, Depends(_words)]
Serving = Annotated[Service, Depends(_serving)]
