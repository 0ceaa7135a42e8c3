"""
Agreements as documents: every act under the guards of ``allocation.accompaniment``.

What the engine reads of an agreement (its term, its seats, its basis) is in the register and is
written there by the acts that change it; while it is suspended it promises no seat.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from allocation.accompaniment import (
    AGREEMENT,
    AgreementAct,
    AgreementDocument,
    AgreementRefusedError,
    Terms,
    conclude,
)
from allocation.accompaniment.agreement_terms import faults
from allocation.errors import Problem
from api.agreements import queries
from api.agreements.queries import AgreementConflictError
from api.agreements.schemas import (
    ActEntry,
    DocumentView,
    NewAgreement,
    TermsEntry,
    VersionView,
    terms_text,
)
from api.agreements.stays import running_stays
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.agreements import agreement_document, agreement_version
from api.db.tables.register import HELD_BY
from api.journal import append
from api.service import Service

DRAFTED, IN_FORCE = "drafted", "in_force"
# From the signature on, the register knows the agreement.
WRITTEN_BY = (
    "sign_agreement",
    "amend",
    "suspend",
    "resume_agreement",
    "renew_agreement",
    "expire",
    "terminate_early",
)
A_YEAR = timedelta(days=365)


def create(
    connection: sa.Connection, actor: Actor, asked: NewAgreement, *, service: Service
) -> DocumentView:
    """
    Draft an agreement, or file the text of one that the register's files brought.

    Raises
    ------
    AbsentError
        No such partner.
    AgreementConflictError
        ``agreement.present``.
    AgreementRefusedError
        The text of one in force is not whole, or is of another type or partner.
    """
    queries.require_partner(connection, actor, asked.partner_id)
    terms, row = asked.terms.terms(), queries.in_the_register(connection, asked.agreement_id)
    is_other = row is not None and row._mapping[HELD_BY] != actor.organisation_id
    if is_other or queries.is_documented(connection, asked.agreement_id):
        raise AgreementConflictError("agreement.present")
    if row is not None:
        _require_the_same(connection, actor, asked, terms, row, today=service.today())
    values = {
        "agreement_id": asked.agreement_id,
        "register_id": actor.organisation_id,
        "partner_id": asked.partner_id,
        "kind": terms.kind,
        "state": DRAFTED if row is None else IN_FORCE,
        "version": 1,
        "signed_on": None if row is None else row.signed_on,
        "row_version": 1,
    }
    connection.execute(agreement_document.insert(), values)
    act = "draft" if row is None else "file"
    _keep_version(connection, actor, values, terms, act, service.today(), service=service)
    content = {"partner_id": asked.partner_id, "kind": terms.kind, "state": values["state"]}
    _journal(connection, actor, act, asked.agreement_id, content, service=service)
    return one(connection, actor, asked.agreement_id, service=service)


def act_on(
    connection: sa.Connection, actor: Actor, agreement_id: str, asked: ActEntry, *, service: Service
) -> DocumentView:
    """
    Take an agreement one step further.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``.
    AgreementRefusedError
        ``agreement.refused``: every condition that is not met.
    AgreementConflictError
        ``agreement.moved``.
    """
    queries.one_document(connection, actor, agreement_id, to_change=False)
    touch(connection, actor.organisation_id, actor=actor, service=service)
    row = queries.one_document(connection, actor, agreement_id, to_change=True)
    if row.row_version != asked.row_version:
        raise AgreementConflictError("agreement.moved", row_version=row.row_version)
    before = _document(connection, row)
    wanted = _act(asked)
    named = (wanted.terms or before.terms).capacity.named_dwellings
    made = conclude(
        before,
        wanted,
        register_kind=queries.register_kind(connection, row.register_id),
        base=queries.base_of(connection, actor, agreement_id, named=named, today=service.today()),
    )
    values = {"state": made.state, "version": made.version, "signed_on": made.signed_on}
    values |= {"row_version": row.row_version + 1}
    mine = agreement_document.c.agreement_id == agreement_id
    connection.execute(agreement_document.update().where(mine).values(values))
    kept = {"agreement_id": agreement_id, "version": made.version}
    if wanted.terms is not None:
        _keep_version(connection, actor, kept, made.terms, asked.act, asked.on, service=service)
    if asked.act in WRITTEN_BY:
        _tell_the_register(connection, row, made, asked)
    content = {
        "on": asked.on.isoformat(),
        "state": made.state,
        "version": made.version,
        "reason": asked.reason,
        "notice_on": asked.notice_on.isoformat() if asked.notice_on else "",
        "destinations": dict(sorted(asked.destinations.items())),
    }
    _journal(connection, actor, asked.act, agreement_id, content, service=service)
    return one(connection, actor, agreement_id, service=service)


def one(
    connection: sa.Connection, actor: Actor, agreement_id: str, *, service: Service
) -> DocumentView:
    """An agreement as it stands."""
    row = queries.one_document(connection, actor, agreement_id)
    return view(connection, row, today=service.today())


def view(connection: sa.Connection, row: Row, *, today: date) -> DocumentView:
    """An agreement as it is told."""
    terms = TermsEntry.model_validate_json(row.terms)
    days = terms.terms().review_days(today + A_YEAR)
    told = {n: getattr(row, n) for n in DocumentView.model_fields if n in row._mapping}
    return DocumentView(
        **told | {"terms": terms},
        reviews=tuple(day for day in days if day >= today),
        stays=running_stays(connection, row.agreement_id),
        possible=AGREEMENT.possible(row.state),
    )


def version_view(row: Row) -> VersionView:
    """A version as it is told."""
    told = {n: getattr(row, n) for n in VersionView.model_fields}
    return VersionView(**told | {"terms": TermsEntry.model_validate_json(row.terms)})


def _require_the_same(
    connection: sa.Connection,
    actor: Actor,
    asked: NewAgreement,
    terms: Terms,
    row: Row,
    *,
    today: date,
) -> None:
    """The text of an agreement that runs is whole, and is that of the register's row."""
    same = (row.partner_id, row.kind, row.in_force_from, row.in_force_to, row.seats_per_year)
    capacity = terms.capacity
    said = (
        asked.partner_id,
        terms.kind,
        terms.in_force_from,
        terms.in_force_to,
        capacity.seats_per_year,
    )
    names = ("partner_id", "kind", "in_force_from", "in_force_to", "capacity/seats_per_year")
    problems = [
        Problem.at("/terms", 0, name, "agreement.not_as_the_register", value=there or "–")
        for name, there, given in zip(names, same, said, strict=True)
        if there != given
    ]
    named = capacity.named_dwellings
    base = queries.base_of(connection, actor, asked.agreement_id, named=named, today=today)
    kind = queries.register_kind(connection, actor.organisation_id)
    problems += faults(terms, on=today, register_kind=kind, base=base)
    if problems:
        raise AgreementRefusedError(sorted(problems))


def _document(connection: sa.Connection, row: Row) -> AgreementDocument:
    """The agreement as the guards read it."""
    terms = TermsEntry.model_validate_json(row.terms).terms()
    stays = running_stays(connection, row.agreement_id)
    return AgreementDocument(terms, row.state, row.version, row.signed_on, stays)


def _act(asked: ActEntry) -> AgreementAct:
    return AgreementAct(
        asked.act,
        asked.on,
        asked.reason,
        asked.notice_on,
        asked.signed_on,
        asked.terms.terms() if asked.terms else None,
        asked.destinations,
    )


def _tell_the_register(
    connection: sa.Connection, row: Row, made: AgreementDocument, asked: ActEntry
) -> None:
    """Write what the engine reads of the agreement."""
    terms, known = made.terms, queries.in_the_register(connection, row.agreement_id)
    begins = terms.in_force_from if known is None else known.in_force_from
    ends = terms.in_force_to
    if asked.act == "terminate_early":
        ends = asked.on
    values: dict[str, Any] = {
        HELD_BY: row.register_id,
        "partner_id": row.partner_id,
        "kind": row.kind,
        "signed_on": made.signed_on,
        "in_force_from": min(begins, terms.in_force_from),
        "in_force_to": ends,
        "public": terms.public or None,
        "seats_per_year": terms.capacity.seats_per_year,
        "accompaniment_places": terms.capacity.places,
        "legal_article": terms.basis.article or None,
        "authorising_act": terms.basis.act or None,
        "basis": terms.basis.standing,
    }
    if made.state == "suspended" and terms.capacity.seats_per_year is not None:
        values["seats_per_year"] = 0
    queries.write_row(connection, row.agreement_id, values)


def _keep_version(
    connection: sa.Connection,
    actor: Actor,
    document: dict[str, Any],
    terms: Terms,
    act: str,
    on: date,
    *,
    service: Service,
) -> None:
    """Keep a version of the text; the text settled before signature takes its draft's place."""
    key = {name: document[name] for name in ("agreement_id", "version")}
    mine = sa.and_(*(agreement_version.c[name] == value for name, value in key.items()))
    connection.execute(agreement_version.delete().where(mine))
    connection.execute(
        agreement_version.insert(),
        key
        | {
            "terms": terms_text(terms),
            "act": act,
            "on_day": on,
            "actor_id": actor.actor_id,
            "recorded_at": service.now(),
        },
    )


def _journal(
    connection: sa.Connection,
    actor: Actor,
    act: str,
    agreement_id: str,
    content: dict[str, Any],
    *,
    service: Service,
) -> None:
    append(
        connection,
        f"agreement.{act}",
        subject=agreement_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
