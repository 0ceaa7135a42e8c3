"""From rows to figures: counts, waits, and which cells are too small to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from allocation.small_cells import FEWEST_SHOWN, hidden
from api.reports.datasets import key_of
from api.reports.schemas import Cell, Key, Waits

Days = npt.NDArray[np.int64]


def counts(connection: sa.Connection, rows: sa.Subquery, by: Key) -> dict[str, int]:
    """How many rows of each value, by value."""
    key = key_of(rows, by)
    query = sa.select(key, sa.func.count()).select_from(rows).group_by(key)
    found = {str(k): int(n) for k, n in connection.execute(query)}
    return dict(sorted(found.items()))


def waits(connection: sa.Connection, rows: sa.Subquery, by: Key) -> dict[str, Days]:
    """Days waited by the rows of each value, by value; each (n,) int64."""
    key = key_of(rows, by)
    days = _days_between(connection, rows.c.registered_on, rows.c.until)
    query = sa.select(key, days, sa.func.count()).select_from(rows).group_by(key, days)
    found: dict[str, list[tuple[int, int]]] = {}
    for value, waited, n in connection.execute(query):
        found.setdefault(str(value), []).append((waited, n))
    return {value: np.repeat(*np.array(found[value]).T) for value in sorted(found)}


def _days_between(
    connection: sa.Connection, since: sa.ColumnElement[date], until: sa.ColumnElement[date]
) -> sa.ColumnElement[int]:
    """Whole days from one day to another, counted by the database."""
    if connection.dialect.name == "sqlite":
        return sa.cast(sa.func.julianday(until) - sa.func.julianday(since), sa.Integer())
    return sa.cast(until - since, sa.Integer())


def told(days: Days) -> Waits | None:
    """Mean, median and ninth decile, in whole days; ``None`` of nobody."""
    if not len(days):
        return None
    median, ninth = np.quantile(days, [0.5, 0.9], method="inverted_cdf")
    return Waits(mean=round(float(days.mean())), median=int(median), nine_tenths=int(ninth))


def told_of_all(waited: Mapping[str, Days]) -> Waits | None:
    """The same of everybody; ``None`` of a report that tells no waits."""
    return told(np.concatenate(list(waited.values()))) if waited else None


def cells(
    found: Mapping[str, int], waited: Mapping[str, Days], *, hides: bool
) -> tuple[tuple[Cell, ...], int | None]:
    """The cells of a report and its total, as this reader may see them."""
    closed = hidden(found) if hides else frozenset()
    total = sum(found.values())
    made = tuple(
        Cell(key=key, n=None)
        if key in closed
        else Cell(key=key, n=n, waits=told(waited[key]) if key in waited else None)
        for key, n in found.items()
    )
    return made, None if hides and 0 < total < FEWEST_SHOWN else total
