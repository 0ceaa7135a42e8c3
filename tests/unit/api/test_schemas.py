"""What every schema of the API keeps to."""

from __future__ import annotations

import re
from collections.abc import Iterator

import api.app  # noqa: F401 - every schema is read with it
from api.schemas import Asked, Day, View

_BARE = re.compile(r"datetime\.date\b")


def _kinds(of: type[Asked]) -> Iterator[type[Asked]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def test_a_day_that_is_asked_for_is_a_day_and_never_a_number() -> None:
    (day,) = Day.__metadata__
    bare = [
        f"{kind.__name__}.{name}"
        for kind in _kinds(Asked)
        if not issubclass(kind, View)
        for name, field in kind.model_fields.items()
        if _BARE.search(repr(field.annotation))
        and repr(day) not in repr((field.annotation, field.metadata))
    ]
    assert not bare
