"""
What an offer and its answer change in the register.

An allocation counts on the day of the committee, from the moment its dwelling is offered; when the
household refuses or the offer is withdrawn it is undone with its day and reason, and its row
stays. Once accepted, the dwelling is no longer vacant and the application no longer open.
Everything is of the same transaction as the act; the journal keeps every step.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import sqlalchemy as sa

from api.db import Row
from api.db.tables.offers import offer_course
from api.db.tables.register import HELD_BY, allocations_ytd, applications, dwellings, vacancies
from api.journal.rows import Vouched, vouched

ADMITTED, HOUSED = "admitted", "withdrawn"
# Why an allocation was undone, by the state its offer came to.
UNDONE_FOR = {
    "refused": "refused",
    "ground_given": "refused",
    "silence": "silence",
    "withdrawn": "withdrawn",
}


def count(
    connection: sa.Connection, offer_id: str, right: Row, *, register_id: str, decided_on: date
) -> Vouched:
    """Write the allocation in the ledger; gives what the entry of the journal says of it."""
    vacancy = connection.execute(
        sa.select(vacancies.c.origin).where(vacancies.c.dwelling_id == right.dwelling_id)
    ).one()
    home = connection.execute(
        sa.select(dwellings.c.nis5).where(dwellings.c.dwelling_id == right.dwelling_id)
    ).one()
    household = connection.execute(
        sa.select(applications.c.list).where(applications.c.application_id == right.application_id)
    ).one()
    connection.execute(
        allocations_ytd.insert(),
        {
            HELD_BY: register_id,
            "allocation_id": _allocation_id(offer_id),
            "decided_on": decided_on,
            "dwelling_id": right.dwelling_id,
            "nis5": home.nis5,
            "application_id": right.application_id,
            "list": household.list,
            "income_category": right.income_category,
            "channel": right.channel,
            "agreement_id": right.agreement_id,
            "origin": vacancy.origin,
        },
    )
    return vouched(connection, allocations_ytd, _row_of(offer_id))


def uncount(connection: sa.Connection, offer_id: str, *, on: date, state: str) -> Vouched:
    """The allocation counts no more from that day on; its row says when and why."""
    values = {"undone_on": on, "undone_for": UNDONE_FOR[state]}
    mine = _row_of(offer_id)
    connection.execute(allocations_ytd.update().where(mine).values(values))
    return vouched(connection, allocations_ytd, mine)


def let(connection: sa.Connection, offer: Row) -> None:
    """Take the vacancy and the application off the lists."""
    mine = vacancies.c.dwelling_id == offer.dwelling_id
    vacancy = connection.execute(sa.select(vacancies).where(mine)).one()
    kept = json.dumps(dict(vacancy._mapping), default=date.isoformat)
    _note(connection, offer.offer_id, kept)
    connection.execute(vacancies.delete().where(mine))
    set_status(connection, offer.application_id, HOUSED)


def undo(connection: sa.Connection, offer: Row) -> None:
    """The household gives up what it had accepted: the vacancy and the application come back."""
    kept: dict[str, Any] = json.loads(offer.vacancy)
    for column in vacancies.c:
        if isinstance(column.type, sa.Date) and kept[column.name]:
            kept[column.name] = date.fromisoformat(kept[column.name])
    connection.execute(vacancies.insert(), kept)
    _note(connection, offer.offer_id, "")
    set_status(connection, offer.application_id, ADMITTED)


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


def _row_of(offer_id: str) -> sa.ColumnElement[bool]:
    return allocations_ytd.c.allocation_id == _allocation_id(offer_id)


def _allocation_id(offer_id: str) -> str:
    return f"al-{offer_id}"
