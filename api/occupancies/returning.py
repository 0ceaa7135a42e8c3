"""A dwelling that comes back to its operator, whose lease goes on, and waits for a household."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from allocation.accompaniment import Asked
from api.db import Row
from api.db.tables.occupancies import dwelling_return


def wait(connection: sa.Connection, row: Row, asked: Asked) -> None:
    """The main lease stays the operator's: the dwelling waits to be offered again."""
    values = {
        "occupancy_id": row.occupancy_id,
        "register_id": row.register_id,
        "operator_id": row.operator_id,
        "agreement_id": row.agreement_id,
        "dwelling_id": row.dwelling_id,
        "from_on": asked.on,
        "state": "waiting",
    }
    connection.execute(dwelling_return.insert(), values)


def offer_again(
    connection: sa.Connection, found: list[Row], occupancy_id: str, *, on: date
) -> None:
    """The operator's next household has it: the dwellings that waited wait no more."""
    for row in found:
        mine = dwelling_return.c.occupancy_id == row.occupancy_id
        values = {"state": "offered_again", "settled_on": on, "next_id": occupancy_id}
        connection.execute(dwelling_return.update().where(mine).values(values))


def wait_again(connection: sa.Connection, occupancy_id: str) -> None:
    """Nobody entered after all: the dwelling waits for its operator as before."""
    mine = dwelling_return.c.next_id == occupancy_id
    values = {"state": "waiting", "settled_on": None, "next_id": None}
    connection.execute(dwelling_return.update().where(mine).values(values))
