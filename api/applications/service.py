"""
Acts on applications: registered, withdrawn; and what an act changes, told before and after.

Each act touches every register the application stands in, is checked as the import checks a
file, and is written in the journal with what names persons sealed under the household's key.
"""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import Standing, standing_of
from allocation.rules import evaluate, load_rulebook
from allocation.wording import Catalogue
from api.access import AbsentError
from api.applications.reach import begin, own_application, touch_all
from api.applications.record import (
    Tables,
    application_from,
    checked,
    record_from,
    rows_from,
    rows_of_file,
    write_rows,
)
from api.applications.record_schemas import ApplicationRecord, RecordView
from api.applications.standings import Terms, current_terms
from api.auth.actor import Actor
from api.db.tables.register import applications, offers, register
from api.journal import append
from api.journal.sealing import seal
from api.service import Service

ACTIVE = ("admitted", "incomplete")


class StatusByProcedureError(HousingError):
    """Strike-offs, withdrawals and their ends are acts of their own, never a line of a file."""

    code: ClassVar[str] = "application.status_by_procedure"


class OfferOpenError(HousingError):
    """An offer to the household is open: it is answered first."""

    code: ClassVar[str] = "application.offer_open"


def create(
    connection: sa.Connection,
    actor: Actor,
    record: ApplicationRecord,
    *,
    service: Service,
    words: Catalogue,
    application_id: str = "",
) -> RecordView:
    """
    Register an application with the actor's company as its reference.

    Its identifier is drawn here: whoever chose it would choose its place among equals. Only one
    that the common file knows already comes with its own.
    """
    register_id = actor.organisation_id
    if not _has_register(connection, register_id):
        raise AbsentError("No such register.")
    application_id = application_id or f"app-{secrets.token_hex(8)}"
    rows = rows_from(record, application_id=application_id, reference_slsp_id=register_id)
    if rows["applications"][0]["status"] not in ACTIVE:
        raise StatusByProcedureError("Not a status to begin with.")
    terms = current_terms(connection, register_id, today=service.today())
    communes = [str(c["nis5"]) for c in rows["choices"]]
    touch_all(connection, actor, [application_id], service=service, also_chosen=communes)
    warnings = checked(connection, actor, rows, terms=terms, words=words, at="")
    version = write_rows(connection, rows, held_by=register_id, is_new=True)
    append_sealed(
        connection,
        "application.registered",
        application_id,
        record.model_dump(mode="json"),
        actor=actor,
        service=service,
        content={"list": rows["applications"][0]["list"], "row_version": version},
    )
    return RecordView(
        application_id=application_id, row_version=version, record=record, warnings=warnings
    )


def read_record(connection: sa.Connection, actor: Actor, application_id: str) -> RecordView:
    """The file as it is written; of one's own applications only."""
    row = own_application(connection, actor, application_id)
    record = record_from(rows_of_file(connection, application_id))
    return RecordView(application_id=application_id, row_version=row.row_version, record=record)


def withdraw(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    *,
    asked_on: str,
    row_version: int,
    service: Service,
) -> RecordView:
    """The household gives its application up; nothing of the file is lost."""
    row = begin(connection, actor, application_id, service=service, row_version=row_version)
    if row.status == "withdrawn":
        raise StatusByProcedureError("Withdrawn already.")
    is_open = sa.select(offers.c.offer_id).where(
        offers.c.application_id == application_id, offers.c.answer == "open"
    )
    if connection.scalar(is_open) is not None:
        raise OfferOpenError("An offer is open.")
    set_columns(connection, application_id, status="withdrawn")
    content = {"asked_on": asked_on, "before": row.status}
    append(
        connection,
        "application.withdrawn",
        subject=application_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return read_record(connection, actor, application_id)


def set_columns(connection: sa.Connection, application_id: str, **values: Any) -> None:
    """Change columns of one application, and its row version with them."""
    mine = applications.c.application_id == application_id
    values["row_version"] = applications.c.row_version + 1
    connection.execute(applications.update().where(mine).values(values))


def standing_on(rows: Tables, terms: Terms) -> Standing:
    """What the rules say of a file on the terms of the register."""
    rulebook = load_rulebook(terms.rulebook)
    found = evaluate(rulebook, application_from(rows), terms.on, settings=terms.settings)
    return standing_of(found)


def append_sealed(
    connection: sa.Connection,
    act: str,
    application_id: str,
    data: dict[str, Any],
    *,
    actor: Actor,
    service: Service,
    content: dict[str, Any],
) -> None:
    """Write an act down with what names persons sealed under the household's key."""
    sealed = seal(connection, application_id, data, secret=service.secret)
    append(
        connection,
        act,
        subject=application_id,
        actor=actor,
        now=service.now(),
        content=content,
        sealed={application_id: sealed},
    )


def _has_register(connection: sa.Connection, register_id: str) -> bool:
    query = sa.select(register.c.version).where(register.c.register_id == register_id)
    return connection.scalar(query) is not None
