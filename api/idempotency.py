"""
``Idempotency-Key``: the same request sent again gets the answer of the first, and is done once.

The key is taken in the transaction of the act: both are committed or neither. Two requests with
one key at the same moment wait for each other. The same key with another request is refused.

An answer may repeat a file, a plan or a referral: it is kept wrapped under the installation's
secret, with the identifiers of those it tells of, and goes when one of them is erased.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.dialects import postgresql, sqlite

from allocation.errors import HousingError
from api.auth.actor import Actor
from api.db.bulk import insert_rows
from api.db.tables.idempotency import idempotency_key, idempotency_owner
from api.erasure.personal import owners_among
from api.requests import service_of
from api.wrapping import unwrap, wrap

REPLAYED = "idempotency-replayed"
Answer = TypeVar("Answer", bound=BaseModel)


class KeyReusedError(HousingError):
    """This key was used for another request."""

    code: ClassVar[str] = "idempotency.other_request"


class Once:
    """Does the act of a creating route, or gives the answer it had."""

    def __init__(self, request: Request, response: Response, key: str) -> None:
        self._request, self._response, self._key = request, response, key

    def __call__(
        self,
        connection: sa.Connection,
        actor: Actor,
        asked: BaseModel,
        *,
        act: Callable[[], Answer],
        answer: type[Answer],
    ) -> Answer:
        """
        Do ``act`` once for this key; ``asked`` is the body it is done for.

        Raises
        ------
        KeyReusedError
            ``idempotency.other_request``.
        """
        if not self._key:
            return act()
        secret = service_of(self._request).secret
        sent = f"{self._request.method} {self._request.url.path}\n{asked.model_dump_json()}"
        request_hash = hmac.new(secret, sent.encode(), hashlib.sha256).hexdigest()
        bound_to = f"{actor.actor_id}\n{self._key}"
        if self._take(connection, actor, request_hash):
            done = act()
            body = done.model_dump_json()
            self._keep(connection, actor, body, wrap(secret, body.encode(), bound_to=bound_to))
            return done
        before = connection.execute(sa.select(idempotency_key).where(self._mine(actor))).one()
        if before.request_hash != request_hash:
            raise KeyReusedError("This key was used for another request.")
        self._response.headers[REPLAYED] = "true"
        return answer.model_validate_json(unwrap(secret, before.wrapped_body, bound_to=bound_to))

    def _take(self, connection: sa.Connection, actor: Actor, request_hash: str) -> bool:
        """Whether this request is the first to use its key; others of the moment wait."""
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        taken = (
            dialect.insert(idempotency_key)
            .values(
                actor_id=actor.actor_id,
                key=self._key,
                request_hash=request_hash,
                kept_at=service_of(self._request).now(),
            )
            .on_conflict_do_nothing()
            .returning(idempotency_key.c.key)
        )
        return connection.scalar(taken) is not None

    def _keep(self, connection: sa.Connection, actor: Actor, body: str, wrapped: bytes) -> None:
        """Keep the answer, and of whom it tells."""
        connection.execute(
            idempotency_key.update().where(self._mine(actor)).values(wrapped_body=wrapped)
        )
        owners = owners_among(connection, set(_texts(json.loads(body))))
        of = {"actor_id": actor.actor_id, "key": self._key}
        insert_rows(connection, idempotency_owner, [of | {"owner_id": o} for o in sorted(owners)])

    def _mine(self, actor: Actor) -> sa.ColumnElement[bool]:
        return sa.and_(
            idempotency_key.c.actor_id == actor.actor_id, idempotency_key.c.key == self._key
        )


def _texts(value: Any) -> Iterator[str]:
    """Every text of an answer, names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)


async def _once(
    request: Request,
    response: Response,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            max_length=200,
            description="Chosen by the caller, one per act: sent again, it is not done again.",
        ),
    ] = "",
) -> Once:
    return Once(request, response, key)


OnlyOnce = Annotated[Once, Depends(_once)]
