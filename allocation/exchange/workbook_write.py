"""A register as an Excel workbook: one sheet per table, ready to be filled in or corrected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

from allocation.errors import HousingError
from allocation.exchange import settings_sheets as sheets
from allocation.exchange.entries import (
    MEETING_SCHEMA,
    REGISTER_SCHEMA,
    meeting_values,
    quotas_values,
    register_values,
)
from allocation.exchange.landing import whole_file
from allocation.model import TABLES, Column, Register, Table, TableSchema

LAST_ROW = 1_048_576  # of an Excel sheet
_FIRST_EXCEL_DAY = date(1900, 3, 1)  # before it Excel counts a day that never was
# A workbook says when it was made; the same register must give the same bytes.
_NO_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 a fixed day, no instant
_SPARE_ROWS = 1_000


class TooManyRowsError(HousingError):
    """A table has more rows than an Excel sheet: the folder of CSV files has no such limit."""

    code: ClassVar[str] = "exchange.too_many_rows"


@dataclass(frozen=True)
class Layout:
    """A sheet to write: its name, its columns, its rows as plain values in the columns' order."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Any]]
    n_rows: int


def write_workbook(register: Register, path: Path) -> None:
    """
    Write every table and setting to one file: same register, same bytes; whole or not at all.

    Raises
    ------
    TooManyRowsError
        ``exchange.too_many_rows``: a table does not fit on a sheet.
    """
    write_layouts(list(register_layouts(register)), path)


def write_layouts(layouts: Sequence[Layout], path: Path) -> None:
    """Write sheets to one file; see ``write_workbook``."""
    import xlsxwriter

    for layout in layouts:
        if layout.n_rows >= LAST_ROW:
            raise TooManyRowsError(
                f"{layout.name} has {layout.n_rows} rows", table=layout.name, rows=layout.n_rows
            )
    with whole_file(path) as fresh:
        options = {"constant_memory": True, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(fresh), options) as book:
            book.set_properties({"created": _NO_TIME, "title": "register/1"})
            formats = {
                "header": book.add_format({"bold": True, "bg_color": "#DDE7E4", "border": 1}),
                "required": book.add_format({"bold": True, "bg_color": "#B9D3CB", "border": 1}),
                "text": book.add_format({"num_format": "@"}),
                "date": book.add_format({"num_format": "yyyy-mm-dd"}),
                "number": book.add_format({"num_format": "0"}),
                "scalar": book.add_format(),
            }
            for layout in layouts:
                _write_sheet(book, layout, formats)


def template_layouts() -> Iterator[Layout]:
    """Sheets of an empty register: names of fields and columns, nothing else."""
    for name, fields, entry in (
        ("register", sheets.REGISTER_FIELDS, REGISTER_SCHEMA),
        ("meeting", sheets.MEETING_FIELDS, MEETING_SCHEMA),
    ):
        rows = [[field, entry if field == "schema" else None] for field in fields]
        yield Layout(name, sheets.FIELDS.columns, rows, len(rows))
    for schema in (sheets.CONFIRMATIONS, sheets.SETTINGS, sheets.QUOTAS, *TABLES):
        yield Layout(schema.name, schema.columns, [], 0)


def register_layouts(register: Register) -> Iterator[Layout]:
    """Sheets of a register: settings first, then the tables."""
    settings: list[tuple[TableSchema, str, list[sheets.Values]]] = []
    values = register_values(register.kind, register.slsp_id, register.confirmations)
    settings.append((sheets.FIELDS, "register", sheets.register_rows(values)))
    settings.append((sheets.CONFIRMATIONS, "confirmations", sheets.confirmation_rows(values)))
    if register.meeting:
        values = meeting_values(register.meeting)
        settings.append((sheets.FIELDS, "meeting", sheets.meeting_rows(values)))
        settings.append((sheets.SETTINGS, "settings", sheets.setting_rows(values)))
    quotas = sheets.quota_rows(quotas_values(register.quotas))
    settings.append((sheets.QUOTAS, "quotas", quotas))
    for schema, name, rows in settings:
        columns = (*schema.columns, *_more_columns(schema, rows))
        filled = [[row.get(c.name) for c in columns] for row in rows]
        yield Layout(name, columns, filled, len(rows))
    for schema in TABLES:
        table = register[schema.name]
        yield Layout(schema.name, schema.columns, _plain_rows(table), len(table))


def _more_columns(schema: TableSchema, rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Columns beyond the usual ones: a value confirmed by more than two persons."""
    known = {c.name for c in schema.columns}
    extra = sorted(set(chain.from_iterable(rows)) - known)
    return [Column(name, "text", "one more person") for name in extra]


def _plain_rows(table: Table) -> Iterator[Sequence[Any]]:
    """Rows as Excel is to hold them: days and numbers as such, the rest as text."""
    columns: list[list[Any]] = []
    for column in table.schema.columns:
        texts = table.text(column.name)
        if column.kind == "date":
            columns.append([date.fromisoformat(t) if t else None for t in texts])
        elif column.kind in ("integer", "cents"):
            columns.append([int(t) if t else None for t in texts])
        else:
            columns.append([t or None for t in texts])
    return zip(*columns, strict=True)


def _write_sheet(book: Any, layout: Layout, formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(layout.name)
    sheet.freeze_panes(1, 0)
    for idx, column in enumerate(layout.columns):
        style = formats[_style(column)]
        sheet.set_column(idx, idx, min(max(len(column.name) + 2, 12), 40), style)
        header = formats["required" if column.is_required else "header"]
        sheet.write_string(0, idx, column.name, header)
        sheet.write_comment(0, idx, _note(column), {"author": "Passerelle", "width": 260})
        if column.choices:
            sheet.data_validation(
                1,
                idx,
                min(layout.n_rows + _SPARE_ROWS, LAST_ROW - 1),
                idx,
                {"validate": "list", "source": list(column.choices), "error_type": "warning"},
            )
    for row, cells in enumerate(layout.rows, start=1):
        for idx, cell in enumerate(cells):
            if cell is not None and cell != "":
                _write_cell(sheet, (row, idx), cell, formats)


def _write_cell(sheet: Any, at: tuple[int, int], cell: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(*at, cell, formats["scalar"])
    elif isinstance(cell, date) and cell >= _FIRST_EXCEL_DAY:
        sheet.write_datetime(*at, cell, formats["date"])
    elif isinstance(cell, int):
        sheet.write_number(*at, cell, formats["number"])
    else:
        sheet.write_string(*at, str(cell), formats["text"])


def _style(column: Column) -> str:
    kinds = {"date": "date", "integer": "number", "cents": "number", "scalar": "scalar"}
    return kinds.get(column.kind, "text")


def _note(column: Column) -> str:
    """What a clerk reads when pointing at the name of a column."""
    parts = [column.doc]
    if column.kind == "cents":
        parts.append("whole euro cents")
    if column.kind == "date":
        parts.append("year-month-day")
    if column.choices:
        parts.append(" | ".join(column.choices))
    if column.references:
        parts.append(f"exists in {column.references}")
    if column.is_required:
        parts.append("required")
    return "\n".join(parts)
