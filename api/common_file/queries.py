"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa

from allocation.exchange.common_file import APPLICANT, CHOICE, MOST_CHOICES, Rows, fields
from api.access import AbsentError, DeniedError, visible_to
from api.auth.actor import Actor
from api.common_file.schemas import DifferencesQuery
from api.db import Row
from api.db.tables.common_file import (
    common_file_difference,
    common_file_mapping,
    reconciliation,
)
from api.db.tables.register import applications, choices, household_members

LATEST = 100


def mapping_of(connection: sa.Connection, actor: Actor) -> Row:
    """The mapping of the actor's company."""
    found = connection.execute(
        sa.select(common_file_mapping).where(
            visible_to(actor, common_file_mapping),
            common_file_mapping.c.register_id == actor.organisation_id,
        )
    ).one_or_none()
    if found is None:
        raise AbsentError("No mapping yet.")
    return found


def reconciliations_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """The latest comparisons that exist for the actor."""
    query = sa.select(reconciliation).where(visible_to(actor, reconciliation))
    order = (reconciliation.c.asked_at.desc(), reconciliation.c.reconciliation_id)
    return list(connection.execute(query.order_by(*order).limit(LATEST)))


def one_reconciliation(
    connection: sa.Connection, actor: Actor, reconciliation_id: str, *, to_change: bool = False
) -> Row:
    """One comparison; locked until the commit when something of it is decided."""
    query = sa.select(reconciliation).where(
        visible_to(actor, reconciliation), reconciliation.c.reconciliation_id == reconciliation_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such comparison.")
    if to_change and found.register_id != actor.organisation_id:
        raise DeniedError("Another company's.")
    return found


def open_of(connection: sa.Connection, reconciliation_id: str) -> int:
    """Differences of a comparison found visible that nobody has decided."""
    mine = common_file_difference.c.reconciliation_id == reconciliation_id
    query = sa.select(sa.func.count()).where(mine, common_file_difference.c.state == "open")
    return int(connection.scalar(query) or 0)


def differences_of(
    connection: sa.Connection,
    reconciliation_id: str,
    asked: DifferencesQuery,
    *,
    after: tuple[str, str] | None,
) -> list[Row]:
    """Differences of a comparison found visible, one more than the page when there are more."""
    table = common_file_difference
    query = sa.select(table).where(table.c.reconciliation_id == reconciliation_id)
    for column, value in ((table.c.kind, asked.kind), (table.c.state, asked.state)):
        if value:
            query = query.where(column == value)
    key = (table.c.application_id, table.c.field)
    if after is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*(sa.literal(k) for k in after)))
    return list(connection.execute(query.order_by(*key).limit(asked.limit + 1)))


def open_differences(connection: sa.Connection, reconciliation_id: str) -> list[Row]:
    """All that nobody has decided of a comparison found visible."""
    table = common_file_difference
    mine = sa.and_(table.c.reconciliation_id == reconciliation_id, table.c.state == "open")
    ordered = sa.select(table).where(mine).order_by(table.c.application_id, table.c.field)
    return list(connection.execute(ordered))


def differences_to_decide(
    connection: sa.Connection, reconciliation_id: str, application_id: str
) -> list[Row]:
    """Open differences of one application."""
    table = common_file_difference
    query = sa.select(table).where(
        table.c.reconciliation_id == reconciliation_id,
        table.c.application_id == application_id,
        table.c.state == "open",
    )
    return list(connection.execute(query.order_by(table.c.field)))


def our_rows(connection: sa.Connection, register_id: str) -> Rows:
    """The applications whose reference the company is, as the common file would say them."""
    mine = applications.c.reference_slsp_id == register_id
    known = fields()
    own = [name for name in known if not name.startswith((APPLICANT, CHOICE))]
    found = {
        row.application_id: {name: _text(getattr(row, name)) for name in own}
        for row in connection.execute(sa.select(applications).where(mine))
    }
    for row in connection.execute(
        sa.select(choices.c.application_id, choices.c.rank, choices.c.nis5)
        .join(applications, applications.c.application_id == choices.c.application_id)
        .where(mine, choices.c.rank.between(1, MOST_CHOICES))
    ):
        found[row.application_id][f"{CHOICE}{row.rank}"] = _text(row.nis5)
    of_person = [name for name in known if name.startswith(APPLICANT)]
    for row in connection.execute(
        sa.select(household_members)
        .join(applications, applications.c.application_id == household_members.c.application_id)
        .where(mine, household_members.c.role == "applicant")
    ):
        for name in of_person:
            value = getattr(row, name.removeprefix(APPLICANT))
            found[row.application_id][name] = _text(value)
    return found


def batches(rows: Rows, size: int = 1_000) -> Iterator[list[str]]:
    """Identifiers in order, some at a time."""
    keys = sorted(rows)
    yield from (keys[i : i + size] for i in range(0, len(keys), size))


def _text(value: str | int | date | None) -> str:
    return "" if value is None else str(value)
