"""
A proof handed in changes nothing by itself: the company takes it into the file, or declines it.

What it says is sealed under the household's key until then; taking it in is a change of the file
like any other, applied at once unless it goes against the household.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import HANDED_IN
from allocation.procedure.mandates import SUPPLY_PROOFS
from allocation.rules import load_rulebook
from allocation.wording import Catalogue
from api.access import AbsentError, visible_to
from api.applications import changes
from api.applications.change_schemas import ChangeReport, ChangeView
from api.applications.reach import own_application
from api.applications.record import record_from, rows_of_file
from api.applications.record_schemas import ApplicationRecord
from api.applications.standings import current_terms
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.mandates import handed_in_proof, mandate
from api.journal import append
from api.journal.sealing import seal, unseal
from api.mandates import queries as mandates
from api.mandates import service as mandate_service
from api.mandates.schemas import Acceptance, ProofEntry, ProofView
from api.service import Service


class ProofError(HousingError):
    """A proof cannot be handed in, or not be taken in."""

    code: ClassVar[str] = "proof.unknown_fact"

    def __init__(self, code: str, **context: object) -> None:
        super().__init__("Refused.", **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def hand_in(
    connection: sa.Connection, actor: Actor, mandate_id: str, asked: ProofEntry, *, service: Service
) -> str:
    """Keep a proof the partner hands in under a mandate; gives its identifier."""
    today = service.today()
    row, acting = mandate_service.required(connection, actor, mandate_id, SUPPLY_PROOFS, on=today)
    terms = current_terms(connection, row.register_id, today=today)
    known = load_rulebook(terms.rulebook).facts.get(asked.fact)
    if known is None:
        raise ProofError("proof.unknown_fact", fact=asked.fact)
    if asked.issued_on > today:
        raise ProofError("proof.issued_later")
    member_id = ""
    if known.level == "member" and asked.born_on is not None:
        member_id = mandates.member_born_on(connection, row.application_id, asked.born_on)
    data = asked.model_dump(mode="json") | {"member_id": member_id}
    proof_id = f"prf-{secrets.token_hex(8)}"
    sealed = seal(connection, row.application_id, data, secret=service.secret)
    values = {
        "proof_id": proof_id,
        "register_id": row.register_id,
        "application_id": row.application_id,
        "mandate_id": mandate_id,
        "state": HANDED_IN.initial,
        "sealed": sealed,
        "handed_in_on": today,
    }
    connection.execute(handed_in_proof.insert(), values)
    append(
        connection,
        "proof.handed_in",
        subject=row.application_id,
        actor=acting,
        now=service.now(),
        content={"proof_id": proof_id},
        sealed={row.application_id: sealed},
    )
    return proof_id


def take_in(
    connection: sa.Connection,
    actor: Actor,
    proof_id: str,
    asked: Acceptance,
    *,
    service: Service,
    words: Catalogue,
) -> ChangeView:
    """Put a proof into the file, as a change reported by the household."""
    row = _to_move(connection, actor, proof_id)
    state = HANDED_IN.after(row.state, "accept_proof")
    data = unseal(connection, row.application_id, row.sealed, secret=service.secret)
    if data is None:
        raise changes.ErasedError("Erased.")
    record = _with(connection, row.application_id, data, asked.member_id)
    report = ChangeReport(
        record=record,
        row_version=asked.row_version,
        reported_on=row.handed_in_on,
        reported_by="household",
    )
    told = changes.report(
        connection, actor, row.application_id, report, service=service, words=words
    )
    _move(connection, actor, row, state, "accept_proof", service, change_id=told.change_id)
    return told


def decline(
    connection: sa.Connection, actor: Actor, proof_id: str, reason: str, *, service: Service
) -> ProofView:
    """Leave the file as it is, with the reason."""
    row = _to_move(connection, actor, proof_id)
    state = HANDED_IN.after(row.state, "decline_proof")
    owner = row.application_id
    sealed = {owner: seal(connection, owner, {"reason": reason}, secret=service.secret)}
    _move(connection, actor, row, state, "decline_proof", service, sealed=sealed)
    return view(connection, _one(connection, actor, proof_id), service=service)


def proofs_of(
    connection: sa.Connection, actor: Actor, application_id: str, *, service: Service
) -> list[ProofView]:
    """Proofs of one's own application, the latest first."""
    own_application(connection, actor, application_id)
    query = (
        sa.select(handed_in_proof)
        .where(
            visible_to(actor, handed_in_proof), handed_in_proof.c.application_id == application_id
        )
        .order_by(handed_in_proof.c.handed_in_on.desc(), handed_in_proof.c.proof_id)
    )
    return [view(connection, row, service=service) for row in connection.execute(query)]


def view(connection: sa.Connection, row: Row, *, service: Service) -> ProofView:
    """A proof as its company reads it."""
    data = unseal(connection, row.application_id, row.sealed, secret=service.secret) or {}
    days = {name: data.get(name) for name in ("issued_on", "born_on")}
    said: dict[str, Any] = {
        **{name: data.get(name) for name in ("fact", "value", "proof", "issuer", "member_id")},
        **{name: date.fromisoformat(day) if day else None for name, day in days.items()},
    }
    return ProofView(
        proof_id=row.proof_id,
        application_id=row.application_id,
        mandate_id=row.mandate_id,
        state=row.state,
        handed_in_on=row.handed_in_on,
        change_id=row.change_id,
        **said,
    )


def _with(
    connection: sa.Connection, application_id: str, data: dict[str, Any], member_id: str
) -> ApplicationRecord:
    """The file with the fact of the proof in the place of what it said of it before."""
    record = record_from(rows_of_file(connection, application_id))
    about = member_id or str(data["member_id"])
    fact = {
        "fact": data["fact"],
        "member_id": about or None,
        "value": data["value"],
        "proof": data["proof"],
        "issued_on": data["issued_on"],
        "issuer": data["issuer"],
    }
    values = record.model_dump(mode="json")
    kept = [
        f for f in values["facts"] if (f["fact"], f.get("member_id") or "") != (data["fact"], about)
    ]
    return ApplicationRecord.model_validate(values | {"facts": [*kept, fact]})


def _to_move(connection: sa.Connection, actor: Actor, proof_id: str) -> Row:
    row = _one(connection, actor, proof_id, to_change=True)
    own_application(connection, actor, row.application_id)
    return row


def _one(connection: sa.Connection, actor: Actor, proof_id: str, *, to_change: bool = False) -> Row:
    query = sa.select(handed_in_proof).where(
        visible_to(actor, handed_in_proof), handed_in_proof.c.proof_id == proof_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such proof.")
    return found


def _move(
    connection: sa.Connection,
    actor: Actor,
    row: Row,
    state: str,
    act: str,
    service: Service,
    *,
    change_id: str | None = None,
    sealed: dict[str, str] | None = None,
) -> None:
    mine = handed_in_proof.c.proof_id == row.proof_id
    values = {"state": state, "change_id": change_id}
    connection.execute(handed_in_proof.update().where(mine).values(values))
    partner = sa.select(mandate.c.organisation_id).where(mandate.c.mandate_id == row.mandate_id)
    content = {
        "application_id": row.application_id,
        "proof_id": row.proof_id,
        "partner_id": connection.scalar(partner) or "",
        "state": state,
    }
    append(
        connection,
        f"proof.{act}",
        subject=row.application_id,
        actor=actor,
        now=service.now(),
        content=content,
        sealed=sealed,
    )
