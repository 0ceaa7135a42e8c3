"""Ways to spoil a sound register folder, one fault at a time."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], None]


def read_rows(file: Path) -> list[list[str]]:
    """Lines of a CSV file, header first."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def write_rows(file: Path, rows: list[list[str]]) -> None:
    """Write lines as a clerk's program would."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(rows)


def cell(table: str, line: int, **values: str) -> Damage:
    """Replace cells of one line (the header is line 1)."""

    def spoil(folder: Path) -> None:
        rows = read_rows(folder / f"{table}.csv")
        for column, value in values.items():
            rows[line - 1][rows[0].index(column)] = value
        write_rows(folder / f"{table}.csv", rows)

    return spoil


def more(table: str, copied: int, **values: str) -> Damage:
    """Add a copy of a line at the end, with other values."""

    def spoil(folder: Path) -> None:
        rows = read_rows(folder / f"{table}.csv")
        rows.append(list(rows[copied - 1]))
        write_rows(folder / f"{table}.csv", rows)
        cell(table, len(rows), **values)(folder)

    return spoil


def without(table: str, *lines: int) -> Damage:
    """Take lines away."""

    def spoil(folder: Path) -> None:
        rows = read_rows(folder / f"{table}.csv")
        kept = [row for line, row in enumerate(rows, start=1) if line not in lines]
        write_rows(folder / f"{table}.csv", kept)

    return spoil


def text(name: str, old: str, new: str) -> Damage:
    """Replace a piece of text, which must be there."""

    def spoil(folder: Path) -> None:
        before = (folder / name).read_text(encoding="utf-8")
        if old not in before:
            raise ValueError(f"{old!r} is not in {name}")
        (folder / name).write_text(before.replace(old, new, 1), encoding="utf-8")

    return spoil


def raw(name: str, content: bytes) -> Damage:
    """Replace a whole file."""
    return lambda folder: (folder / name).write_bytes(content) and None


def gone(name: str) -> Damage:
    """Take a file away."""
    return lambda folder: (folder / name).unlink()


def both(*damages: Damage) -> Damage:
    """Several at once, in order."""

    def spoil(folder: Path) -> None:
        for damage in damages:
            damage(folder)

    return spoil
