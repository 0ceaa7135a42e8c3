"""
Faults as clerks and exports make them, planted in the files of a register folder.

A register in memory cannot hold most of them (a day that does not exist, a code in capitals), so
they are written over the CSV files. Each planted fault is listed with its place, so that an
import can be measured: what was planted, what was found.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from allocation.errors import HousingError
from allocation.model import TABLE_BY_NAME
from scenarios.streams import Streams, streams

Rows = list[list[str]]
_HEADER = 1
# A commune of the German-speaking Community and a code of nobody.
_EUPEN, _NO_COMMUNE = "63023", "59999"


class FaultShareError(HousingError):
    """The share of faults asked for is not one."""

    code: ClassVar[str] = "synth.bad_fault_share"


@dataclass(frozen=True, order=True)
class Planted:
    """
    One planted fault: file, line (1 = header), column, kind.

    ``is_error`` is false for what may stand in a register and only lacks something.
    """

    file: str
    row: int
    column: str
    kind: str
    is_error: bool = True


@dataclass(frozen=True)
class _Kind:
    """A kind of fault that rewrites one cell."""

    name: str
    table: str
    column: str
    spoil: Callable[[str], str]
    is_error: bool = True


def _swap_last_digits(text: str) -> str:
    """A number typed with its two last digits exchanged, or one digit off when they are equal."""
    head, last = text[:-2], text[-2:]
    return head + (last[::-1] if last[0] != last[1] else last[0] + str((int(last[1]) + 1) % 10))


_CELLS = (
    _Kind("commune_typed_wrong", "choices", "nis5", lambda _: _NO_COMMUNE),
    _Kind("commune_by_name", "choices", "nis5", lambda _: "Charleroy"),
    _Kind("german_speaking_commune", "choices", "nis5", lambda _: _EUPEN),
    _Kind("no_such_day", "household_members", "born_on", lambda day: f"{day[:4]}-02-30"),
    _Kind("day_written_otherwise", "household_members", "born_on",
          lambda day: f"le {day[8:]} {day[5:7]} {day[:4]}"),
    _Kind("two_hundred_years_old", "household_members", "born_on",
          lambda day: f"{int(day[:4]) - 200}{day[4:]}"),
    _Kind("check_digits", "household_members", "national_number", _swap_last_digits),
    _Kind("cents_with_a_comma", "household_members", "taxable_income_cents",
          lambda cents: f"{cents[:-2] or 0},{cents[-2:]} EUR"),
    _Kind("registered_after_the_meeting", "applications", "registered_on",
          lambda day: f"2{int(day[1:4]) + 90:03d}{day[4:]}"),
    _Kind("required_left_empty", "applications", "registered_on", lambda _: ""),
    _Kind("word_of_another_program", "applications", "status", lambda status: f"{status} (OK)"),
    _Kind("unknown_proof", "facts", "proof", lambda proof: f"scan_{proof}.pdf"),
    _Kind("missing_proof", "facts", "proof", lambda _: "", is_error=False),
)  # fmt: skip


def plant_faults(folder: Path, *, seed: int | str, share: float) -> tuple[Planted, ...]:
    """
    Spoil the CSV files of a register folder.

    Parameters
    ----------
    folder
        A register folder just written.
    seed
        Same folder, seed and share: same faults.
    share
        Faults wanted as a share of the applications, from 0 to 1.

    Returns
    -------
    tuple of Planted
        Sorted by place; at most one fault per line.

    Raises
    ------
    FaultShareError
        ``synth.bad_fault_share``: the share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise FaultShareError(f"a share of faults of {share} is not between 0 and 1", share=share)
    drawn = streams(seed).under("faults")
    tables = {name: _read(folder / f"{name}.csv") for name in sorted({k.table for k in _CELLS})}
    n_faults = round(share * (len(tables["applications"]) - _HEADER))
    # One kind in as many, plus the double application, takes its turn.
    n_kinds = len(_CELLS) + 1
    planted: list[Planted] = []
    for idx, kind in enumerate(_CELLS):
        planted += _spoil(tables[kind.table], kind, drawn, n=_turns(n_faults, idx, n_kinds),
                          taken=planted)  # fmt: skip
    n_double = _turns(n_faults, len(_CELLS), n_kinds)
    planted += _double_applications(tables, drawn, n=n_double, taken=planted)
    for name, rows in tables.items():
        _write(folder / f"{name}.csv", rows)
    return tuple(sorted(planted))


def _turns(n_faults: int, idx: int, n_kinds: int) -> int:
    return n_faults // n_kinds + (idx < n_faults % n_kinds)


def _spoil(
    rows: Rows, kind: _Kind, drawn: Streams, *, n: int, taken: Sequence[Planted]
) -> list[Planted]:
    """Rewrite the cell of ``n`` lines that hold something and have no fault yet."""
    file = f"{kind.table}.csv"
    used = {fault.row for fault in taken if fault.file == file}
    column = rows[0].index(kind.column)
    order = drawn.of(kind.name).permutation(len(rows) - _HEADER) + _HEADER
    found: list[Planted] = []
    for position in order.tolist():
        if len(found) == n:
            break
        cell = rows[position][column]
        if cell and position + 1 not in used:
            rows[position][column] = kind.spoil(cell)
            found.append(Planted(file, position + 1, kind.column, kind.name, kind.is_error))
    return found


def _double_applications(
    tables: dict[str, Rows], drawn: Streams, *, n: int, taken: Sequence[Planted]
) -> list[Planted]:
    """The same household filed at two desks: a second application with the same applicant."""
    applications, members = tables["applications"], tables["household_members"]
    choices = tables["choices"]
    spoiled = {tables[Path(f.file).stem][f.row - 1][0] for f in taken}
    applicants = {m[0]: m for m in reversed(members[_HEADER:])}
    status, number = applications[0].index("status"), members[0].index("national_number")
    order = drawn.of("double application").permutation(len(applications) - _HEADER) + _HEADER
    found: list[Planted] = []
    for position in order.tolist():
        row = applications[position]
        if len(found) == n:
            break
        if row[0] in spoiled or row[status] != "admitted" or not applicants[row[0]][number]:
            continue
        twin = f"{row[0]}-bis"
        applications.append([twin, *row[1:]])
        members.append([twin, f"{twin}-1", *applicants[row[0]][2:]])
        choices.extend([[twin, *c[1:]] for c in choices if c[0] == row[0]])
        place = ("household_members.csv", len(members), "national_number")
        found.append(Planted(*place, kind="double_application"))
    return found


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    expected = [column.name for column in TABLE_BY_NAME[path.stem].columns]
    if rows[0] != expected:
        raise FaultShareError(f"{path.name} is not a table just written", file=path.name)
    return rows


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
