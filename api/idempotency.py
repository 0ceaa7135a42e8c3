"""
``Idempotency-Key``: the same request sent again gets the answer of the first, and is done once.

The key is taken in the transaction of the act: both are committed or neither. Two requests with
one key at the same moment wait for each other. The same key with another request is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, ClassVar, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.dialects import postgresql, sqlite

from allocation.errors import HousingError
from api.auth.actor import Actor
from api.db.tables.idempotency import idempotency_key
from api.requests import service_of

REPLAYED = "idempotency-replayed"
Answer = TypeVar("Answer", bound=BaseModel)


class KeyReusedError(HousingError):
    """This key was used for another request."""

    code: ClassVar[str] = "idempotency.other_request"


class Once:
    """Does the act of a creating route, or gives the answer it had."""

    def __init__(
        self,
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
    ) -> None:
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
        sent = f"{self._request.method} {self._request.url.path}\n{asked.model_dump_json()}"
        request_hash = hashlib.sha256(sent.encode()).hexdigest()
        values = {
            "actor_id": actor.actor_id,
            "key": self._key,
            "request_hash": request_hash,
            "body": "",
            "kept_at": service_of(self._request).now(),
        }
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        taken = (
            dialect.insert(idempotency_key)
            .values(values)
            .on_conflict_do_nothing()
            .returning(idempotency_key.c.key)
        )
        mine = sa.and_(
            idempotency_key.c.actor_id == actor.actor_id, idempotency_key.c.key == self._key
        )
        if connection.scalar(taken) is not None:
            done = act()
            kept = idempotency_key.update().where(mine).values(body=done.model_dump_json())
            connection.execute(kept)
            return done
        before = connection.execute(sa.select(idempotency_key).where(mine)).one()
        if before.request_hash != request_hash:
            raise KeyReusedError("This key was used for another request.")
        self._response.headers[REPLAYED] = "true"
        return answer.model_validate_json(before.body)


OnlyOnce = Annotated[Once, Depends()]
