"""Derogations: put to the committee, the commissioner's opinion, whom they pass over."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.documents import read_proposal
from allocation.errors import HousingError
from allocation.model.proposal import Proposal
from allocation.procedure import (
    DEROGATION,
    Derogation,
    check_derogation,
    count_derogations,
    ground_in_force,
)
from allocation.proposal import passed_over
from allocation.rules import derogation_cap, load_rulebook
from api.access import AbsentError
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.meetings import meeting
from api.db.tables.offers import derogation
from api.db.tables.register import allocations_ytd
from api.db.tables.standings import standing
from api.decisions import queries
from api.decisions.schemas import CommuneShare, DerogationEntry, DerogationView, Opinion
from api.journal import append
from api.journal.rows import vouched
from api.journal.sealing import seal
from api.meetings import queries as meetings
from api.meetings.record import PROPOSED, meeting_of
from api.meetings.service import require
from api.service import Service

_LISTS = ("attested", "not_attested", "passed_over", "counted")
_ACT_OF = {"concurring": "give_concurring_opinion", "adverse": "give_adverse_opinion"}


class DerogationError(HousingError):
    """A derogation that cannot be put to the committee."""

    code: ClassVar[str] = "derogation.not_needed"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def put(service: Service, actor: Actor, meeting_id: str, asked: DerogationEntry) -> dict[str, Any]:
    """
    Work out what a derogation means: whom it passes over, what is attested, what is counted.

    Read before anything is written; ``record`` writes it down.

    Raises
    ------
    AbsentError
        No such meeting, dwelling or application.
    DerogationError
        ``derogation.not_needed``, ``derogation.category_unknown``.
    IllegalActError
        ``derogation.unknown_ground``, ``derogation.no_reason``.
    """
    with service.database.reading() as connection:
        row = meetings.one_meeting(connection, actor, meeting_id)
        require(row, PROPOSED)
        proposal = _proposal(connection, actor, meeting_id, asked)
        category = _category(connection, proposal, asked.application_id, row.register_id)
        ledger = _ledger(connection, row, proposal, asked.dwelling_id)
    if category not in ("1", "2", "3"):
        raise DerogationError("derogation.category_unknown", "The file does not say the income.")
    passed = passed_over(proposal, asked.dwelling_id, asked.application_id)
    line = next(d for d in proposal.dwellings if d.dwelling_id == asked.dwelling_id)
    if line.application_id == asked.application_id:
        raise DerogationError("derogation.not_needed", "It is proposed to that household already.")
    planned = meeting_of(row.settings)
    said = {n: getattr(asked, n) for n in ("application_id", "dwelling_id", "ground", "reason")}
    departure = Derogation(
        **said, attested=asked.attested, passed_over=passed, on=planned.meeting_on
    )
    not_attested = check_derogation(departure, load_rulebook(planned.rulebook))
    accepted = {h.application_id: h.accepts for h in proposal.households}
    counted = _counted(asked, ledger, planned.meeting_on, settings=planned.settings)
    return {
        "derogation_id": f"der-{secrets.token_hex(8)}",
        "meeting_id": meeting_id,
        "state": DEROGATION.initial,
        **said,
        "attested": json.dumps(sorted(set(asked.attested))),
        "not_attested": json.dumps(not_attested),
        "passed_over": json.dumps(passed),
        "counted": json.dumps(counted),
        "opinion": "",
        "opinion_by": "",
        "income_category": category,
        "is_as_chosen": asked.dwelling_id in accepted.get(asked.application_id, {}),
    }


def record(
    connection: sa.Connection, actor: Actor, values: dict[str, Any], *, service: Service
) -> DerogationView:
    """Write a derogation down as put to the committee."""
    row = meetings.one_meeting(connection, actor, values["meeting_id"], to_change=True)
    require(row, PROPOSED)
    connection.execute(derogation.insert(), values)
    written = queries.one_derogation(connection, actor, values["derogation_id"])
    _journal(connection, actor, "derogation.proposed", written, values["reason"], service=service)
    return view(written)


def give_opinion(
    connection: sa.Connection, actor: Actor, derogation_id: str, asked: Opinion, *, service: Service
) -> DerogationView:
    """Write the commissioner's opinion down."""
    act = _ACT_OF[asked.opinion]
    values = {"opinion": asked.reason, "opinion_by": actor.actor_id}
    return move(
        connection, actor, derogation_id, act, values=values, reason=asked.reason, service=service
    )


def move(
    connection: sa.Connection,
    actor: Actor,
    derogation_id: str,
    act: str,
    *,
    service: Service,
    values: dict[str, Any] | None = None,
    reason: str = "",
) -> DerogationView:
    """Take a derogation one step further; ``procedure.illegal_act`` when it is not possible."""
    row = queries.one_derogation(connection, actor, derogation_id, to_change=True)
    held = connection.execute(
        sa.select(meeting).where(meeting.c.meeting_id == row.meeting_id)
    ).one()
    require(held, PROPOSED)
    state = DEROGATION.after(row.state, act)
    mine = derogation.c.derogation_id == derogation_id
    connection.execute(
        derogation.update().where(mine).values({"state": state} | dict(values or {}))
    )
    written = queries.one_derogation(connection, actor, derogation_id)
    _journal(connection, actor, f"derogation.{state}", written, reason, service=service)
    return view(written)


def view(row: Row) -> DerogationView:
    """A derogation as told."""
    values = dict(row._mapping)
    values |= {name: json.loads(values[name]) for name in _LISTS}
    return DerogationView(**{n: values[n] for n in DerogationView.model_fields})


def _journal(
    connection: sa.Connection, actor: Actor, act: str, row: Row, reason: str, *, service: Service
) -> None:
    mine = derogation.c.derogation_id == row.derogation_id
    content = vouched(connection, derogation, mine) | {
        "meeting_id": row.meeting_id,
        "dwelling_id": row.dwelling_id,
        "application_id": row.application_id,
        "ground": row.ground,
        "passed_over": json.loads(row.passed_over),
        "not_attested": json.loads(row.not_attested),
        "counted": json.loads(row.counted),
    }
    owner, said = row.application_id, {"reason": reason}
    sealed = {owner: seal(connection, owner, said, secret=service.secret)} if reason else {}
    append(
        connection,
        act,
        subject=row.derogation_id,
        actor=actor,
        now=service.now(),
        content=content,
        sealed=sealed,
    )


def _category(
    connection: sa.Connection, proposal: Proposal, application_id: str, register_id: str
) -> str:
    """The income category the ledger will hold, from the meeting or from the list."""
    for household in proposal.households:
        if household.application_id == application_id:
            return str(household.income_category)
    found = connection.scalar(
        sa.select(standing.c.income_category).where(
            standing.c.register_id == register_id, standing.c.application_id == application_id
        )
    )
    return str(found)


def _proposal(
    connection: sa.Connection, actor: Actor, meeting_id: str, asked: DerogationEntry
) -> Proposal:
    """The proposal, once the dwelling is found in it and the application is visible."""
    found = queries.standing_proposal(connection, meeting_id)
    is_seen = queries.is_application_visible(connection, actor, asked.application_id)
    if found is None or not is_seen:
        raise AbsentError("No such application.")
    proposal = read_proposal(bytes(found.content))
    if asked.dwelling_id not in {d.dwelling_id for d in proposal.dwellings}:
        raise AbsentError("No such dwelling.")
    return proposal


def _ledger(
    connection: sa.Connection, meeting: Row, proposal: Proposal, dwelling_id: str
) -> list[str]:
    """Channel of every allocation of the year in the commune of a dwelling."""
    nis5 = next(v.nis5 for v in proposal.vacancies if v.dwelling_id == dwelling_id)
    year = meeting.meeting_on.year
    in_year = allocations_ytd.c.decided_on.between(date(year, 1, 1), date(year, 12, 31))
    return list(
        connection.scalars(
            sa.select(allocations_ytd.c.channel).where(
                allocations_ytd.c.held_by == meeting.register_id,
                allocations_ytd.c.nis5 == nis5,
                allocations_ytd.c.undone_on.is_(None),
                in_year,
            )
        )
    )


def _counted(
    asked: DerogationEntry, channels: list[str], on: date, *, settings: tuple[Any, ...]
) -> dict[str, Any] | None:
    """The year's derogations in the commune against their ceiling, where its share is known."""
    share: CommuneShare | None = asked.commune_share
    if share is None:
        return None
    rulebook = load_rulebook("wallonia")
    cap = derogation_cap(
        rulebook,
        on,
        social_share=Fraction(share.social_share),
        allocations=len(channels),
        stock_growth=Fraction(share.stock_growth),
        settings=settings,
    )
    grounds = [c for c in channels if c.startswith("derogation_")]
    told = asdict(count_derogations(grounds, asked.ground, cap, rulebook, on=on, settings=settings))
    told["cap"]["share"] = str(told["cap"]["share"])
    return told | {"source": share.source, "allocations": len(channels)}


def channel_of(ground: str, on: date) -> str:
    """The channel of the ledger for a ground: grounds of one part share it."""
    return f"derogation_{ground_in_force(load_rulebook('wallonia'), ground, on).part}"
