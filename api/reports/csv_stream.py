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


def lines(
    header: Sequence[str], batches: Iterable[Sequence[Sequence[Value]]], *, delimiter: str = ","
) -> Iterator[bytes]:
    """The file, a batch of rows at a time."""
    yield _text([header], delimiter)
    for batch in batches:
        yield _text([[harmless(v) for v in row] for row in batch], delimiter)


def _text(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()
