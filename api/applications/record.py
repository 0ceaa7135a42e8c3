"""One application in and out of its four tables, and checked before it goes in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.cli.console import problem_sentence
from allocation.errors import HousingError, Problem, ProblemsError
from allocation.exchange.one_application import FILE_TABLES, application_problems
from allocation.exchange.severity import errors_among, warnings_among
from allocation.model import TABLE_BY_NAME, Application, Meeting, Register, Table
from allocation.model.table import Cell
from allocation.wording import Catalogue
from api.access import visible_to
from api.applications.record_schemas import ApplicationRecord, WarningView
from api.applications.standings import Terms
from api.auth.actor import Actor
from api.db.tables.register import (
    HELD_BY,
    applications,
    household_members,
    register,
    register_tables,
    sections,
)
from api.register_rows import cells_of

Rows = list[dict[str, Cell]]
Tables = dict[str, Rows]
# Table -> name of its rows in a record.
PARTS = {"household_members": "members", "facts": "facts", "choices": "choices"}
# Columns of an application that procedures write, never a record.
KEPT = ("last_confirmed_on", "confirmations", "status_until_on", "appeal_won_on")


class MemberTakenError(HousingError):
    """A person of another household bears that identifier."""

    code: ClassVar[str] = "application.member_taken"


def rows_of_file(connection: sa.Connection, application_id: str) -> Tables:
    """Rows of an application found visible, by table."""
    return rows_of_files(connection, [application_id])


def rows_of_files(connection: sa.Connection, application_ids: Collection[str]) -> Tables:
    """Rows of applications found visible, by table."""
    found = {}
    for name in FILE_TABLES:
        columns = [column.name for column in TABLE_BY_NAME[name].columns]
        rows = connection.execute(_rows_of_files(name), {"ids": list(application_ids)})
        found[name] = [dict(zip(columns, row, strict=True)) for row in rows]
    return found


@cache  # every page of a file asks this: the statement is made once
def _rows_of_files(name: str) -> sa.Select[*tuple[Any, ...]]:
    table, schema = register_tables[name], TABLE_BY_NAME[name]
    columns = [table.c[column.name] for column in schema.columns]
    mine = table.c.application_id.in_(sa.bindparam("ids", expanding=True))
    return sa.select(*columns).where(mine).order_by(*(table.c[key] for key in schema.key))


def application_from(rows: Mapping[str, Rows]) -> Application:
    """The record the rules read."""
    (application,) = applications_from(rows)
    return application


def applications_from(rows: Mapping[str, Rows]) -> list[Application]:
    """The records the rules read, of several applications."""
    tables = {name: Table.of(TABLE_BY_NAME[name], rows[name]) for name in FILE_TABLES}
    read = Register.of("demo", "", tables)
    return [read.application(str(row["application_id"])) for row in rows["applications"]]


def record_from(rows: Mapping[str, Rows]) -> ApplicationRecord:
    """The record that these rows are."""
    (application,) = rows["applications"]
    own = {"application_id", "reference_slsp_id", *KEPT}
    values: dict[str, Any] = {
        "application": {k: v for k, v in application.items() if k not in own},
    }
    for table, part in PARTS.items():
        values[part] = [{k: v for k, v in r.items() if k != "application_id"} for r in rows[table]]
    return ApplicationRecord.model_validate(values)


def rows_from(
    record: ApplicationRecord,
    *,
    application_id: str,
    reference_slsp_id: str,
    before: Mapping[str, Rows] | None = None,
) -> Tables:
    """The rows that a record is; what procedures wrote stays as ``before`` has it."""
    kept = (
        dict.fromkeys(KEPT) if before is None else {k: before["applications"][0][k] for k in KEPT}
    )
    named = {"application_id": application_id}
    found: Tables = {
        "applications": [
            {
                **cells_of(record.application),
                **kept,
                **named,
                "reference_slsp_id": reference_slsp_id,
            }
        ]
    }
    for table, part in PARTS.items():
        keys = TABLE_BY_NAME[table].key
        rows = [{**cells_of(entry), **named} for entry in getattr(record, part)]
        # An empty cell is the empty text in a key, NULL elsewhere.
        found[table] = [
            {k: (v or "") if k in keys and k != "rank" else (None if v == "" else v)
             for k, v in row.items()}
            for row in rows
        ]  # fmt: skip
    return found


def write_rows(
    connection: sa.Connection, rows: Mapping[str, Rows], *, held_by: str, is_new: bool
) -> int:
    """Put the rows of one application in the place of those it had; gives its row version."""
    (row,) = rows["applications"]
    if is_new:
        connection.execute(applications.insert(), {HELD_BY: held_by, **row})
        version = 1
    else:
        mine = applications.c.application_id == row["application_id"]
        changed = applications.update().where(mine)
        changed = changed.values(row_version=applications.c.row_version + 1, **row)
        version = int(
            connection.execute(changed.returning(applications.c.row_version)).scalar_one()
        )
    for name in PARTS:
        table = register_tables[name]
        connection.execute(table.delete().where(table.c.application_id == row["application_id"]))
        if rows[name]:
            connection.execute(table.insert(), [{HELD_BY: held_by, **r} for r in rows[name]])
    return version


def checked(
    connection: sa.Connection,
    actor: Actor,
    rows: Mapping[str, Rows],
    *,
    terms: Terms,
    words: Catalogue,
    at: str,
) -> tuple[WarningView, ...]:
    """
    Judge the rows of one application as the import would; gives the warnings.

    ``at``: JSON pointer of the record in the request.

    Raises
    ------
    ProblemsError
        ``input.refused``, every fault located.
    MemberTakenError
        ``application.member_taken``.
    """
    kind = connection.scalar(
        sa.select(register.c.kind).where(register.c.register_id == actor.organisation_id)
    )
    meeting = Meeting(actor.organisation_id, terms.on, terms.draw_seed, "", terms.rulebook)
    beside = _beside(connection, actor, rows)
    found = application_problems(rows, beside=beside, meeting=meeting, kind=kind or "demo")
    errors = errors_among(found)
    if errors:
        raise ProblemsError([_in_request(p, at) for p in errors])
    _refuse_taken(connection, rows)
    return tuple(
        WarningView(path=f"{p.where}/{p.column}", code=p.code, sentence=problem_sentence(p, words))
        for p in (_in_request(w, at) for w in warnings_among(found))
    )


def _in_request(problem: Problem, at: str) -> Problem:
    """Where a problem of a table stands in the request."""
    part = PARTS.get(problem.where)
    where = f"{at}/{part}/{problem.row - 1}" if part else f"{at}/application"
    return Problem(where, problem.row, problem.column, problem.code, problem.facts)


def _beside(connection: sa.Connection, actor: Actor, rows: Mapping[str, Rows]) -> Tables:
    """Other applications the actor sees that may hold the same persons, and the sections."""
    (own,) = rows["applications"]
    # Who acts under a mandate never learns of another household: staff see what is alike.
    persons = [] if actor.mandate_id else rows["household_members"]
    births = [m["born_on"] for m in persons if m["born_on"] is not None]
    numbers = [m["national_number"] for m in persons if m["national_number"] is not None]
    alike = sa.or_(
        household_members.c.born_on.in_(births), household_members.c.national_number.in_(numbers)
    )
    members = _plain(
        connection,
        household_members,
        visible_to(actor, household_members),
        household_members.c.application_id != own["application_id"],
        alike,
    )
    named = {row["application_id"] for row in members}
    others = _plain(
        connection,
        applications,
        visible_to(actor, applications),
        applications.c.application_id.in_(named),
    )
    chosen = {c["section_id"] for c in rows["choices"] if c["section_id"]}
    wanted = _plain(connection, sections, sections.c.section_id.in_(chosen))
    return {"applications": others, "household_members": members, "sections": wanted}


def _plain(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> Rows:
    columns: Iterable[sa.Column[Any]] = [table.c[c.name] for c in TABLE_BY_NAME[table.name].columns]
    rows = connection.execute(sa.select(*columns).where(*where)).mappings()
    return [dict(row) for row in rows]


def _refuse_taken(connection: sa.Connection, rows: Mapping[str, Rows]) -> None:
    """A member's identifier is unique in the register."""
    (own,) = rows["applications"]
    names = [m["member_id"] for m in rows["household_members"]]
    taken = connection.scalar(
        sa.select(household_members.c.member_id).where(
            household_members.c.member_id.in_(names),
            household_members.c.application_id != own["application_id"],
        )
    )
    if taken is not None:
        raise MemberTakenError("This identifier is taken.", member_id=taken)
