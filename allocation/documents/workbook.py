"""``proposal.xlsx``: the sheets a clerk prints or sorts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from allocation.documents.view import DwellingView, ProposalView
from allocation.wording import catalogue

# The file keeps no time of making: workbooks want a date, this one says nothing.
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
A4 = 9
FORMATS = {"date": "dd/mm/yyyy", "money": "#,##0.00 [$€-x-euro2]"}
TEXT = {"text_wrap": True, "valign": "top"}
_TITLE_ROWS = 1


@dataclass(frozen=True)
class Money:
    """An amount in euro cents, shown as euros."""

    cents: int


Cell = str | int | date | Money | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: heading keys with widths in characters, then rows."""

    key: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_workbook_of_proposal(view: ProposalView, path: Path) -> None:
    """
    Write the workbook; the same view gives the same bytes.

    Every sheet prints in landscape on A4, fitted to one page across, its headings repeated.
    """
    import xlsxwriter

    words = catalogue(view.language)
    workbook = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": path.stem, "author": view.company, "created": NO_TIME})
    head = workbook.add_format(
        {"bold": True, "text_wrap": True, "bottom": 2, "bg_color": "#F2F3F7", "valign": "top"}
    )
    formats = {"body": workbook.add_format(TEXT)}
    formats |= {k: workbook.add_format(TEXT | {"num_format": f}) for k, f in FORMATS.items()}
    footer = words.text("documents.sheet.footer", company=view.company, on=view.meeting_on)
    for sheet in sheets(view):
        page = workbook.add_worksheet(words.text(f"documents.sheet.{sheet.key}"))
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, _TITLE_ROWS - 1)
        page.freeze_panes(_TITLE_ROWS, 1)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        page.set_footer(f"&L{footer.replace('&', '&&')} &P / &N")
        for position, (key, width) in enumerate(sheet.columns):
            page.set_column(position, position, width)
            page.write_string(0, position, words.text(f"documents.head.{key}"), head)
        for number, row in enumerate(sheet.rows, start=_TITLE_ROWS):
            for position, cell in enumerate(row):
                _write(page, number, position, cell, formats)
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    workbook.close()


def _write(page: Any, row: int, column: int, cell: Cell, formats: Mapping[str, Any]) -> None:
    """A cell of its own kind, so that a clerk can sort and add."""
    if cell is None:
        page.write_blank(row, column, None, formats["body"])
    elif isinstance(cell, int):
        page.write_number(row, column, cell, formats["body"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, Money):
        page.write_number(row, column, cell.cents / 100, formats["money"])
    else:
        page.write_string(row, column, cell, formats["body"])


def sheets(view: ProposalView) -> tuple[Sheet, ...]:
    """What the workbook holds, in the order a committee reads it."""
    return (
        _proposal(view),
        _next(view),
        _quotas(view),
        _unserved(view),
        _alternatives(view),
        _worklist(view),
        Sheet("caveats", (("warning", 120),), tuple((c,) for c in (*view.caveats, *view.assumed))),
    )


def _proposal(view: ProposalView) -> Sheet:
    columns = (
        ("dwelling", 12), ("commune", 18), ("address", 24), ("description", 28), ("rent", 11),
        ("available", 11), ("application", 13), ("name", 22), ("rank", 7), ("total", 8),
        ("date", 11), ("choice", 20), ("composition", 30), ("due", 9), ("income", 14),
        ("adapted", 14), ("channel", 16), ("explanation", 44), ("legal_ground", 36),
        ("support", 44), ("points", 60),
    )  # fmt: skip
    return Sheet("proposal", columns, tuple(_proposal_row(d) for d in view.dwellings))


def _proposal_row(d: DwellingView) -> tuple[Cell, ...]:
    where: tuple[Cell, ...] = (d.dwelling_id, d.commune, d.address, d.description)
    where += (Money(d.rent_cents) if d.rent_cents is not None else None, d.available_on)
    if d.household is None:
        return (*where, *[None] * 10, "", d.empty, "", "", "")
    who = d.household
    return (
        *where,
        who.application_id,
        who.name,
        who.rank,
        who.total_points,
        who.order_date,
        d.choice,
        who.facts.composition,
        who.facts.due,
        who.facts.income,
        who.facts.adapted,
        d.channel_name,
        " ".join(f"{said.rstrip('.')}." for said in _some(d.channel, d.critical)),
        d.legal_ground,
        d.support,
        "; ".join(_some(*who.points, who.total)),
    )


def _next(view: ProposalView) -> Sheet:
    columns = (
        ("dwelling", 12), ("order", 8), ("application", 13), ("name", 24), ("rank", 8),
        ("total", 8), ("date", 11), ("needs", 60),
    )  # fmt: skip
    rows = (
        (d.dwelling_id, order, n.household.application_id, n.household.name,
         n.household.rank, n.household.total_points, n.household.order_date, n.needs)
        for d in view.dwellings
        for order, n in enumerate(d.next, start=1)
    )  # fmt: skip
    return Sheet("next", columns, tuple(rows))


def _quotas(view: ProposalView) -> Sheet:
    columns = (
        ("quota", 30), ("rule", 34), ("mark", 24), ("opening", 12), ("seats", 12), ("used", 10),
        ("year", 20), ("state", 16), ("explanation", 60),
    )  # fmt: skip
    rows = (
        (q.label, q.rule, q.mark, q.opening, q.seats, q.used, q.year, q.state,
         f"{q.sentence} {q.price}".rstrip())
        for q in view.quotas
    )  # fmt: skip
    return Sheet("quotas", columns, tuple(rows))


def _unserved(view: ProposalView) -> Sheet:
    words = catalogue(view.language)
    columns = (
        ("rank", 8), ("application", 14), ("name", 24), ("total", 8), ("date", 11), ("ground", 24),
        ("explanation", 80), ("above", 18),
    )  # fmt: skip
    answer = {True: words.text("documents.yes"), False: words.text("documents.no")}
    rows = (
        (u.household.rank, u.household.application_id, u.household.name,
         u.household.total_points, u.household.order_date, u.reason_name, u.sentence,
         answer[u.is_above_last_served])
        for u in view.unserved
    )  # fmt: skip
    return Sheet("unserved", columns, tuple(rows))


def _alternatives(view: ProposalView) -> Sheet:
    columns = (("way", 40), ("dwelling", 14), ("this_proposal", 36), ("there", 36))
    rows = [
        (a.label, d.dwelling_id, d.here, d.there) for a in view.alternatives for d in a.differences
    ]
    return Sheet("alternatives", columns, tuple(rows))


def _worklist(view: ProposalView) -> Sheet:
    columns = (("application", 16), ("name", 28), ("ground", 80))
    rows = tuple((w.application_id, w.name, w.sentence) for w in view.worklist)
    return Sheet("worklist", columns, rows)


def _some(*parts: str) -> Iterable[str]:
    return (p for p in parts if p)


__all__: Sequence[str] = ("Sheet", "sheets", "write_workbook_of_proposal")
