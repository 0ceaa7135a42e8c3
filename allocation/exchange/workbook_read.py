"""A register workbook read back: the same cells as the folder, located by sheet and row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from allocation.errors import Problem, ProblemsError
from allocation.exchange import settings_sheets as sheets
from allocation.exchange.cells import suggestion
from allocation.exchange.draft import Source
from allocation.exchange.entries import QUOTAS_SCHEMA
from allocation.exchange.outline import Outline, Path_
from allocation.exchange.sheet import Sheet, sheet_of, unreadable
from allocation.model import TABLES, TableSchema

SETTING_SHEETS = ("register", "confirmations", "meeting", "settings", "quotas")
NAMES = {name: name for name in (*SETTING_SHEETS, *(t.name for t in TABLES))}

Places = dict[Path_, tuple[int, str]]
Row = tuple[int, dict[str, Any]]


def workbook_source(path: Path) -> Source:
    """Everything found in a workbook; ``ProblemsError`` when the file is not one."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
    except CalamineError:
        code = "register.not_a_register"
        raise ProblemsError([Problem.at(path.name, 0, "", code, file=path.name)]) from None
    problems = [
        Problem.at(name, 0, "", "register.unknown_file", file=name)
        for name in book.sheet_names
        if name not in NAMES
    ]
    tables: dict[str, Callable[[], Sheet]] = {
        t.name: partial(_sheet, book, t.name) for t in TABLES if t.name in book.sheet_names
    }
    outlines: dict[str, Outline] = {}
    for name, read in _OUTLINES.items():
        if name in book.sheet_names:
            outline = read(book, problems)
            if name != "meeting" or _says_anything(outline):
                outlines[name] = outline
    return Source(path.name, tables, outlines, NAMES, tuple(problems))


def _says_anything(outline: Outline) -> bool:
    """A meeting sheet left as the template has it is no meeting."""
    return bool(outline.values["settings"]) or set(outline.values) > {"schema", "settings"}


def _sheet(book: Any, name: str) -> Sheet:
    from python_calamine import CalamineError

    try:
        rows = book.get_sheet_by_name(name).iter_rows()
        return sheet_of(name, ([sheets.shown(cell) for cell in row] for row in rows))
    except CalamineError as error:
        return unreadable(name, 0, "register.unreadable", reason=error)


def _lines(book: Any, name: str, problems: list[Problem]) -> Iterator[Sequence[object]]:
    """Rows of a settings sheet as calamine gives them; a broken sheet is told and has none."""
    from python_calamine import CalamineError

    if name not in book.sheet_names:
        return iter(())
    try:
        return iter(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
    except CalamineError as error:
        problems.append(Problem.at(name, 0, "", "register.unreadable", reason=error))
        return iter(())


def _rows(book: Any, name: str, schema: TableSchema, problems: list[Problem]) -> Iterator[Row]:
    """Filled rows of a settings sheet by column name; unknown columns are told."""
    lines = _lines(book, name, problems)
    header = [sheets.shown(cell).strip() for cell in next(lines, ())]
    known = {c.name: str(c.kind) for c in schema.columns}
    for column in header:
        is_person = schema is sheets.CONFIRMATIONS and column.startswith(sheets.CONFIRMED_BY)
        if column and column not in known and not is_person:
            closest = suggestion(column, known)
            problems.append(
                Problem.at(
                    name, 1, column, "register.unknown_column", name=column, suggestion=closest
                )
            )
    for row, line in enumerate(lines, start=2):
        if not sheets.is_empty(line):
            cells = zip(header, line, strict=False)
            yield row, {c: cell for c, cell in cells if sheets.shown(cell).strip()}


def _fields(
    book: Any, name: str, kinds: dict[str, str], problems: list[Problem]
) -> tuple[dict[str, Any], Places]:
    """A sheet of fields and values as nested plain values."""
    values: dict[str, Any] = {}
    places: Places = {(): (1, "")}
    for row, cells in _rows(book, name, sheets.FIELDS, problems):
        field = sheets.shown(cells.get("field", "")).strip()
        *above, last = field.split(".")
        places[(*above, last)] = (row, field)
        if "value" not in cells:
            continue
        inner = values
        for step in above:
            inner = inner.setdefault(step, {})
        if last in inner:
            problems.append(Problem.at(name, row, field, "register.field_twice"))
        inner[last] = sheets.typed(kinds.get(field, "text"), cells["value"])
    return values, places


def _typed_cells(schema: TableSchema, cells: dict[str, Any]) -> dict[str, Any]:
    kinds = {c.name: str(c.kind) for c in schema.columns}
    return {name: sheets.typed(kinds.get(name, "text"), cell) for name, cell in cells.items()}


def _register(book: Any, problems: list[Problem]) -> Outline:
    values, places = _fields(book, "register", sheets.REGISTER_FIELDS, problems)
    entries = values["confirmations"] = []
    for idx, (row, cells) in enumerate(
        _rows(book, "confirmations", sheets.CONFIRMATIONS, problems)
    ):
        entry = _typed_cells(sheets.CONFIRMATIONS, cells)
        persons = sorted(name for name in entry if name.startswith(sheets.CONFIRMED_BY))
        entry[sheets.CONFIRMED_BY] = [entry.pop(name) for name in persons]
        entry.setdefault("source", "")
        entries.append(entry)
        places[("confirmations", idx)] = (row, "")
        places |= {("confirmations", idx, name): (row, name) for name in entry}
    return Outline("register", values, places, frozenset({"confirmations"}))


def _meeting(book: Any, problems: list[Problem]) -> Outline:
    values, places = _fields(book, "meeting", sheets.MEETING_FIELDS, problems)
    entries = values["settings"] = []
    for idx, (row, cells) in enumerate(_rows(book, "settings", sheets.SETTINGS, problems)):
        entry = _typed_cells(sheets.SETTINGS, cells)
        entry.setdefault("value", "")
        entries.append(entry)
        places[("settings", idx)] = (row, "")
        places |= {("settings", idx, n): (row, n) for n in entry}
    return Outline("meeting", values, places, frozenset({"settings"}))


def _quotas(book: Any, problems: list[Problem]) -> Outline:
    places: Places = {(): (1, "")}
    entries = []
    for idx, (row, cells) in enumerate(_rows(book, "quotas", sheets.QUOTAS, problems)):
        row_cells = _typed_cells(sheets.QUOTAS, cells)
        places[("quotas", idx)] = (row, "")
        for name in row_cells:
            places[("quotas", idx, *sheets.quota_place(name))] = (row, name)
        entries.append(sheets.quota_entry(row_cells))
    return Outline("quotas", {"schema": QUOTAS_SCHEMA, "quotas": entries}, places)


_OUTLINES: dict[str, Callable[[Any, list[Problem]], Outline]] = {
    "register": _register,
    "meeting": _meeting,
    "quotas": _quotas,
}
