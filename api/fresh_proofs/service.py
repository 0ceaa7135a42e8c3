"""
Fresh proofs asked of the first households of each dwelling, before the meeting.

Who is first is the engine's, on the terms of the meeting; how many are asked is in the rulebook.
A proof that does not come moves nobody: the committee reads that it is missing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.model import Meeting
from allocation.procedure import FRESH_PROOF, check_fresh_proof_act, facts_to_prove
from allocation.procedure.once_only import (
    check_origin,
    source_of_condition,
    source_of_proofs,
)
from allocation.proposal import first_ranked, prepare
from allocation.rules import evaluate, evaluate_register, load_rulebook
from allocation.wording import Catalogue
from api.access import SENSITIVE, AbsentError, DeniedError, may, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.bulk import insert_rows
from api.db.register import read_register
from api.db.tables.follow_up import proof_request
from api.db.tables.register import applications
from api.fresh_proofs.schemas import HowView, RequestAct, RequestList, RequestView
from api.journal import append
from api.journal.writing import Act, append_all
from api.meetings import queries as meetings
from api.meetings.record import DRAFT, meeting_of
from api.meetings.service import require
from api.service import Service

RULEBOOK = "wallonia"
FIRST, CONDITIONS = "fresh_proofs.first_per_dwelling", "fresh_proofs.conditions"


class DueDayError(HousingError):
    """Proofs are awaited between today and the meeting."""

    code: ClassVar[str] = "fresh_proof.due_day"


@dataclass(frozen=True)
class Wanted:
    """What is to be asked of one household."""

    dwellings: tuple[str, ...]
    facts: tuple[str, ...]


def wanted_of(service: Service, actor: Actor, meeting_id: str) -> dict[str, Wanted]:
    """Household -> what is asked of it, on the register as it stands; read apart from writing."""
    with service.database.reading() as connection:
        row = meetings.one_meeting(connection, actor, meeting_id)
        require(row, DRAFT)
        planned = meeting_of(row.settings)
        source = read_register(connection, row.register_id, meeting=planned).register
    rulebook = load_rulebook(planned.rulebook)
    on, settings = planned.meeting_on, planned.settings
    assessments = evaluate_register(rulebook, source, on, settings=settings)
    n = int(str(rulebook.parameter(FIRST, on, settings).value))
    dwellings: dict[str, list[str]] = {}
    for dwelling, first in first_ranked(prepare(source, rulebook, assessments), n).items():
        for application_id in first:
            dwellings.setdefault(application_id, []).append(dwelling)
    return {
        a: Wanted(
            tuple(dwellings[a]),
            facts_to_prove(evaluate(rulebook, source.application(a), on, settings=settings)),
        )
        for a in sorted(dwellings)
    }


def ask(
    connection: sa.Connection,
    actor: Actor,
    meeting_id: str,
    wanted: Mapping[str, Wanted],
    due_on: date,
    *,
    service: Service,
    words: Catalogue,
) -> RequestList:
    """Ask everybody who was not asked for this meeting yet; gives all its requests."""
    row = meetings.one_meeting(connection, actor, meeting_id, to_change=True)
    require(row, DRAFT)
    planned = meeting_of(row.settings)
    today = service.today()
    if not today <= due_on <= planned.meeting_on:
        raise DueDayError("Between today and the meeting.", meeting_on=planned.meeting_on)
    asked = sa.select(proof_request.c.application_id).where(
        proof_request.c.meeting_id == meeting_id
    )
    known = set(connection.scalars(asked))
    conditions = json.dumps(_conditions(planned))
    rows = [
        {
            "request_id": f"prq-{secrets.token_hex(8)}",
            "register_id": row.register_id,
            "meeting_id": meeting_id,
            "application_id": application_id,
            "dwellings": json.dumps(one.dwellings),
            "conditions": conditions,
            "facts": json.dumps(one.facts),
            "state": FRESH_PROOF.initial,
            "asked_on": today,
            "due_on": due_on,
        }
        for application_id, one in wanted.items()
        if application_id not in known
    ]
    insert_rows(connection, proof_request, rows)
    acts = [Act("proof.requested", str(r["application_id"]), _content(r, due_on)) for r in rows]
    append_all(connection, acts, actor=actor, now=service.now())
    return requests_of(connection, actor, meeting_id, words)


def act_on(
    connection: sa.Connection,
    actor: Actor,
    request_id: str,
    asked: RequestAct,
    *,
    service: Service,
    words: Catalogue,
) -> RequestView:
    """
    Write down that a proof came, is missing, or is not needed.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``, ``procedure.too_early``, ``fresh_proof.source``.
    """
    query = sa.select(proof_request).where(
        visible_to(actor, proof_request), proof_request.c.request_id == request_id
    )
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise AbsentError("No such request.")
    if row.register_id != actor.organisation_id:
        raise DeniedError("Another company's.")
    state = FRESH_PROOF.after(row.state, asked.act)
    check_fresh_proof_act(asked.act, asked.on, due_on=row.due_on)
    if not row.asked_on <= asked.on <= service.today():
        raise DueDayError("Not between the request and today.", meeting_on=row.due_on)
    values: dict[str, Any] = {"state": state} | _received(asked, state)
    mine = proof_request.c.request_id == request_id
    connection.execute(proof_request.update().where(mine).values(values))
    content = {"request_id": request_id, "state": state, "on": asked.on.isoformat()}
    content |= {n: values[n] for n in ("origin", "source") if values.get(n)}
    append(
        connection,
        f"proof.{asked.act}",
        subject=row.application_id,
        actor=actor,
        now=service.now(),
        content=content,
    )
    changed = list(connection.execute(sa.select(proof_request).where(mine)))
    return _views(connection, actor, changed, words)[0]


def _received(asked: RequestAct, state: str) -> dict[str, Any]:
    """What is kept of a receipt; no other act says where a proof comes from."""
    check_origin(asked.origin if state == "received" else None, asked.source)
    if state != "received":
        return {}
    return {
        "received_on": asked.on,
        "origin": asked.origin,
        "source": asked.source or None,
    }


def _how(conditions: list[str], facts: list[str], words: Catalogue) -> tuple[HowView, ...]:
    """How each condition and each fact is proved again."""
    known = load_rulebook(RULEBOOK).facts
    places = [(code, source_of_condition(code)) for code in conditions]
    places += [(code, source_of_proofs(known[code].proofs)) for code in facts if code in known]
    return tuple(
        HowView(
            what=what,
            way="look_up" if found else "ask",
            source=found.code if found else "",
            label=str(getattr(found.label, words.language)) if found else "",
            mark=found.mark if found else "",
        )
        for what, found in places
    )


def requests_of(
    connection: sa.Connection, actor: Actor, meeting_id: str, words: Catalogue
) -> RequestList:
    """The requests of a meeting, those missing first."""
    planned = meeting_of(meetings.one_meeting(connection, actor, meeting_id).settings)
    rulebook = load_rulebook(planned.rulebook)
    n = rulebook.parameter(FIRST, planned.meeting_on, planned.settings)
    query = (
        sa.select(proof_request)
        .where(visible_to(actor, proof_request), proof_request.c.meeting_id == meeting_id)
        .order_by(proof_request.c.due_on, proof_request.c.application_id)
    )
    rows = sorted(connection.execute(query), key=lambda r: r.state != "missing")
    return RequestList(
        first_per_dwelling=int(str(n.value)),
        mark=n.mark,
        items=_views(connection, actor, rows, words),
    )


def _views(
    connection: sa.Connection, actor: Actor, rows: list[Row], words: Catalogue
) -> list[RequestView]:
    ours = set(
        connection.scalars(
            sa.select(applications.c.application_id).where(
                applications.c.application_id.in_({r.application_id for r in rows}),
                applications.c.reference_slsp_id == actor.organisation_id,
            )
        )
    )
    found = []
    for row in rows:
        is_open = row.application_id in ours and may(actor, SENSITIVE)
        facts, n_closed = told_facts(row, is_open=is_open)
        found.append(
            RequestView(
                **{
                    n: getattr(row, n)
                    for n in RequestView.model_fields
                    if n in row._mapping and n not in ("dwellings", "conditions", "facts")
                },
                dwellings=json.loads(row.dwellings),
                conditions=json.loads(row.conditions),
                facts=facts,
                n_closed=n_closed,
                how=_how(json.loads(row.conditions), facts, words),
                possible=list(FRESH_PROOF.possible(row.state)),
            )
        )
    return found


def told_facts(row: Row, *, is_open: bool) -> tuple[list[str], int]:
    """Facts of a request a reader is told, and how many are not."""
    facts = json.loads(row.facts) if row.facts else []
    known = load_rulebook(RULEBOOK).facts
    open_ones = [f for f in facts if is_open or not (f in known and known[f].sensitive)]
    return open_ones, len(facts) - len(open_ones)


def _conditions(planned: Meeting) -> list[str]:
    rulebook = load_rulebook(planned.rulebook)
    return str(rulebook.parameter(CONDITIONS, planned.meeting_on, planned.settings).value).split(
        ","
    )


def _content(row: Mapping[str, Any], due_on: date) -> dict[str, Any]:
    return {
        "application_id": row["application_id"],
        "request_id": row["request_id"],
        "meeting_id": row["meeting_id"],
        "due_on": due_on.isoformat(),
    }
