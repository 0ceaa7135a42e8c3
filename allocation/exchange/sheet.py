"""A table as it stands in a file: cells of text in columns, before any judgement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from allocation.errors import Problem

_BLOCK = 256  # lines whose cells are still at hand when they are dealt to their columns


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
    width, rows = len(header), list[int]()
    columns: tuple[list[str], ...] = tuple([] for _ in header)
    problems: list[Problem] = []
    seen = 1
    # Block by block: a list per line, kept for the whole file, would cost more than its cells.
    while block := list(islice(lines, _BLOCK)):
        kept: Sequence[int] = range(seen + 1, seen + 1 + len(block))
        seen += len(block)
        if not all(map(any, block)):
            kept = [row for row, line in zip(kept, block, strict=True) if any(line)]
            block = [line for line in block if any(line)]
        if set(map(len, block)) - {width}:
            for row, line in zip(kept, block, strict=True):
                problems += _shape(where, row, line, width=width)
            block = [_fitted(line, width) for line in block]
        rows += kept
        for column, cells in zip(columns, zip(*block, strict=True), strict=False):
            column.extend(cells)
    return Sheet(where, header, rows, columns, tuple(problems), frozenset(p.row for p in problems))


def unreadable(where: str, row: int, code: str, **facts: object) -> Sheet:
    """A sheet of which nothing can be said but why it cannot be read."""
    return Sheet(where, (), [], (), (Problem.at(where, row, "", code, **facts),))


def _shape(where: str, row: int, line: Sequence[str], *, width: int) -> Iterator[Problem]:
    """Cells are missing, or cells beyond the header hold something."""
    if len(line) < width or any(cell.strip() for cell in line[width:]):
        yield Problem.at(where, row, "", "register.row_length", found=len(line), expected=width)


def _fitted(line: Sequence[str], width: int) -> Sequence[str]:
    return [*line[:width], *[""] * (width - len(line))]
