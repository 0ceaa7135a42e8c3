"""
The settings as sheets: what the three YAML files hold, laid out in rows for a workbook.

Both ways go through the same plain values as the YAML files, so that a workbook and a folder
are read by the same strict models and refused for the same reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args, get_origin

from allocation.exchange.entries import (
    LABEL_LANGUAGES,
    ConfirmationEntry,
    ForecastEntry,
    MeetingEntry,
    QuotaEntry,
    RegisterEntry,
    UnusedEntry,
)
from allocation.model import Column, TableSchema
from allocation.model.schema import FLAG_CHOICES

Values = dict[str, Any]
CONFIRMED_BY = "confirmed_by"
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}


def _column(name: str, kind: Any, doc: str, choices: Iterable[str] = ()) -> Column:
    return Column(name, kind, doc, choices=tuple(choices))


def choices_of(model: type[Any], field: str) -> tuple[str, ...]:
    """The values a model admits for a field (those of its ``Literal``)."""
    annotation = model.model_fields[field].annotation
    if get_origin(annotation) is list:
        annotation = get_args(annotation)[0]
    return tuple(v for v in get_args(annotation) if v and isinstance(v, str))


FIELDS = TableSchema(
    "fields",
    ("field",),
    "One setting per row.",
    (
        _column("field", "text", "name of the setting"),
        _column("value", "scalar", "its value"),
    ),
)

CONFIRMATIONS = TableSchema(
    "confirmations",
    ("key", "year"),
    "Values of the rulebook confirmed by two named persons (needed on a real register).",
    (
        _column("key", "text", "parameter, points row (points.H_HOMELESS), `ceilings` or switch"),
        _column("year", "integer", "year confirmed"),
        _column(f"{CONFIRMED_BY}_1", "text", "first person"),
        _column(f"{CONFIRMED_BY}_2", "text", "second person"),
        _column("source", "text", "text the value was checked against"),
        _column("confirmed_on", "date", "date of the confirmation"),
    ),
)

SETTINGS = TableSchema(
    "settings",
    ("key",),
    "Switches of the rulebook fixed by the SLSP before the meeting.",
    (
        _column("key", "text", "switch or parameter"),
        _column("value", "scalar", "text, whole number or TRUE/FALSE"),
        _column("basis", "text", "legal basis of the decision"),
        _column("decided_on", "date", "date of the decision"),
    ),
)

QUOTAS = TableSchema(
    "quotas",
    ("id",),
    "One quota per row: whom it counts, floor or cap, exactly one quantity.",
    (
        _column("id", "text", "identifier"),
        _column("kind", "choice", "at least or at most", choices_of(QuotaEntry, "kind")),
        _column("income_categories", "text", "categories counted, separated by spaces: 1 2"),
        _column("list", "choice", "list counted", ("candidate", "transfer")),
        _column("agreement_id", "text", "agreement whose candidates are counted"),
        _column("share", "text", "quantity: share of the base, as a fraction: 1/2"),
        _column("parameter", "text", "quantity: dated share of the rulebook"),
        _column("seats", "integer", "quantity: seats at this meeting"),
        _column("period_seats", "integer", "quantity: seats of the year"),
        _column(
            "from_agreement",
            "choice",
            "quantity: figure of the agreement",
            choices_of(QuotaEntry, "from_agreement"),
        ),
        _column("base", "choice", "what a share is taken of", choices_of(QuotaEntry, "base")),
        _column("nis5", "text", "only the dwellings of this commune"),
        _column(
            "counting",
            "choice",
            "each: a person counts in every group; once: in one",
            choices_of(QuotaEntry, "counting"),
        ),
        _column("hard", "flag", "never to be missed", FLAG_CHOICES),
        _column("weight", "integer", "weight of a missed seat"),
        _column("mark", "text", "evidence mark printed with the value"),
        _column("source", "text", "where the value comes from"),
        *(_column(f"label_{lang}", "text", f"name ({lang})") for lang in LABEL_LANGUAGES),
        _column("agreement_ids", "text", "agreements counted in the ledger, separated by spaces"),
        _column("channels", "text", "channels counted in the ledger, separated by spaces"),
        _column(
            "steps", "text", "quantity: shares by first day: 2025-01-01 3/100; 2026-01-01 9/200"
        ),
        _column("previous_base", "integer", "closed base of the year before, for a share of it"),
        _column("carried_in", "integer", "seats brought over from the year before"),
        _column(
            "unused_policy",
            "choice",
            "what becomes of the seats the year does not fill",
            choices_of(UnusedEntry, "policy"),
        ),
        _column("unused_most", "integer", "carry_over: seats carried at most"),
        _column("unused_on", "date", "release, reassign: day on which they are given up"),
        _column("unused_to", "text", "reassign: quota that receives them"),
        _column("also_counts", "text", "quotas whose members count here too, separated by spaces"),
    ),
)

# Fields of the sheets `register` and `meeting`, with what a cell of theirs holds.
REGISTER_FIELDS = {
    name: "text"
    for name in (f.alias or n for n, f in RegisterEntry.model_fields.items())
    if name != CONFIRMATIONS.name
}
MEETING_FIELDS = {
    "schema": "text",
    **{name: "text" for name in MeetingEntry.model_fields if name not in ("format", "settings")},
    "meeting_on": "date",
    "levels": "list",
    "settings_decided_on": "date",
} | {f"forecast.{name}": "text" for name in ForecastEntry.model_fields}
MEETING_FIELDS |= {
    "forecast.allocations": "integer",
    "forecast.vacated": "integer",
    "forecast.made_on": "date",
}
del MEETING_FIELDS["forecast"]

GROUP_FIELDS = ("income_categories", "list", "agreement_id", "agreement_ids", "channels")
_LISTS = ("income_categories", "agreement_ids", "channels", "also_counts")
_UNUSED = "unused_"


def register_rows(values: Mapping[str, Any]) -> list[Values]:
    """Rows of the sheet `register`."""
    return [{"field": n, "value": values.get(n)} for n in REGISTER_FIELDS]


def confirmation_rows(values: Mapping[str, Any]) -> list[Values]:
    """Rows of the sheet `confirmations`; each person has a column."""
    rows = []
    for entry in values["confirmations"]:
        row = {n: entry[n] for n in ConfirmationEntry.model_fields if n != CONFIRMED_BY}
        persons = enumerate(entry[CONFIRMED_BY], start=1)
        rows.append(row | {f"{CONFIRMED_BY}_{i}": person for i, person in persons})
    return rows


def meeting_rows(values: Mapping[str, Any]) -> list[Values]:
    """Rows of the sheet `meeting`."""
    flat = dict(values)
    flat["levels"] = ", ".join(values["levels"])
    flat |= {f"forecast.{n}": v for n, v in values.get("forecast", {}).items()}
    return [{"field": n, "value": flat.get(n)} for n in MEETING_FIELDS]


def setting_rows(values: Mapping[str, Any]) -> list[Values]:
    """Rows of the sheet `settings`."""
    return [dict(s) for s in values["settings"]]


def quota_rows(values: Mapping[str, Any]) -> list[Values]:
    """Rows of the sheet `quotas`."""
    rows = []
    for quota in values["quotas"]:
        row = {n: v for n, v in quota.items() if n not in ("group", "label", "unused")}
        row |= quota.get("group", {})
        row |= {name: " ".join(str(c) for c in row[name]) for name in _LISTS if name in row}
        steps = quota.get("steps", ())
        row["steps"] = "; ".join(f"{s['from'].isoformat()} {s['share']}" for s in steps)
        row |= {f"{_UNUSED}{name}": v for name, v in quota.get("unused", {}).items()}
        row["hard"] = FLAG_CHOICES[quota["hard"]]
        row |= {f"label_{lang}": text for lang, text in quota.get("label", {}).items()}
        rows.append(row)
    return rows


def quota_entry(row: Mapping[str, Any]) -> Values:
    """A quota from the typed cells of its row, nested as in `quotas.yaml`."""
    entry = {n: c for n, c in row.items() if not n.startswith(("label_", _UNUSED))}
    entry |= {name: entry[name].replace(",", " ").split() for name in _LISTS if name in entry}
    if "income_categories" in entry:
        entry["income_categories"] = [typed("integer", c) for c in entry["income_categories"]]
    if "steps" in entry:
        entry["steps"] = [_step(step) for step in entry["steps"].split(";") if step.strip()]
    group = {name: entry.pop(name) for name in GROUP_FIELDS if name in entry}
    unused = {n.removeprefix(_UNUSED): c for n, c in row.items() if n.startswith(_UNUSED)}
    label = {lang: row.get(f"label_{lang}") for lang in LABEL_LANGUAGES}
    entry |= {"group": group, "label": {n: text for n, text in label.items() if text is not None}}
    return entry | ({"unused": unused} if unused else {})


def quota_place(name: str) -> tuple[str, ...]:
    """Where the cell of a column of the sheet `quotas` stands in `quotas.yaml`."""
    if name.startswith(_UNUSED):
        return "unused", name.removeprefix(_UNUSED)
    return ("group", name) if name in GROUP_FIELDS else (name,)


def _step(text: str) -> Values:
    """`2026-01-01 9/200`: what is not so is left to the strict model."""
    from_on, _, share = text.strip().partition(" ")
    return {"from": _day(from_on), "share": share.strip()}


def typed(kind: str, cell: object) -> Any:
    """
    A cell of a settings sheet in the type its model expects.

    What cannot be turned into that type stays as it is: the strict model then says so.
    """
    if kind == "date":
        return _day(cell)
    if kind == "integer":
        return _whole(cell)
    if kind == "scalar":
        return _whole(cell) if isinstance(cell, float) else cell
    if kind == "flag" and isinstance(cell, str):
        return _BOOLEANS.get(cell.strip().lower(), cell)
    if kind == "list":
        return [part.strip() for part in shown(cell).split(",") if part.strip()]
    return cell if kind == "flag" else shown(cell)


def _day(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.date()
    try:
        return date.fromisoformat(cell.strip()) if isinstance(cell, str) else cell
    except ValueError:
        return cell


def _whole(cell: object) -> object:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, str) and _INTEGER.fullmatch(cell.strip()):
        return int(cell)
    return cell


def shown(cell: object) -> str:
    """A cell as the text a CSV file would hold: dates in ISO, whole numbers without a point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return FLAG_CHOICES[cell]
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        is_day = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if is_day else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def is_empty(row: Sequence[object]) -> bool:
    """Whether a row of a sheet holds nothing."""
    return not any(shown(cell).strip() for cell in row)
