"""An application, or a dwelling, written by hand, under the checks of the import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from allocation.errors import Problem
from allocation.exchange.checks import (
    amounts,
    applications,
    choices,
    days,
    evidence,
    keys,
    members,
    places,
)
from allocation.exchange.draft import Draft, Source
from allocation.exchange.entries import RegisterEntry
from allocation.exchange.frame import Frame, frame_of
from allocation.exchange.sheet import Sheet
from allocation.model import TABLE_BY_NAME, Meeting
from allocation.model.table import Cell

FILE_TABLES = ("applications", "household_members", "facts", "choices")
_CHECKS = (
    keys.check,
    days.check,
    amounts.check,
    places.check,
    applications.check,
    members.check,
    choices.check,
    evidence.check,
)
DWELLING_TABLES = ("dwellings", "vacancies")
_DWELLING_CHECKS = (keys.check, days.check, amounts.check, places.check)
Check = Callable[[Draft], Iterator[Problem]]
Rows = Sequence[Mapping[str, Cell]]
Tables = Mapping[str, Rows]


def application_problems(
    file: Tables, *, beside: Tables, meeting: Meeting, kind: str
) -> tuple[Problem, ...]:
    """
    Everything the import would say of one application; severities are told apart by the caller.

    ``where`` of a problem is the table and ``row`` the place in it, from 1.

    Parameters
    ----------
    file
        Its rows, by table of ``FILE_TABLES``; one row of ``applications``.
    beside
        Rows of other applications that may hold the same persons, and the sections: what it is
        compared with. Their own faults are not told.
    meeting
        Day and rulebook it is judged for.
    kind
        Kind of the register, ``demo`` or ``real``.
    """
    return _judged(file, beside, FILE_TABLES, _CHECKS, meeting=meeting, kind=kind)


def dwelling_problems(
    file: Tables, *, beside: Tables, meeting: Meeting, kind: str
) -> tuple[Problem, ...]:
    """
    The same for one dwelling and its vacancy.

    ``beside``: the sections and agreements they may name.
    """
    return _judged(file, beside, DWELLING_TABLES, _DWELLING_CHECKS, meeting=meeting, kind=kind)


def _judged(
    file: Tables,
    beside: Tables,
    tables: Sequence[str],
    checks: Sequence[Check],
    *,
    meeting: Meeting,
    kind: str,
) -> tuple[Problem, ...]:
    frames = {name: _frame(name, file, beside) for name in TABLE_BY_NAME}
    register = RegisterEntry.model_validate(
        {"schema": "register/1", "kind": kind, "slsp_id": meeting.slsp_id}
    )
    headers = {name: _header(name) for name in TABLE_BY_NAME}
    draft = Draft(Source("", {}, {}, {}), headers, frames, register, meeting, (), ())
    found = [p for name in tables for p in frames[name].problems]
    found += [p for check in checks for p in check(draft)]
    sizes = {name: len(file.get(name, ())) for name in tables}
    return tuple(sorted({p for problem in found for p in _of_the_file(problem, sizes)}))


def _header(name: str) -> tuple[str, ...]:
    return tuple(c.name for c in TABLE_BY_NAME[name].columns)


def _frame(name: str, file: Tables, beside: Tables) -> Frame:
    """The rows of the file first, from row 1, then those it is compared with."""
    rows = [*file.get(name, ()), *beside.get(name, ())]
    header = _header(name)
    columns = tuple([_text(row.get(column)) for row in rows] for column in header)
    return frame_of(TABLE_BY_NAME[name], Sheet(name, header, range(1, len(rows) + 1), columns))


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _of_the_file(problem: Problem, sizes: Mapping[str, int]) -> Iterator[Problem]:
    """
    A problem, if it is of the file; what two rows share is told at the row of the file.

    Of the persons of two applications the later row is told: here that of the other one.
    """
    size = sizes.get(problem.where, 0)
    facts = dict(problem.facts)
    if 0 < problem.row <= size:
        yield problem
    elif "application" in facts and 0 < int(facts.get("first", 0)) <= size:
        yield Problem(
            problem.where, int(facts["first"]), problem.column, problem.code, problem.facts
        )
