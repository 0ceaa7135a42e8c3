"""A table read but not yet accepted: typed columns in file order, each row with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.errors import Problem
from allocation.exchange.cells import Fault, missing_column, parse, suggestion
from allocation.exchange.sheet import Sheet
from allocation.model import MISSING_CHOICE, MISSING_INTEGER, Table, TableSchema

Array = npt.NDArray[Any]
Judge = Callable[[str], Fault | None]


@dataclass(frozen=True, eq=False)
class Frame:
    """
    Typed columns of one file, in file order.

    ``rows``: line of each row as people see it. A faulty cell is missing in ``columns`` and is
    told in ``problems``; its row stays, so that other tables still find its identifier.
    """

    schema: TableSchema
    where: str
    rows: Sequence[int]
    columns: Mapping[str, Array]
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def problem(self, idx: int, column: str, code: str, **facts: object) -> Problem:
        """A problem of row ``idx`` (position in the frame)."""
        return Problem.at(self.where, self.rows[idx], column, code, **facts)

    def problems_at(self, at: Array, column: str, code: str, **facts: object) -> Iterator[Problem]:
        """The same problem for every row of a mask (n,) or of positions."""
        for idx in positions(at):
            yield self.problem(idx, column, code, **facts)

    def problems_by_value(self, column: str, judge: Judge) -> Iterator[Problem]:
        """Judge each distinct filled value once; tell every row that holds a bad one."""
        values: list[str] = self[column].tolist()
        bad = {v: fault for v in set(values) if v and (fault := judge(v)) is not None}
        for idx, value in enumerate(values) if bad else ():
            if value in bad:
                fault = bad[value]
                yield self.problem(idx, column, fault.code, **dict(fault.facts))

    def is_choice(self, name: str, *choices: str) -> Array:
        """Mask of the rows whose column holds one of these choices."""
        names = self.schema.column(name).choices
        return np.isin(self[name], [names.index(c) for c in choices])

    @cached_property
    def first_row_of(self) -> dict[str, int]:
        """First key column -> position of its first row."""
        keys = self[self.schema.key[0]].tolist()
        # Written from the last row to the first: what stays is the first.
        return dict(zip(reversed(keys), reversed(range(len(keys))), strict=True))

    def rows_of(self, keys: Iterable[str], other: Frame) -> Array:
        """Position in ``other`` of each key, -1 where it has none."""
        return np.fromiter(map(other.first_row_of.get, keys, repeat(-1)), dtype=np.int64)

    def filled(self, column: str) -> Array:
        """Mask of the rows whose cell of that column is there and was read."""
        array = self[column]
        if array.dtype == object:
            return array.astype(bool)
        if array.dtype.kind == "M":
            return ~np.isnat(array)
        missing = MISSING_CHOICE if array.dtype == np.int16 else MISSING_INTEGER
        return np.asarray(array != missing)

    def table(self) -> Table:
        """The accepted table, rows sorted by the key."""
        return Table.from_columns(self.schema, self.columns)


def positions(at: Array) -> list[int]:
    """Positions named by a mask, or by an array of positions."""
    found: list[int] = (np.flatnonzero(at) if at.dtype == bool else at).tolist()
    return found


def empty_frame(schema: TableSchema, where: str) -> Frame:
    """The frame of a table whose file is absent."""
    return Frame(schema, where, [], {c.name: missing_column(c, 0) for c in schema.columns})


def frame_of(schema: TableSchema, sheet: Sheet) -> Frame:
    """Give types to a sheet: unknown, double and missing columns and every faulty cell are told."""
    problems = list(sheet.problems)
    if sheet.header:
        problems += _header_problems(schema, sheet)
    columns: dict[str, Array] = {}
    for column in schema.columns:
        if column.name not in sheet.header:
            columns[column.name] = missing_column(column, len(sheet))
            continue
        parsed = parse(column, sheet.columns[sheet.header.index(column.name)])
        columns[column.name] = parsed.values
        for idx, fault in parsed.faults:
            # Cells of a line that was cut or filled up may have slipped: the line itself is told.
            if sheet.rows[idx] not in sheet.misshapen:
                problems.append(
                    Problem.at(
                        sheet.where, sheet.rows[idx], column.name, fault.code, **dict(fault.facts)
                    )
                )
    return Frame(schema, sheet.where, sheet.rows, columns, tuple(problems))


def _header_problems(schema: TableSchema, sheet: Sheet) -> Iterator[Problem]:
    names = [c.name for c in schema.columns]
    seen: set[str] = set()
    for name in sheet.header:
        if name in seen:
            yield Problem.at(sheet.where, 1, name, "register.duplicate_column", name=name)
        elif name not in names:
            unused = [n for n in names if n not in sheet.header]
            yield Problem.at(
                sheet.where,
                1,
                name,
                "register.unknown_column",
                name=name or "?",
                suggestion=suggestion(name, unused or names),
            )
        seen.add(name)
    for column in schema.columns:
        if column.is_required and column.name not in seen:
            yield Problem.at(
                sheet.where, 1, column.name, "register.missing_column", name=column.name
            )
