"""
The rows behind every report, as one query each: what is counted, listed and exported is the same.

Every query starts from ``visible_to``, and keeps to the rows of one register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import get_args

import sqlalchemy as sa

from api.access import rows_of, visible_to
from api.auth.actor import Actor
from api.db.tables.organisations import organisation
from api.db.tables.register import allocations_ytd, applications, choices, dwellings, offers
from api.db.tables.standings import standing
from api.protection import tells_place_of
from api.reports.schemas import Dataset, Key, RowsFilter

REFUSALS = ("refused", "refused_justified", "silence")
DEROGATIONS = "derogation_"
UNTOLD = "none"
ON_THE_LIST = ("admitted", "incomplete")
_NO_DAY = sa.cast(sa.null(), sa.Date())
# Under another name: the conditions of `visible_to` speak of the table itself.
_home, _file, _offer = dwellings.alias("home"), applications.alias("file"), offers.alias("open")

Query = sa.Select[*tuple[object, ...]]


def rows(
    connection: sa.Connection,
    actor: Actor,
    name: Dataset,
    asked: RowsFilter,
    *,
    register_id: str,
    today: date,
) -> sa.Subquery:
    """
    The rows of a report that were asked for.

    Columns: ``row_id``, ``day``, ``application_id``, ``dwelling_id``, ``nis5``,
    ``income_category`` (text), ``bedrooms``, ``kind``, ``registered_on``, ``until``, ``month``.
    """
    kind = str(
        connection.scalar(
            sa.select(organisation.c.kind).where(organisation.c.organisation_id == register_id)
        )
    )

    def mine(table: sa.Table) -> sa.ColumnElement[bool]:
        return visible_to(actor, table) & rows_of(register_id, kind=kind, table=table)

    found = _DATASETS[name](mine, register_id, today).subquery("found")
    month = sa.func.substr(sa.cast(found.c.day, sa.Text()), 1, 7)
    # Of a protected household nothing joins its name and a place.
    masked = "nis5" if name == "waiting" else "application_id"
    told = sa.case((tells_place_of(actor, found.c.application_id), found.c[masked]))
    rest = [column for column in found.c if column.name != masked]
    rows = sa.select(*rest, told.label(masked), month.label("month")).subquery("dated")
    query = sa.select(rows)
    if asked.from_day is not None:
        query = query.where(rows.c.day >= asked.from_day)
    if asked.to_day is not None:
        query = query.where(rows.c.day <= asked.to_day)
    for by in get_args(Key):
        if wanted := getattr(asked, by):
            query = query.where(key_of(rows, by) == wanted)
    return query.subquery("rows")


def key_of(rows: sa.Subquery, by: Key) -> sa.ColumnElement[str]:
    """The value a report tells a row under; ``none`` when the row does not say."""
    return sa.func.coalesce(sa.cast(rows.c[by], sa.Text()), UNTOLD)


Mine = Callable[[sa.Table], sa.ColumnElement[bool]]


def _allocations(mine: Mine, _register_id: str, _today: date) -> Query:
    return _ledger(_NO_DAY, _NO_DAY).where(mine(allocations_ytd))


def _derogations(mine: Mine, _register_id: str, _today: date) -> Query:
    is_derogation = allocations_ytd.c.channel.startswith(DEROGATIONS, autoescape=True)
    return _ledger(_NO_DAY, _NO_DAY).where(mine(allocations_ytd), is_derogation)


def _housed(mine: Mine, _register_id: str, _today: date) -> Query:
    waited = _ledger(_file.c.registered_on, allocations_ytd.c.decided_on)
    return waited.where(
        mine(allocations_ytd),
        ~_IS_OPEN,
        _file.c.application_id == allocations_ytd.c.application_id,
    )


def _ledger(registered_on: sa.ColumnElement[date], until: sa.ColumnElement[date]) -> Query:
    ledger = allocations_ytd.c
    return (
        sa.select(
            ledger.allocation_id.label("row_id"),
            ledger.decided_on.label("day"),
            ledger.application_id,
            ledger.dwelling_id,
            ledger.nis5,
            ledger.income_category,
            _home.c.bedrooms,
            ledger.channel.label("kind"),
            registered_on.label("registered_on"),
            until.label("until"),
        )
        .join_from(allocations_ytd, _home, _home.c.dwelling_id == ledger.dwelling_id, isouter=True)
        .where(ledger.undone_on.is_(None))
    )


# Counted on the day of the committee, and not yet answered by the household.
_IS_OPEN = sa.exists().where(
    _offer.c.application_id == allocations_ytd.c.application_id,
    _offer.c.dwelling_id == allocations_ytd.c.dwelling_id,
    _offer.c.answer == "open",
)


def _refusals(mine: Mine, register_id: str, _today: date) -> Query:
    of_list = (standing.c.register_id == register_id) & (
        standing.c.application_id == offers.c.application_id
    )
    return (
        sa.select(
            offers.c.offer_id.label("row_id"),
            sa.func.coalesce(offers.c.answered_on, offers.c.made_on, type_=sa.Date()).label("day"),
            offers.c.application_id,
            offers.c.dwelling_id,
            _home.c.nis5,
            sa.cast(standing.c.income_category, sa.Text()).label("income_category"),
            _home.c.bedrooms,
            offers.c.answer.label("kind"),
            _NO_DAY.label("registered_on"),
            _NO_DAY.label("until"),
        )
        .join_from(offers, _home, _home.c.dwelling_id == offers.c.dwelling_id, isouter=True)
        .join(standing, of_list, isouter=True)
        .where(mine(offers), offers.c.answer.in_(REFUSALS))
    )


def _waiting(mine: Mine, register_id: str, today: date) -> Query:
    """Those on the list today that the ledger of the year has not housed."""
    first = (choices.c.application_id == _file.c.application_id) & (choices.c.rank == 1)
    housed = sa.exists().where(
        allocations_ytd.c.application_id == _file.c.application_id,
        allocations_ytd.c.undone_on.is_(None),
        ~_IS_OPEN,
    )
    return (
        sa.select(
            _file.c.application_id.label("row_id"),
            _file.c.registered_on.label("day"),
            _file.c.application_id,
            sa.cast(sa.null(), sa.Text()).label("dwelling_id"),
            choices.c.nis5,
            sa.cast(standing.c.income_category, sa.Text()).label("income_category"),
            standing.c.bedrooms,
            _file.c.list.label("kind"),
            _file.c.registered_on,
            sa.literal(today, sa.Date()).label("until"),
        )
        .join_from(standing, _file, _file.c.application_id == standing.c.application_id)
        .join(choices, first, isouter=True)
        .where(
            mine(standing),
            standing.c.register_id == register_id,
            _file.c.status.in_(ON_THE_LIST),
            ~housed,
        )
    )


_DATASETS: Mapping[str, Callable[[Mine, str, date], Query]] = {
    "allocations": _allocations,
    "derogations": _derogations,
    "refusals": _refusals,
    "housed": _housed,
    "waiting": _waiting,
}
