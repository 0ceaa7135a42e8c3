"""
What the committee does with a proposal: decides, has it posted, closes the meeting.

Following the proposal needs no reason. A departure is a derogation with the commissioner's
concurring opinion, decided here with everything else; whoever it passes over keeps a place in the
continuation of the proposal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.documents import read_proposal
from allocation.errors import HousingError, Problem, ProblemsError
from allocation.model.continuation import WITHDRAWN_APPLICATION, WITHDRAWN_DWELLING
from api.auth.actor import Actor
from api.db import Row
from api.db.bulk import insert_rows
from api.db.tables.meetings import meeting
from api.db.tables.offers import derogation, entitlement, offer_course
from api.db.tables.register import offers
from api.decisions import queries
from api.decisions.derogations import channel_of, move
from api.decisions.entitlements import (
    Values,
    go_on,
    note,
    of_rights,
    one_right,
    rights,
    take_away,
)
from api.decisions.schemas import DwellingDecision, MeetingDecision, Withdrawal
from api.journal import append
from api.journal.sealing import seal
from api.meetings import queries as meetings
from api.meetings.record import CLOSED, DECIDED, POSTED, PROPOSED
from api.meetings.service import MeetingStateError, require
from api.service import Service

DEROGATE, NOT_LET = "derogate", "not_let"
BODY = "/decisions"


class NotSettledError(HousingError):
    """A dwelling of the meeting still waits for an answer or an offer."""

    code: ClassVar[str] = "meeting.not_settled"


class NothingHeldError(HousingError):
    """Nothing of this meeting is that household's, or it was settled already."""

    code: ClassVar[str] = "meeting.nothing_held"


def decide(service: Service, actor: Actor, meeting_id: str, asked: MeetingDecision) -> None:
    """
    Write down the committee's decision on every dwelling of the proposal.

    The proposal is read before the writing; a meeting is proposed once, so it cannot change.

    Raises
    ------
    MeetingStateError
        ``meeting.wrong_state``.
    ProblemsError
        A dwelling left out, unknown or named twice; a derogation missing; a reason missing.
    IllegalActError
        ``procedure.illegal_act``: a derogation without the concurring opinion.
    """
    with service.database.reading() as connection:
        require(meetings.one_meeting(connection, actor, meeting_id), PROPOSED)
        found = queries.standing_proposal(connection, meeting_id)
    proposal = read_proposal(bytes(found.content if found else b""))
    proposed = {values["dwelling_id"]: values for values in rights(proposal)}
    problems = sorted(_problems(asked.decisions, proposed))
    if problems:
        raise ProblemsError(problems)
    ranked = frozenset(h.application_id for h in proposal.households)
    with service.database.writing() as connection:
        row = meetings.one_meeting(connection, actor, meeting_id, to_change=True)
        require(row, PROPOSED)
        departures = _departures(connection, actor, row, asked.decisions, service=service)
        rows = [_right(row, d, proposed[d.dwelling_id], departures) for d in asked.decisions]
        insert_rows(connection, entitlement, rows)
        if _note_departures(connection, row, asked.decisions, departures, ranked, service=service):
            go_on(connection, actor, meeting_id, service=service)
        _moved(connection, row, DECIDED)
        written = of_rights(connection, meeting_id, *(d.dwelling_id for d in asked.decisions))
        content = written | {
            "proposal_sha256": found.sha256 if found else "",
            "followed": sum(d.decision == "follow" for d in asked.decisions),
            "derogations": sorted(d.derogation_id for d in asked.decisions if d.derogation_id),
            "not_let": sorted(d.dwelling_id for d in asked.decisions if d.decision == NOT_LET),
        }
        _journal(connection, actor, "meeting.decided", meeting_id, content, service=service)


def post(
    connection: sa.Connection, actor: Actor, meeting_id: str, posted_on: date, *, service: Service
) -> None:
    """Write down the day the allocations were posted on the notice board."""
    row = meetings.one_meeting(connection, actor, meeting_id, to_change=True)
    require(row, DECIDED)
    _moved(connection, row, POSTED, posted_on=posted_on)
    content = {"posted_on": posted_on.isoformat()}
    _journal(connection, actor, "meeting.posted", meeting_id, content, service=service)


def close(connection: sa.Connection, actor: Actor, meeting_id: str, *, service: Service) -> None:
    """
    Close a meeting of which every dwelling is let, or left to the next one.

    Raises
    ------
    NotSettledError
        ``meeting.not_settled``.
    """
    row = meetings.one_meeting(connection, actor, meeting_id, to_change=True)
    require(row, POSTED)
    n_open = n_unsettled(connection, meeting_id)
    if n_open:
        raise NotSettledError("Not settled.", n=n_open)
    _moved(connection, row, CLOSED)
    _journal(connection, actor, "meeting.closed", meeting_id, {}, service=service)


def withdraw(
    connection: sa.Connection, actor: Actor, meeting_id: str, asked: Withdrawal, *, service: Service
) -> None:
    """
    Take a dwelling that is no longer to let, or a household that left, out of the meeting.

    Raises
    ------
    NothingHeldError
        ``meeting.nothing_held``: nothing of that name waits, or an offer is still under way.
    """
    row = meetings.one_meeting(connection, actor, meeting_id, to_change=True)
    require_decided(row)
    right = None
    if bool(asked.dwelling_id) != bool(asked.application_id):
        right = one_right(
            connection,
            meeting_id,
            dwelling_id=asked.dwelling_id,
            application_id=asked.application_id,
        )
    if right is None or right.application_id is None or _is_offered(connection, right):
        raise NothingHeldError("Nothing to withdraw.")
    kind = WITHDRAWN_DWELLING if asked.dwelling_id else WITHDRAWN_APPLICATION
    take_away(connection, actor, row, right, kind=kind, service=service)
    owner = right.application_id
    written = of_rights(connection, meeting_id, right.dwelling_id)
    append(
        connection,
        "meeting.withdrawn",
        subject=meeting_id,
        actor=actor,
        now=service.now(),
        content=written | {"kind": kind, "dwelling_id": right.dwelling_id, "application_id": owner},
        sealed={owner: seal(connection, owner, {"reason": asked.reason}, secret=service.secret)},
    )


def require_decided(row: Row) -> None:
    """Refuse unless the committee has decided and the meeting is not closed."""
    if row.state not in (DECIDED, POSTED):
        raise MeetingStateError("Not at this step.", state=row.state, needed=DECIDED)


def n_unsettled(connection: sa.Connection, meeting_id: str) -> int:
    """Dwellings somebody is entitled to without having accepted, or that wait for the reserve."""
    is_accepted = (
        sa.exists()
        .where(
            offers.c.offer_id == offer_course.c.offer_id,
            offer_course.c.meeting_id == meeting_id,
            offer_course.c.state == "accepted",
            offers.c.dwelling_id == entitlement.c.dwelling_id,
        )
        .select_from(offers, offer_course)
    )
    waits = sa.or_(
        entitlement.c.ground == "awaited",
        sa.and_(entitlement.c.application_id.is_not(None), ~is_accepted),
    )
    query = sa.select(sa.func.count()).where(entitlement.c.meeting_id == meeting_id, waits)
    return int(connection.scalar(query) or 0)


def _is_offered(connection: sa.Connection, right: Row) -> bool:
    """Whether an offer of that dwelling is open or accepted."""
    query = (
        sa.select(offers.c.offer_id)
        .join(offer_course, offer_course.c.offer_id == offers.c.offer_id)
        .where(
            offer_course.c.meeting_id == right.meeting_id,
            offers.c.dwelling_id == right.dwelling_id,
            offer_course.c.state.in_(("open", "accepted")),
        )
    )
    return connection.scalar(query) is not None


def _problems(decisions: list[DwellingDecision], proposed: dict[str, Values]) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, one in enumerate(decisions):
        place = f"{BODY}/{n}"
        if one.dwelling_id not in proposed:
            yield Problem.at(place, n, "dwelling_id", "decision.unknown_dwelling")
        elif one.dwelling_id in seen:
            yield Problem.at(place, n, "dwelling_id", "decision.twice")
        seen.add(one.dwelling_id)
        if (one.decision == DEROGATE) != bool(one.derogation_id):
            yield Problem.at(place, n, "derogation_id", "decision.derogation")
        if one.decision == NOT_LET and not one.reason.strip():
            yield Problem.at(place, n, "reason", "decision.no_reason")
    for dwelling_id in sorted(proposed.keys() - seen):
        yield Problem.at(BODY, 0, "", "decision.left_out", id=dwelling_id)


def _departures(
    connection: sa.Connection,
    actor: Actor,
    row: Row,
    decisions: list[DwellingDecision],
    *,
    service: Service,
) -> dict[str, Row]:
    """The derogations decided, by dwelling; each must be of this meeting and this dwelling."""
    found: dict[str, Row] = {}
    for n, one in enumerate(decisions):
        if one.decision != DEROGATE:
            continue
        departure = connection.execute(
            sa.select(derogation).where(
                derogation.c.derogation_id == one.derogation_id,
                derogation.c.meeting_id == row.meeting_id,
                derogation.c.dwelling_id == one.dwelling_id,
            )
        ).one_or_none()
        taken = {d.application_id for d in found.values()}
        if departure is None or departure.application_id in taken:
            place = f"{BODY}/{n}"
            raise ProblemsError(
                [Problem.at(place, n, "derogation_id", "decision.other_derogation")]
            )
        found[one.dwelling_id] = departure
    for departure in found.values():
        move(connection, actor, departure.derogation_id, "decide", service=service)
    return found


def _right(
    row: Row, decision: DwellingDecision, proposed: Values, departures: dict[str, Row]
) -> Values:
    """Who is entitled to a dwelling as it was decided."""
    values = proposed | {
        "meeting_id": row.meeting_id,
        "decision": decision.decision,
        "reason": decision.reason,
        "derogation_id": None,
    }
    if decision.decision == NOT_LET:
        return values | {"application_id": None, "ground": "not_let", "next_in_line": "[]"}
    if decision.decision == DEROGATE:
        departure = departures[decision.dwelling_id]
        return values | {
            "derogation_id": departure.derogation_id,
            "application_id": departure.application_id,
            "ground": "derogation",
            "channel": channel_of(departure.ground, row.meeting_on),
            "agreement_id": None,
            "income_category": departure.income_category,
            "is_as_chosen": departure.is_as_chosen,
            "next_in_line": "[]",
        }
    # Whoever is given another dwelling by derogation does not keep the one proposed.
    elsewhere = {d.application_id for d in departures.values()}
    if values["application_id"] in elsewhere:
        return values | {"application_id": None, "ground": "awaited"}
    return values


def _note_departures(
    connection: sa.Connection,
    row: Row,
    decisions: list[DwellingDecision],
    departures: dict[str, Row],
    ranked: frozenset[str],
    *,
    service: Service,
) -> bool:
    """What was decided otherwise leaves the common order; whether anything did."""
    gone = [d.dwelling_id for d in decisions if d.decision in (DEROGATE, NOT_LET)]
    left = sorted({d.application_id for d in departures.values()} & ranked)
    answers = [(WITHDRAWN_APPLICATION, "", a) for a in left]
    answers += [(WITHDRAWN_DWELLING, d, "") for d in gone]
    for kind, dwelling_id, application_id in answers:
        note(
            connection,
            row.meeting_id,
            kind,
            dwelling_id=dwelling_id,
            application_id=application_id,
            service=service,
        )
    return bool(answers)


def _moved(connection: sa.Connection, row: Row, state: str, **values: Any) -> None:
    raised = {"state": state, "row_version": row.row_version + 1} | values
    mine = meeting.c.meeting_id == row.meeting_id
    connection.execute(meeting.update().where(mine).values(raised))


def _journal(
    connection: sa.Connection,
    actor: Actor,
    act: str,
    subject: str,
    content: dict[str, Any],
    *,
    service: Service,
) -> None:
    append(connection, act, subject=subject, actor=actor, now=service.now(), content=content)
