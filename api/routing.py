"""
How a route is run: in one thread, with its transaction begun, used and ended there.

A route is short; handing a request from thread to thread for each thing it asks for took longer
than its work. What a route asks of the database is therefore handed to it as a ``Transaction``
that nobody has begun, and ``Route`` begins it in the thread the route runs in.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import sqlalchemy as sa
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

Endpoint = Callable[..., Any]


@dataclass(frozen=True)
class Transaction:
    """The one transaction of a request, not begun yet."""

    begin: Callable[[], AbstractContextManager[sa.Connection]]


class Route(APIRoute):
    """A route whose transaction is committed when it has returned, and undone when it raises."""

    def __init__(self, path: str, endpoint: Endpoint, **options: Any) -> None:
        super().__init__(path, _in_one_thread(endpoint), **options)


def _in_one_thread(endpoint: Endpoint) -> Endpoint:
    if iscoroutinefunction(endpoint):
        return endpoint

    def run(asked: dict[str, Any]) -> Any:
        with ExitStack() as until_it_returns:
            for name, value in asked.items():
                if isinstance(value, Transaction):
                    asked[name] = until_it_returns.enter_context(value.begin())
            return endpoint(**asked)

    # A coroutine: what it gives is then checked and written where it stands, in no further thread.
    @wraps(endpoint)
    async def route(**asked: Any) -> Any:
        return await run_in_threadpool(run, asked)

    return route
