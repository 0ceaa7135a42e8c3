"""
Reports of one register: figures, the rows behind them, the file of those rows.

A reader outside the company sees no cell under ten, unless they control the company: to them and
to its staff every figure opens its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from allocation.procedure.derogations import count_derogations
from allocation.rules import derogation_cap, load_rulebook
from allocation.small_cells import FEWEST_SHOWN
from allocation.wording import Catalogue
from api.access import DeniedError, may
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.db import Row
from api.quotas.queries import require_register
from api.reports import figures
from api.reports.csv_stream import lines
from api.reports.datasets import rows
from api.reports.schemas import (
    Ceiling,
    Dataset,
    DerogationReport,
    DerogationsQuery,
    Report,
    ReportQuery,
    ReportRow,
    RowsFilter,
    RowsQuery,
    WaitReport,
)
from api.service import Service

READ_ELSEWHERE = "reports.read_rows_elsewhere"
COLUMNS = tuple(ReportRow.model_fields)
_BATCH = 2_000
_WAITED = frozenset({"housed", "waiting"})


def report(
    connection: sa.Connection, actor: Actor, name: Dataset, asked: ReportQuery, *, today: date
) -> Report:
    """The figures of one report, by one thing."""
    return Report(**_figures(connection, actor, name, asked, today=today))


def wait_report(
    connection: sa.Connection,
    actor: Actor,
    asked: ReportQuery,
    *,
    today: date,
    words: Catalogue,
) -> WaitReport:
    """Both waits: of those housed on the days asked, and of the list as it is today."""
    still = asked.model_copy(update={"from_day": None, "to_day": None})
    return WaitReport(
        housed=report(connection, actor, "housed", asked, today=today),
        waiting=report(connection, actor, "waiting", still, today=today),
        warning=words.text("report.waits_are_biased"),
    )


def derogation_report(
    connection: sa.Connection, actor: Actor, asked: DerogationsQuery, *, today: date
) -> DerogationReport:
    """Derogations; their ceiling too, of one commune whose share of social dwellings is given."""
    told = _figures(connection, actor, "derogations", asked, today=today)
    ceiling = None
    if asked.nis5 and asked.social_share and not told["hides_below"]:
        ceiling = _ceiling(connection, actor, asked, today=today)
    return DerogationReport(**told, ceiling=ceiling)


def page(
    connection: sa.Connection,
    actor: Actor,
    name: Dataset,
    asked: RowsQuery,
    *,
    after: str,
    today: date,
) -> list[ReportRow]:
    """Rows after an identifier, one more than the page holds when there are more."""
    found = _open_rows(connection, actor, name, asked, today=today)
    query = sa.select(found).where(found.c.row_id > after).order_by(found.c.row_id)
    return [_row(row) for row in connection.execute(query.limit(asked.limit + 1))]


def exported(service: Service, actor: Actor, name: Dataset, asked: RowsFilter) -> Iterator[bytes]:
    """All the rows as a CSV file, in a transaction of its own that ends with the file."""
    with service.database.reading() as connection:
        found = _open_rows(connection, actor, name, asked, today=service.today())
        query = sa.select(found).order_by(found.c.row_id)
        with connection.execute(query.execution_options(yield_per=_BATCH)) as answered:
            batches = (
                [tuple(_values(row).values()) for row in batch] for batch in answered.partitions()
            )
            yield from lines(COLUMNS, batches)


def require_rows(connection: sa.Connection, actor: Actor, asked: RowsFilter) -> str:
    """
    The register whose rows the actor may open.

    Raises
    ------
    AbsentError
        ``access.absent``.
    DeniedError
        ``access.denied``: of another company, to somebody who does not control it.
    """
    register_id = asked.register_id or actor.organisation_id
    require_register(connection, actor, register_id)
    if _sees_less(actor, register_id):
        raise DeniedError("Rows of another company.", act=READ_ELSEWHERE)
    return register_id


def _open_rows(
    connection: sa.Connection, actor: Actor, name: Dataset, asked: RowsFilter, *, today: date
) -> sa.Subquery:
    register_id = require_rows(connection, actor, asked)
    return rows(connection, actor, name, asked, register_id=register_id, today=today)


def _sees_less(actor: Actor, register_id: str) -> bool:
    return actor.organisation_id != register_id and not may(actor, READ_ELSEWHERE)


def _figures(
    connection: sa.Connection, actor: Actor, name: Dataset, asked: ReportQuery, *, today: date
) -> dict[str, Any]:
    register_id = asked.register_id or actor.organisation_id
    require_register(connection, actor, register_id)
    found = rows(connection, actor, name, asked, register_id=register_id, today=today)
    waited = figures.waits(connection, found, asked.by) if name in _WAITED else {}
    counted = {key: len(days) for key, days in waited.items()}
    if name not in _WAITED:
        counted = figures.counts(connection, found, asked.by)
    hides = _sees_less(actor, register_id)
    cells, total = figures.cells(counted, waited, hides=hides)
    return {
        "name": name,
        "register_id": register_id,
        "from_day": asked.from_day,
        "to_day": asked.to_day,
        "by": asked.by,
        "total": total,
        "cells": cells,
        "waits": None if total is None else figures.told_of_all(waited),
        "hides_below": FEWEST_SHOWN if hides else 0,
    }


def _ceiling(
    connection: sa.Connection, actor: Actor, asked: DerogationsQuery, *, today: date
) -> Ceiling:
    register_id = asked.register_id or actor.organisation_id
    year = (asked.to_day or today).year
    whole = RowsFilter(from_day=date(year, 1, 1), to_day=date(year, 12, 31), nis5=asked.nis5)

    def kinds(name: Dataset) -> dict[str, int]:
        found = rows(connection, actor, name, whole, register_id=register_id, today=today)
        return figures.counts(connection, found, "kind")

    n_let = sum(kinds("allocations").values())
    terms = current_terms(connection, register_id, today=today)
    rulebook = load_rulebook(terms.rulebook)
    cap = derogation_cap(
        rulebook,
        terms.on,
        social_share=Fraction(asked.social_share),
        allocations=n_let,
        stock_growth=Fraction(asked.stock_growth),
        settings=terms.settings,
    )
    counted = count_derogations(
        [ground for ground, n in kinds("derogations").items() for _ in range(n)],
        rulebook.derogation_grounds[0].code,
        cap,
        rulebook,
        on=terms.on,
        settings=terms.settings,
    )
    return Ceiling(
        nis5=asked.nis5,
        year=year,
        allocations=n_let,
        used=dict(counted.used),
        total=cap.total,
        urgency=cap.urgency,
        cohesion=cap.cohesion,
        left=counted.left,
        warning=cap.warning,
    )


def _row(row: Row) -> ReportRow:
    return ReportRow(**_values(row))


def _values(row: Row) -> dict[str, Any]:
    """A row by column, in the order of the file."""
    values = row._mapping
    days = None if values["until"] is None else (values["until"] - values["registered_on"]).days
    return {name: days if name == "wait_days" else values[name] for name in COLUMNS}
