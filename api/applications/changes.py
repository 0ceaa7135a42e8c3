"""
Changes of an application: one way to change a file, whoever reports and whatever changes.

The change is judged before it is made. What takes nothing from the household is applied at
once; the rest waits until the household was heard and a person has decided.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import CHANGE, losses
from allocation.rules import load_rulebook
from allocation.wording import Catalogue
from api.access import AbsentError, visible_to
from api.applications.change_schemas import ChangeReport, ChangeView, Hearing, StandingChange
from api.applications.reach import begin, own_application
from api.applications.record import (
    Tables,
    application_from,
    checked,
    rows_from,
    rows_of_file,
    write_rows,
)
from api.applications.record_schemas import ApplicationRecord, WarningView
from api.applications.service import (
    ACTIVE,
    StatusByProcedureError,
    append_sealed,
    standing_on,
)
from api.applications.standings import Terms, current_terms
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.changes import application_change
from api.db.tables.register import HELD_BY
from api.journal import append
from api.journal.sealing import seal, unseal
from api.register_rows import cells_of
from api.service import Service

PENDING = ("to_hear", "heard")


class ChangePendingError(HousingError):
    """A change of this file waits already: it is heard or dropped first."""

    code: ClassVar[str] = "change.pending"


class ErasedError(HousingError):
    """What was reported can no longer be read: the person was erased."""

    code: ClassVar[str] = "change.erased"


def report(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    asked: ChangeReport,
    *,
    service: Service,
    words: Catalogue,
) -> ChangeView:
    """Report the file as it is to be: applied at once, or kept until the household was heard."""
    row, rows, terms, warnings = _judged(
        connection,
        actor,
        application_id,
        asked.record,
        row_version=asked.row_version,
        service=service,
        words=words,
    )
    pending = application_change.c.state.in_(PENDING)
    mine = application_change.c.application_id == application_id
    if connection.scalar(sa.select(application_change.c.change_id).where(mine, pending)):
        raise ChangePendingError("A change waits already.")
    values = _compared(rows_of_file(connection, application_id), rows, terms)
    act = "call_to_hearing" if json.loads(values["losses"]) else "apply_at_once"
    data = asked.record.model_dump(mode="json")
    values |= {
        "change_id": f"chg-{secrets.token_hex(8)}",
        "application_id": application_id,
        "state": CHANGE.after(CHANGE.initial, act),
        "reported_on": asked.reported_on,
        "reported_by": asked.reported_by,
        "sealed": seal(connection, application_id, data, secret=service.secret),
        "heard_how": "",
        "heard": "",
        "actor_id": actor.actor_id,
        "recorded_at": service.now(),
    }
    connection.execute(application_change.insert(), values)
    if values["state"] == "applied":
        write_rows(connection, rows, held_by=getattr(row, HELD_BY), is_new=False)
    _tell(connection, f"change.{act}", values["change_id"], actor, service=service)
    return view(connection, actor, values["change_id"], warnings=warnings)


def record_hearing(
    connection: sa.Connection, actor: Actor, change_id: str, asked: Hearing, *, service: Service
) -> ChangeView:
    """Write down that and how the household was heard."""
    change = _to_move(connection, actor, change_id)
    said = {"said": asked.said}
    kept = seal(connection, change.application_id, said, secret=service.secret)
    values = {"heard_on": asked.heard_on, "heard_how": asked.how, "heard": kept}
    _move(connection, change, "record_hearing", **values)
    _tell(connection, "change.heard", change_id, actor, service=service, how=asked.how)
    return view(connection, actor, change_id)


def apply_heard(
    connection: sa.Connection, actor: Actor, change_id: str, *, service: Service, words: Catalogue
) -> ChangeView:
    """A person applies a change after the hearing; the file is judged again as it stands."""
    change = _to_move(connection, actor, change_id)
    CHANGE.step(change.state, "apply_after_hearing")
    data = unseal(connection, change.application_id, change.sealed, secret=service.secret)
    if data is None:
        raise ErasedError("Erased.")
    record = ApplicationRecord.model_validate_json(json.dumps(data))
    row, rows, terms, warnings = _judged(
        connection, actor, change.application_id, record, service=service, words=words
    )
    compared = _compared(rows_of_file(connection, change.application_id), rows, terms)
    _move(connection, change, "apply_after_hearing", **compared)
    write_rows(connection, rows, held_by=getattr(row, HELD_BY), is_new=False)
    _tell(connection, "change.apply_after_hearing", change_id, actor, service=service)
    return view(connection, actor, change_id, warnings=warnings)


def drop(
    connection: sa.Connection, actor: Actor, change_id: str, reason: str, *, service: Service
) -> ChangeView:
    """A person drops a change: the file stays as it is."""
    change = _to_move(connection, actor, change_id)
    _move(connection, change, "drop")
    append_sealed(
        connection,
        "change.dropped",
        change.application_id,
        {"reason": reason},
        actor=actor,
        service=service,
        content={"change_id": change_id},
    )
    return view(connection, actor, change_id)


def changes_of(connection: sa.Connection, actor: Actor, application_id: str) -> list[ChangeView]:
    """Changes of one's own application, the latest first."""
    own_application(connection, actor, application_id)
    mine = application_change.c.application_id == application_id
    found = sa.select(application_change.c.change_id).where(
        visible_to(actor, application_change), mine
    )
    order = (application_change.c.recorded_at.desc(), application_change.c.change_id)
    return [view(connection, actor, c) for c in connection.scalars(found.order_by(*order))]


def view(
    connection: sa.Connection,
    actor: Actor,
    change_id: str,
    *,
    warnings: tuple[WarningView, ...] = (),
) -> ChangeView:
    """A change as it stands."""
    change = _one(connection, actor, change_id)
    row = own_application(connection, actor, change.application_id)
    values: dict[str, Any] = {
        **change._mapping,
        "losses": json.loads(change.losses),
        "before": StandingChange(**json.loads(change.before)),
        "after": StandingChange(**json.loads(change.after)),
        "possible": list(CHANGE.possible(change.state)),
        "row_version": row.row_version,
        "warnings": warnings,
    }
    return ChangeView(**{name: values[name] for name in ChangeView.model_fields})


def _judged(
    connection: sa.Connection,
    actor: Actor,
    application_id: str,
    record: ApplicationRecord,
    *,
    service: Service,
    words: Catalogue,
    row_version: int | None = None,
) -> tuple[Row, Tables, Terms, tuple[WarningView, ...]]:
    """Begin the act and judge the file as it is to be."""
    communes = [str(cells_of(c)["nis5"]) for c in record.choices]
    row = begin(
        connection,
        actor,
        application_id,
        service=service,
        also_chosen=communes,
        row_version=row_version,
    )
    before = rows_of_file(connection, application_id)
    rows = rows_from(
        record,
        application_id=application_id,
        reference_slsp_id=row.reference_slsp_id,
        before=before,
    )
    status = rows["applications"][0]["status"]
    if status != row.status and not {status, row.status} <= set(ACTIVE):
        raise StatusByProcedureError("Not by a change of the file.")
    terms = current_terms(connection, actor.organisation_id, today=service.today())
    warnings = checked(connection, actor, rows, terms=terms, words=words, at="/record")
    return row, rows, terms, warnings


def _compared(before: Tables, after: Tables, terms: Terms) -> dict[str, Any]:
    """Standings of a file before and after, and what is lost between them."""
    rulebook = load_rulebook(terms.rulebook)
    natures = str(rulebook.parameter("transfer_order", terms.on, terms.settings).value)
    sides = [(application_from(rows), standing_on(rows, terms)) for rows in (before, after)]
    found = losses(sides[0], sides[1], natures=tuple(natures.split(",")))
    return {
        "losses": json.dumps(found),
        "before": json.dumps(asdict(sides[0][1])),
        "after": json.dumps(asdict(sides[1][1])),
    }


def _to_move(connection: sa.Connection, actor: Actor, change_id: str) -> Row:
    """A change of one's own application, locked until the commit."""
    change = _one(connection, actor, change_id, to_change=True)
    own_application(connection, actor, change.application_id)
    return change


def _one(
    connection: sa.Connection, actor: Actor, change_id: str, *, to_change: bool = False
) -> Row:
    query = sa.select(application_change).where(
        visible_to(actor, application_change), application_change.c.change_id == change_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such change.")
    return found


def _move(connection: sa.Connection, change: Row, act: str, **values: Any) -> None:
    values |= {"state": CHANGE.after(change.state, act), "row_version": change.row_version + 1}
    mine = application_change.c.change_id == change.change_id
    connection.execute(application_change.update().where(mine).values(values))


def _tell(
    connection: sa.Connection,
    act: str,
    change_id: str,
    actor: Actor,
    *,
    service: Service,
    **content: Any,
) -> None:
    """Write an act on a change down; the file it brings stays sealed in its row."""
    change = _one(connection, actor, change_id)
    told = {
        "change_id": change_id,
        "points_before": json.loads(change.before)["points"],
        "points_after": json.loads(change.after)["points"],
        **content,
    }
    append(
        connection,
        act,
        subject=change.application_id,
        actor=actor,
        now=service.now(),
        content=told,
        sealed={change.application_id: change.heard if act == "change.heard" else change.sealed},
    )
