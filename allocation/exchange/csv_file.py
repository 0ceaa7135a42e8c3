"""CSV in and out: UTF-8, comma, LF; a byte-order mark and semicolons are accepted on reading."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from allocation.exchange.sheet import Sheet, sheet_of, unreadable


def read_csv(path: Path) -> Sheet:
    """
    Read a file; what makes it unreadable is a problem of the sheet, never an exception.

    Belgian spreadsheets save "CSV" with semicolons and often with a byte-order mark; both are
    read. The old Windows encoding is not guessed at: a name read wrongly is worse than a
    question.
    """
    where = path.name
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = ";" if first.count(";") > first.count(",") else ","
            return sheet_of(where, csv.reader(file, delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        return unreadable(where, _first_bad_line(path), "register.not_utf8")
    except csv.Error as error:
        return unreadable(where, 0, "register.unreadable", reason=error)
    except OSError as error:
        return unreadable(where, 0, "register.unreadable", reason=error.strerror or error)


def write_csv(path: Path, header: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
    """Write columns of text: same columns, same bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


def _first_bad_line(path: Path) -> int:
    for row, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return row
    return 0
