"""
Who is entitled to each dwelling of a meeting, written down from the proposal as it stands.

Nothing here decides: the proposal and its continuations are the engine's. An offer is compared
with these rows, so that the order is enforced by what is kept and not worked out anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from allocation.model.continuation import WITHDRAWN_APPLICATION, WITHDRAWN_DWELLING
from allocation.model.proposal import DwellingLine, Proposal
from allocation.rules import load_rulebook
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.offers import entitlement, meeting_answer
from api.db.tables.register import register
from api.jobs import ask
from api.journal.rows import Vouched, together, vouched
from api.meetings.record import meeting_of
from api.service import Service

CONTINUE = "continuation"
RESERVE, NEW_RANKING = "reserve", "new_ranking"
NOBODY = {"application_id": None, "passed_over": "[]", "next_in_line": "[]"}
Values = dict[str, Any]


def rights(proposal: Proposal) -> Iterator[Values]:
    """One row a dwelling of the proposal: who it goes to, by which channel, who is next."""
    households = {h.application_id: h for h in proposal.households}
    agreement_of = {q.quota_id: q.group.agreement_id for q in proposal.quotas}
    steps = proposal.continuation.steps if proposal.continuation else ()
    before = {o.dwelling_id: o.passed_over for step in steps for o in step.offers}
    for line in proposal.dwellings:
        holder = households.get(line.application_id or "")
        yield {
            "dwelling_id": line.dwelling_id,
            "application_id": line.application_id,
            "ground": _ground(line, is_after=bool(steps)),
            "channel": line.channel,
            "agreement_id": line.agreement_id or agreement_of.get(line.seat_quota) or None,
            "income_category": str(holder.income_category) if holder else "",
            "is_as_chosen": True,
            "passed_over": _text([asdict(p) for p in before.get(line.dwelling_id, ())]),
            "next_in_line": _text([asdict(n) for n in line.next]),
        }


def _ground(line: DwellingLine, *, is_after: bool) -> str:
    if line.application_id is None:
        return "nobody_left" if is_after else "empty"
    return "continuation" if is_after else "proposal"


def _text(values: list[dict[str, Any]]) -> str:
    return json.dumps(values)


def following(connection: sa.Connection, meeting: Row) -> str:
    """
    What a refusal leads to: ``reserve``, ``new_ranking``, or empty while the company has not said.

    A demonstration uses the reserve (U32); a real register has no default.
    """
    planned = meeting_of(meeting.settings)
    rulebook = load_rulebook(planned.rulebook)
    value = rulebook.parameter("next_after_refusal", planned.meeting_on, planned.settings).value
    if value is not None:
        return str(value)
    kind = connection.scalar(
        sa.select(register.c.kind).where(register.c.register_id == meeting.register_id)
    )
    return RESERVE if kind == "demo" else ""


def change(connection: sa.Connection, meeting_id: str, dwelling_id: str, values: Values) -> None:
    """Write down who is entitled to one dwelling from now on."""
    connection.execute(entitlement.update().where(is_right(meeting_id, dwelling_id)).values(values))


def is_right(meeting_id: str, *dwelling_ids: str) -> sa.ColumnElement[bool]:
    """The rows of dwellings of a meeting."""
    return sa.and_(
        entitlement.c.meeting_id == meeting_id, entitlement.c.dwelling_id.in_(dwelling_ids)
    )


def one_right(
    connection: sa.Connection, meeting_id: str, *, dwelling_id: str = "", application_id: str = ""
) -> Row | None:
    """The row of a dwelling, or of the dwelling a household is entitled to; locked."""
    query = sa.select(entitlement).where(entitlement.c.meeting_id == meeting_id)
    if dwelling_id:
        query = query.where(entitlement.c.dwelling_id == dwelling_id)
    if application_id:
        query = query.where(entitlement.c.application_id == application_id)
    return connection.execute(query.with_for_update()).one_or_none()


def take_away(
    connection: sa.Connection,
    actor: Actor,
    meeting: Row,
    right: Row,
    *,
    kind: str,
    service: Service,
) -> None:
    """
    A dwelling is free again: nobody is entitled to it until it is known who comes next.

    ``kind``: the answer (``model.continuation.KINDS``) that freed it. A dwelling given by
    derogation is no longer in the common order: it waits for the next meeting.
    """
    rule = following(connection, meeting)
    ground = {RESERVE: "awaited", "": "not_set"}.get(rule, rule)
    if right.derogation_id:
        ground = "derogation_ended"
    elif rule == RESERVE:
        note(
            connection,
            meeting.meeting_id,
            kind,
            dwelling_id="" if kind == WITHDRAWN_APPLICATION else right.dwelling_id,
            application_id=right.application_id or "",
            service=service,
        )
        go_on(connection, actor, meeting.meeting_id, service=service)
    if kind == WITHDRAWN_DWELLING:
        ground = "not_let"
    change(connection, meeting.meeting_id, right.dwelling_id, NOBODY | {"ground": ground})


def of_rights(connection: sa.Connection, meeting_id: str, *dwelling_ids: str) -> Vouched:
    """What an act on rights to these dwellings vouches for: them, and the meeting's answers."""
    return together(
        vouched(connection, entitlement, is_right(meeting_id, *dwelling_ids)),
        vouched(connection, meeting_answer, meeting_answer.c.meeting_id == meeting_id),
    )


def note(
    connection: sa.Connection,
    meeting_id: str,
    kind: str,
    *,
    dwelling_id: str,
    application_id: str,
    service: Service,
) -> None:
    """Keep an answer for the continuation; the meeting is locked by who calls."""
    mine = meeting_answer.c.meeting_id == meeting_id
    n = connection.scalar(sa.select(sa.func.count()).select_from(meeting_answer).where(mine))
    connection.execute(
        meeting_answer.insert(),
        {
            "meeting_id": meeting_id,
            "sequence": int(n or 0) + 1,
            "kind": kind,
            "dwelling_id": dwelling_id,
            "application_id": application_id,
            "answered_on": service.today(),
        },
    )


def go_on(connection: sa.Connection, actor: Actor, meeting_id: str, *, service: Service) -> str:
    """Ask for the continuation of the proposal; gives the run to follow."""
    return ask(connection, CONTINUE, subject=meeting_id, actor=actor, now=service.now())
