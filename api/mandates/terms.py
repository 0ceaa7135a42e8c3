"""Which mandates are in force on a day, as a condition of a query."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from allocation.procedure import MANDATE
from api.db.tables.mandates import mandate


def in_force(on: date) -> sa.ColumnElement[bool]:
    """Mandates in force on a day."""
    return sa.and_(
        mandate.c.state == MANDATE.initial, mandate.c.given_on <= on, mandate.c.until_on >= on
    )
