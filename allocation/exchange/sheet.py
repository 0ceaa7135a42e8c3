"""A table as it stands in a file: cells of text in columns, before any judgement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allocation.errors import Problem


@dataclass(frozen=True, eq=False)
class Sheet:
    """
    Cells of one table as text, in file order.

    ``rows`` are the line numbers people see (the header is 1; in a CSV file a quoted line break
    does not start a new line, as in a spreadsheet). ``columns`` are as many as ``header``, each
    as long as ``rows``. ``misshapen`` are the lines whose number of cells is wrong: they are
    kept, filled up or cut, so that rows of other tables still find them.
    """

    where: str
    header: tuple[str, ...]
    rows: Sequence[int]
    columns: tuple[Sequence[str], ...]
    problems: tuple[Problem, ...] = ()
    misshapen: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)


def sheet_of(where: str, grid: Iterable[Sequence[str]]) -> Sheet:
    """Build a sheet from lines of cells; blank lines are passed over, a short or long one told."""
    lines = iter(grid)
    header = tuple(cell.strip() for cell in next(lines, ()))
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        return Sheet(where, (), [], (), (Problem.at(where, 1, "", "register.empty_file"),))
    width = len(header)
    numbered = [(row, line) for row, line in enumerate(lines, start=2) if any(line)]
    uneven = [row for row, line in numbered if len(line) != width]
    kept, problems, misshapen = numbered, [], set()
    if uneven:
        kept = [(row, _fitted(line, width)) for row, line in numbered]
        for row, line in numbered:
            if len(line) < width or any(cell.strip() for cell in line[width:]):
                misshapen.add(row)
                problems.append(
                    Problem.at(
                        where, row, "", "register.row_length", found=len(line), expected=width
                    )
                )
    columns = tuple(zip(*(line for _, line in kept), strict=True)) or ((),) * width
    return Sheet(
        where,
        header,
        [row for row, _ in kept],
        columns,
        tuple(problems),
        frozenset(misshapen),
    )


def _fitted(line: Sequence[str], width: int) -> Sequence[str]:
    return [*line[:width], *[""] * (width - len(line))]
