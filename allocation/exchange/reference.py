"""The reference page of the register, from the schema itself: it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from allocation.exchange import settings_sheets as sheets
from allocation.exchange.draft import NEEDED_TABLES
from allocation.exchange.entries import Entry, MeetingEntry, RegisterEntry
from allocation.exchange.severity import severities
from allocation.model import TABLES, Column, TableSchema

_KINDS = {
    "id": "identifier",
    "text": "text",
    "date": "date",
    "integer": "whole number",
    "cents": "euro cents",
    "choice": "choice",
    "flag": "yes, no or empty",
    "scalar": "text, number or yes/no",
}

_OPENING = """\
# The register: files, columns, problems

This page is generated from the program (`allocation/model/schema.py`). French and English sentences
of every problem are at the end.

A **register folder** (`register/1`) holds three files of settings (YAML 1.2) and one CSV file per
table. The same content fits in an **Excel workbook**, one sheet per table, settings included.
`passerelle import` reads either and lists every fault at once; `passerelle export` writes either;
`passerelle export --template --out DIR|FILE.xlsx` writes an empty one. Folder to workbook to folder
changes nothing, to the byte.

## How files are written

* UTF-8, comma, lines ending in LF, first line = names of the columns; rows sorted by the key.
  On reading, a byte-order mark, semicolons and CRLF (what Belgian Excel saves) are accepted,
  columns may come in any order, and spaces around a cell are passed over.
* Dates are year-month-day (`2026-06-30`). Money is whole euro cents (`31250` is 312.50 euros).
* Flags have three values: `yes`, `no`, and empty for *unknown*. Unknown is never read as no.
* Identifiers are opaque: 1 to 64 visible ASCII characters without space, compared byte by byte.
* **Needed** files: {needed}, `register.yaml` and `quotas.yaml` (no quota at all is written
  `quotas: []`). The other tables may be absent: they are then empty.
  Files that do not belong are told and left alone.
* Columns marked *personal* never leave the company, and problems never repeat what they hold.
"""


def reference_page() -> str:
    """The whole page, in Markdown."""
    needed = ", ".join(f"`{name}.csv`" for name in NEEDED_TABLES)
    parts = [_OPENING.format(needed=needed), *_settings()]
    parts.append("## Tables\n")
    parts += [_table(schema, f"{schema.name}.csv") for schema in TABLES]
    parts.append(_problems())
    return "\n".join(parts)


def _settings() -> Iterator[str]:
    yield (
        "## Settings\n\n"
        "In a workbook, `register.yaml` is the sheets `register` and `confirmations`; "
        "`meeting.yaml` the sheets `meeting` and `settings`; `quotas.yaml` the sheet `quotas`.\n"
    )
    yield "### register.yaml\n\n" + _fields(sheets.REGISTER_FIELDS, RegisterEntry)
    yield _table(sheets.CONFIRMATIONS, "confirmations (in register.yaml)")
    yield "### meeting.yaml\n\n" + _fields(sheets.MEETING_FIELDS, MeetingEntry)
    yield _table(sheets.SETTINGS, "settings (in meeting.yaml)")
    yield _table(sheets.QUOTAS, "quotas.yaml")
    yield (
        "In `quotas.yaml`, `income_categories`, `list`, `agreement_id`, `agreement_ids` and "
        "`channels` stand under `group`, what begins with `unused_` under `unused`, the labels "
        "under `label` by language; `steps` is a list of `{from: 2026-01-01, share: 9/200}`.\n"
    )


def _fields(fields: Mapping[str, str], model: type[Entry]) -> str:
    by_alias = {f.alias or n: n for n, f in model.model_fields.items()}
    rows = []
    for name, kind in fields.items():
        field = by_alias.get(name)
        values = sheets.choices_of(model, field) if field else ()
        is_needed = field is not None and model.model_fields[field].is_required()
        meaning = ", ".join(f"`{value}`" for value in values)
        rows.append([f"`{name}`", _KINDS.get(kind, kind), "yes" if is_needed else "", meaning])
    return _grid(["field", "holds", "required", "values"], rows)


def _table(schema: TableSchema, title: str) -> str:
    key = ", ".join(f"`{name}`" for name in schema.key)
    rows = [
        [
            f"`{c.name}`",
            _KINDS[str(c.kind)],
            "yes" if c.is_required else "",
            _meaning(c),
        ]
        for c in schema.columns
    ]
    grid = _grid(["column", "holds", "required", "meaning"], rows)
    return f"### {title}\n\n{schema.doc} Key: {key}.\n\n{grid}"


def _meaning(column: Column) -> str:
    parts = [column.doc]
    if column.choices and column.kind != "flag":
        parts.append("one of " + ", ".join(f"`{c}`" for c in column.choices))
    if column.references:
        parts.append(f"exists in `{column.references}`")
    if column.is_personal:
        parts.append("*personal*")
    return "; ".join(parts)


def _problems() -> str:
    from allocation.wording.catalogue import read_domain

    grids = []
    for severity, title in (("error", "Errors"), ("warning", "Warnings")):
        rows = []
        for code in (c for c, s in severities().items() if s == severity):
            sentences = [read_domain("register", lang)[code] for lang in ("fr", "en")]
            rows.append([f"`{code}`", *(str(s) for s in sentences)])
        grids.append(f"### {title}\n\n" + _grid(["code", "français", "English"], rows))
    opening = "## Problems\n\nErrors refuse the register; warnings are told and kept.\n\n"
    return opening + "\n".join(grids)


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    escaped = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped) + "\n"
