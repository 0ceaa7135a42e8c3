"""
What an accepted offer changes in the register, and how it is undone when the household gives up.

The allocation enters the ledger, the dwelling is no longer vacant, the application is no longer
open. Everything is of the same transaction as the answer; the journal keeps both ways.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import sqlalchemy as sa

from api.db import Row
from api.db.tables.offers import offer_course
from api.db.tables.register import HELD_BY, allocations_ytd, applications, dwellings, vacancies
from api.journal.rows import removed, vouched

Vouched = dict[str, dict[str, dict[str, str]]]
ADMITTED, HOUSED = "admitted", "withdrawn"


def let(connection: sa.Connection, offer: Row, right: Row, *, decided_on: date) -> Vouched:
    """
    Write the allocation in the ledger; take the vacancy and the application off the lists.

    Gives what the entry of the journal says of the ledger.
    """
    mine = vacancies.c.dwelling_id == offer.dwelling_id
    vacancy = connection.execute(sa.select(vacancies).where(mine)).one()
    home = connection.execute(
        sa.select(dwellings.c.nis5).where(dwellings.c.dwelling_id == offer.dwelling_id)
    ).one()
    household = connection.execute(
        sa.select(applications.c.list).where(applications.c.application_id == offer.application_id)
    ).one()
    connection.execute(
        allocations_ytd.insert(),
        {
            HELD_BY: offer.register_id,
            "allocation_id": _allocation_id(offer.offer_id),
            "decided_on": decided_on,
            "dwelling_id": offer.dwelling_id,
            "nis5": home.nis5,
            "application_id": offer.application_id,
            "list": household.list,
            "income_category": right.income_category,
            "channel": right.channel,
            "agreement_id": right.agreement_id,
            "origin": vacancy.origin,
        },
    )
    kept = json.dumps(dict(vacancy._mapping), default=date.isoformat)
    _note(connection, offer.offer_id, kept)
    connection.execute(vacancies.delete().where(mine))
    set_status(connection, offer.application_id, HOUSED)
    written = allocations_ytd.c.allocation_id == _allocation_id(offer.offer_id)
    return vouched(connection, allocations_ytd, written)


def undo(connection: sa.Connection, offer: Row) -> Vouched:
    """Take the allocation out of the ledger again; the vacancy and the application come back."""
    allocation_id = _allocation_id(offer.offer_id)
    connection.execute(
        allocations_ytd.delete().where(allocations_ytd.c.allocation_id == allocation_id)
    )
    kept: dict[str, Any] = json.loads(offer.vacancy)
    for column in vacancies.c:
        if isinstance(column.type, sa.Date) and kept[column.name]:
            kept[column.name] = date.fromisoformat(kept[column.name])
    connection.execute(vacancies.insert(), kept)
    _note(connection, offer.offer_id, "")
    set_status(connection, offer.application_id, ADMITTED)
    return removed(allocations_ytd, [allocation_id])


def set_status(
    connection: sa.Connection, application_id: str, status: str, *, until_on: date | None = None
) -> None:
    """Write down where an application stands."""
    connection.execute(
        applications.update()
        .where(applications.c.application_id == application_id)
        .values(status=status, status_until_on=until_on, row_version=applications.c.row_version + 1)
    )


def _note(connection: sa.Connection, offer_id: str, vacancy: str) -> None:
    connection.execute(
        offer_course.update().where(offer_course.c.offer_id == offer_id).values(vacancy=vacancy)
    )


def _allocation_id(offer_id: str) -> str:
    return f"al-{offer_id}"
