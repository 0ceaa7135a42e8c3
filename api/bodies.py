"""Bodies of requests: JSON, announced as such, with no field given twice."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from fastapi import Request, params
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

FIELD_TWICE = "field_twice"
Place = tuple[str | int, ...]


async def takes_json(request: Request) -> None:
    """
    Refuse a body that does not say it is JSON where JSON is asked for, or repeats a field.

    Of two values under one name a reader keeps the last, another one the first: nobody could
    say what was asked.
    """
    asked = getattr(request.scope.get("route"), "body_field", None)
    headers = request.headers
    is_sent = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if asked is None or isinstance(asked.field_info, params.Form) or not is_sent:
        return
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != "application/json" and not re.fullmatch(r"application/[\w.-]+\+json", said):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    twice = fields_given_twice(await request.body())
    if twice:
        raise RequestValidationError(
            [{"type": FIELD_TWICE, "loc": ("body", *place), "msg": ""} for place in twice]
        )


def fields_given_twice(body: bytes) -> list[Place]:
    """
    Where a JSON text gives a field twice in one object, in the order of the text.

    Raises
    ------
    HTTPException
        400: nested deeper than can be read.
    """
    repeating: list[_Repeating] = []

    def read(members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        if len(found) == len(members):
            return found
        repeating.append(_Repeating(members))
        return repeating[-1]

    try:
        content = json.loads(body, object_pairs_hook=read) if body else None
    except RecursionError:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    return list(_places(content)) if repeating else []


class _Repeating(dict[str, Any]):
    """An object with fields given twice: their names are kept."""

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        times = Counter(name for name, _ in members)
        self.twice = [name for name in self if times[name] > 1]


def _places(content: object) -> list[Place]:
    found: list[Place] = []
    waiting: list[tuple[Place, object]] = [((), content)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, _Repeating):
            found += [(*place, name) for name in value.twice]
        parts: Iterable[tuple[str | int, object]] = ()
        if isinstance(value, dict):
            parts = value.items()
        elif isinstance(value, list):
            parts = enumerate(value)
        waiting += reversed([((*place, key), part) for key, part in parts])
    return found
