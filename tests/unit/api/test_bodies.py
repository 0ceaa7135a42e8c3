"""Fields given twice are found wherever they are, each once."""

from __future__ import annotations

import pytest

from api.bodies import fields_given_twice


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b"", []),
        (b'{"a": 1, "b": {"a": 1}}', []),
        (b'[{"a": 1}, {"a": 1}]', []),
        (b'{"a": 1, "a": 1}', [("a",)]),
        (b'{"a": {"c": 1, "c": 2}, "b": [1, {"d": 1, "d": 3}]}', [("a", "c"), ("b", 1, "d")]),
        (b'{"x": 1, "a": {"b": 1, "b": 2}, "x": 2}', [("x",), ("a", "b")]),
        (b'{"a": 1, "\\u0061": 2}', [("a",)]),
    ],
)  # fmt: skip
def test_each_place_is_named(body: bytes, places: list[tuple[str | int, ...]]) -> None:
    assert fields_given_twice(body) == places


def test_many_fields_take_no_longer_than_reading_them() -> None:
    body = ("{" + ",".join(f'"{n}": 0' for n in range(200_000)) + ', "7": 1}').encode()
    assert fields_given_twice(body) == [("7",)]
