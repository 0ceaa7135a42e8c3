"""Rows as a CSV file that is never whole in memory, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Value = str | int | date | None


def harmless(value: Value) -> str:
    """A cell as text; one that a spreadsheet would run begins with an apostrophe instead."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return str(value)


def lines(header: Sequence[str], batches: Iterable[Sequence[Sequence[Value]]]) -> Iterator[bytes]:
    """The file, a batch of rows at a time."""
    yield _text([header])
    for batch in batches:
        yield _text([[harmless(v) for v in row] for row in batch])


def _text(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()
