"""
The mapping set, a file sent, differences decided: each by a named person.

Comparing changes nothing. What is applied is a change of the file like any other, reported by an
authority: applied at once unless it takes from the household, which is then heard first. What
procedures write (confirmations, strike-offs, the reference company) is theirs alone.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import ValidationError

from allocation.errors import HousingError
from allocation.exchange.common_file import (
    APPLICANT,
    CHOICE,
    CommonFileMapping,
    Rows,
    check_mapping,
    fields,
)
from allocation.wording import Catalogue
from api.applications import changes
from api.applications import service as files
from api.applications.change_schemas import ChangeReport, ChangeView
from api.applications.record import KEPT
from api.applications.record_schemas import ApplicationRecord
from api.auth.actor import Actor
from api.common_file import queries
from api.common_file.schemas import (
    DecisionView,
    DifferenceDecision,
    DifferenceView,
    MappingEntry,
)
from api.db import Row
from api.db.tables.common_file import (
    common_file_difference,
    common_file_mapping,
    reconciliation,
)
from api.jobs import ask
from api.journal import append
from api.service import Service
from api.wrapping import wrap

COMPARE, LOOK = "common_file.compare", "common_file.look"
WAITING, OPEN = "waiting", "open"
BY_PROCEDURE = frozenset({*KEPT, "reference_slsp_id"})


class CommonFileError(HousingError):
    """A difference cannot be decided that way."""

    code: ClassVar[str] = "common_file.nothing_open"

    def __init__(self, code: str, **context: object) -> None:
        super().__init__("Refused.", **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def set_mapping(
    connection: sa.Connection, actor: Actor, asked: MappingEntry, *, service: Service
) -> None:
    """Put a mapping in the place of the one there was; files are looked for from then on."""
    check_mapping(asked.mapping)
    if asked.every_days is not None and service.settings.common_file_folder is None:
        raise CommonFileError("common_file.no_folder")
    mine = common_file_mapping.c.register_id == actor.organisation_id
    connection.execute(common_file_mapping.delete().where(mine))
    values = {
        "register_id": actor.organisation_id,
        "mapping": asked.mapping.model_dump_json(),
        "every_days": asked.every_days,
        "set_by": actor.actor_id,
        "set_at": service.now(),
    }
    connection.execute(common_file_mapping.insert(), values)
    if asked.every_days is not None:
        look_again(connection, actor, days=0, service=service)
    content = {
        "name": asked.mapping.name,
        "master": asked.mapping.master,
        "basis": asked.mapping.basis,
        "every_days": asked.every_days,
        "sha256": hashlib.sha256(values["mapping"].encode()).hexdigest(),  # type: ignore[union-attr]  # a text
    }
    append(
        connection,
        "common_file.mapped",
        subject=actor.organisation_id,
        actor=actor,
        now=service.now(),
        content=content,
    )


def look_again(connection: sa.Connection, actor: Actor, *, days: int, service: Service) -> None:
    """Ask that the folder be looked into, in some days."""
    now = service.now()
    later = now + timedelta(days=days) if days else None
    ask(connection, LOOK, subject=actor.organisation_id, actor=actor, now=now, not_before=later)


def send(
    connection: sa.Connection, actor: Actor, content: bytes, mapping: str, *, service: Service
) -> str:
    """Keep a file, wrapped, until it was compared; gives the identifier of the comparison."""
    reconciliation_id = f"rec-{secrets.token_hex(8)}"
    now, secret = service.now(), service.secret
    values = {
        "reconciliation_id": reconciliation_id,
        "register_id": actor.organisation_id,
        "state": WAITING,
        "mapping": mapping,
        "file_sha256": hashlib.sha256(content).hexdigest(),
        "wrapped_file": wrap(secret, content, bound_to=reconciliation_id),
        "totals": "{}",
        "faults": "[]",
        "asked_by": actor.actor_id,
        "asked_at": now,
    }
    connection.execute(reconciliation.insert(), values)
    ask(connection, COMPARE, subject=reconciliation_id, actor=actor, now=now)
    append(
        connection,
        "common_file.sent",
        subject=reconciliation_id,
        actor=actor,
        now=now,
        content={"sha256": values["file_sha256"]},
    )
    return reconciliation_id


def take_out(
    connection: sa.Connection, actor: Actor, *, service: Service
) -> tuple[CommonFileMapping, Rows]:
    """The mapping, and our applications for the other file; that they left is written down."""
    mapping = CommonFileMapping.model_validate_json(queries.mapping_of(connection, actor).mapping)
    rows = queries.our_rows(connection, actor.organisation_id)
    append(
        connection,
        "common_file.exported",
        subject=actor.organisation_id,
        actor=actor,
        now=service.now(),
        content={"applications": len(rows)},
    )
    return mapping, rows


def decide(
    connection: sa.Connection,
    actor: Actor,
    reconciliation_id: str,
    asked: DifferenceDecision,
    *,
    service: Service,
    words: Catalogue,
) -> DecisionView:
    """A person applies or leaves the open differences of one application, with a reason."""
    row = queries.one_reconciliation(connection, actor, reconciliation_id, to_change=True)
    found = queries.differences_to_decide(connection, reconciliation_id, asked.application_id)
    if asked.fields:
        found = [d for d in found if d.field in asked.fields]
    if not found or {d.field for d in found} < set(asked.fields):
        raise CommonFileError("common_file.nothing_open")
    change: ChangeView | None = None
    if asked.decision == "apply":
        change = _apply(connection, actor, row, found, service=service, words=words)
    state = "applied" if asked.decision == "apply" else "left"
    decided = _settle(connection, actor, found, state, asked.reason, service=service)
    content = {
        "reconciliation_id": reconciliation_id,
        "fields": [d.field for d in found],
        "kind": found[0].kind,
        "state": state,
        "change_id": change.change_id if change else "",
    }
    append(
        connection,
        f"common_file.{asked.decision}",
        subject=asked.application_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    return DecisionView(
        application_id=asked.application_id,
        decided=[DifferenceView.model_validate(d) for d in decided],
        change_id=change.change_id if change else "",
        change_state=change.state if change else "",
    )


def _settle(
    connection: sa.Connection,
    actor: Actor,
    found: list[Row],
    state: str,
    reason: str,
    *,
    service: Service,
) -> list[Row]:
    """Write down who decided what of these differences of one application."""
    table = common_file_difference
    mine = sa.and_(
        table.c.reconciliation_id == found[0].reconciliation_id,
        table.c.application_id == found[0].application_id,
        table.c.field.in_([d.field for d in found]),
    )
    values = {
        "state": state,
        "decided_by": actor.actor_id,
        "decided_on": service.today(),
        "reason": reason,
    }
    connection.execute(table.update().where(mine).values(values))
    return list(connection.execute(sa.select(table).where(mine).order_by(table.c.field)))


def _apply(
    connection: sa.Connection,
    actor: Actor,
    row: Row,
    found: list[Row],
    *,
    service: Service,
    words: Catalogue,
) -> ChangeView | None:
    """Bring what they say into our file; an application that is theirs alone is registered."""
    mapping = CommonFileMapping.model_validate_json(row.mapping)
    if mapping.master == "ours":
        raise CommonFileError("common_file.ours_is_master")
    kind, application_id = found[0].kind, found[0].application_id
    if kind == "only_ours":
        raise CommonFileError("common_file.only_ours")
    if kind == "only_theirs":
        said = json.loads(found[0].theirs)
        record = _record(said, None)
        files.create(
            connection,
            actor,
            record,
            service=service,
            words=words,
            application_id=application_id,
        )
        return None
    by_procedure = sorted({d.field for d in found} & BY_PROCEDURE)
    if by_procedure:
        raise CommonFileError("common_file.by_procedure", fields=", ".join(by_procedure))
    before = files.read_record(connection, actor, application_id)
    record = _record({d.field: d.theirs for d in found}, before.record)
    report = ChangeReport(
        record=record,
        row_version=before.row_version,
        reported_on=service.today(),
        reported_by="authority",
    )
    return changes.report(connection, actor, application_id, report, service=service, words=words)


def _record(said: dict[str, str], before: ApplicationRecord | None) -> ApplicationRecord:
    """A file with what they say in the place of what it said."""
    values: dict[str, Any] = {
        "application": {"list": "candidate", "kind_wanted": "any", "status": "incomplete"},
        "members": [{"member_id": f"p-{secrets.token_hex(8)}", "role": "applicant"}],
        "facts": [],
        "choices": [],
    }
    if before is not None:
        values = before.model_dump(mode="json")
    applicant = next((m for m in values["members"] if m["role"] == "applicant"), None)
    communes = {c["rank"]: c for c in values["choices"]}
    for field, text in said.items():
        value = _value(field, text)
        if field in BY_PROCEDURE:
            continue
        if field.startswith(CHOICE):
            rank = int(field.removeprefix(CHOICE))
            communes.pop(rank, None)
            if value is not None:
                communes[rank] = {"rank": rank, "nis5": value}
        elif field.startswith(APPLICANT):
            if applicant is not None:
                applicant[field.removeprefix(APPLICANT)] = value
        else:
            values["application"][field] = value
    values["choices"] = [communes[rank] for rank in sorted(communes)]
    try:
        return ApplicationRecord.model_validate_json(json.dumps(values))
    except ValidationError as fault:
        # An empty cell, where a file cannot do without a value.
        named = {str(error["loc"][-1]) for error in fault.errors(include_url=False)}
        raise CommonFileError("common_file.cannot_hold", fields=", ".join(sorted(named))) from fault


def _value(field: str, text: str) -> str | int | None:
    if not text:
        return None
    return int(text) if fields()[field].kind in ("integer", "cents") else text
