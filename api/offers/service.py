"""
An offer to the household entitled, and its way to the end; nothing else may be offered.

Who is entitled was written down from the committee's decision and the continuations of the
proposal (``api.decisions``). What an offer may become is ``allocation.procedure.OFFER``.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.model.continuation import REFUSED, SILENCE
from allocation.procedure import (
    FREES_THE_DWELLING,
    LOCKS_THE_HOUSEHOLD,
    OFFER,
    Offer,
    answer_due_on,
    check_silence,
)
from allocation.rules import load_rulebook
from api.access import AbsentError
from api.applications.reach import touch_all
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.offers import offer_contact, offer_course
from api.db.tables.register import HELD_BY, offers, vacancies
from api.decisions.entitlements import of_rights, one_right, take_away
from api.decisions.queries import is_application_visible
from api.decisions.service import require_decided
from api.journal import append
from api.journal.rows import Vouched, together, vouched
from api.journal.sealing import seal
from api.meetings import queries as meetings
from api.meetings.record import meeting_of
from api.offers import queries
from api.offers.letting import ADMITTED, count, let, uncount, undo
from api.offers.schemas import Contact, OfferEntry
from api.places.filling import empty, fill
from api.procedures.strike_offs import propose_due
from api.service import Service

# What the register says of an offer whose ground is still being examined: the dwelling is free.
_REGISTER_SAYS = {"ground_given": "refused"}
OPEN, ACCEPTED = "open", "accepted"
_NOBODY_YET = {"awaited": "offer.next_awaited", "not_set": "offer.next_not_set"}


class NotEntitledError(HousingError):
    """The dwelling may not be offered to that household."""

    code: ClassVar[str] = "offer.not_entitled"


class NobodyEntitledError(HousingError):
    """The dwelling may be offered to nobody for the moment."""

    code: ClassVar[str] = "offer.nobody_entitled"

    def __init__(self, ground: str) -> None:
        super().__init__("Nobody for the moment.", ground=ground)
        self.code = _NOBODY_YET.get(ground, self.code)  # type: ignore[misc]  # by its ground


class OfferConflictError(HousingError):
    """The dwelling or the household is not free."""

    code: ClassVar[str] = "offer.dwelling_has_offer"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


class AnswerDayError(HousingError):
    """An answer is given between the day of the offer and today."""

    code: ClassVar[str] = "offer.answer_day"


def make(
    connection: sa.Connection,
    actor: Actor,
    meeting_id: str,
    asked: OfferEntry,
    *,
    service: Service,
) -> str:
    """
    Offer a dwelling to the household entitled to it; gives the identifier of the offer.

    Raises
    ------
    AbsentError
        No such meeting, dwelling or application.
    NotEntitledError, NobodyEntitledError
        ``offer.not_entitled`` names who is; ``offer.nobody_entitled`` says why nobody is.
    OfferConflictError
        ``offer.dwelling_has_offer``, ``offer.household_has_offer``, ``offer.not_vacant``,
        ``offer.application_not_open``.
    """
    meetings.one_meeting(connection, actor, meeting_id)
    if not is_application_visible(connection, actor, asked.application_id):
        raise AbsentError("No such application.")
    touch_all(connection, actor, [asked.application_id], service=service)
    row = meetings.one_meeting(connection, actor, meeting_id, to_change=True)
    require_decided(row)
    right = one_right(connection, row.meeting_id, dwelling_id=asked.dwelling_id)
    household = queries.application_to_lock(connection, actor, asked.application_id)
    if right is None:
        raise AbsentError("No such dwelling.")
    _refuse_another(connection, actor, right, asked.application_id)
    if household.status != ADMITTED:
        raise OfferConflictError("offer.application_not_open", "The application is not open.")
    _refuse_taken(connection, asked)
    planned, today = meeting_of(row.settings), service.today()
    due_on = answer_due_on(today, load_rulebook(planned.rulebook), planned.settings)
    offer_id = f"of-{secrets.token_hex(8)}"
    _write(connection, actor, asked, offer_id=offer_id, row=row, right=right, on=(today, due_on))
    counted = count(
        connection, offer_id, right, register_id=row.register_id, decided_on=row.meeting_on
    )
    content = together(counted, _course(connection, offer_id)) | {
        "meeting_id": row.meeting_id,
        "dwelling_id": asked.dwelling_id,
        "application_id": asked.application_id,
        "ground": right.ground,
        "derogation_id": right.derogation_id or "",
        "answer_due_on": due_on.isoformat() if due_on else "",
    }
    _journal(connection, actor, "offer.made", offer_id, content, service=service)
    return offer_id


def answer(
    connection: sa.Connection,
    actor: Actor,
    offer_id: str,
    act: str,
    *,
    on: date,
    service: Service,
    reason: str = "",
    silence_counts: bool | None = None,
) -> Row:
    """
    Take an offer one step further; gives it as it stands then.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``; for a silence ``procedure.no_answer_time``,
        ``procedure.too_early``, ``procedure.never_contacted``.
    AnswerDayError
        ``offer.answer_day``.
    OfferConflictError
        ``offer.stay_begun``: the household has moved in; a stay ends by an act of its own.
    """
    before = queries.one_offer(connection, actor, offer_id)
    touch_all(connection, actor, [before.application_id], service=service)
    row = meetings.one_meeting(connection, actor, before.meeting_id, to_change=True)
    offer = queries.one_offer(connection, actor, offer_id)  # as it stands now that it is ours
    state = OFFER.after(offer.state, act)
    if offer.state == ACCEPTED and queries.is_lived_in(connection, offer):
        raise OfferConflictError("offer.stay_begun", "The household lives there.")
    if not offer.made_on <= on <= service.today():
        raise AnswerDayError("Not between the offer and today.", from_on=offer.made_on)
    if act == "record_silence":
        contacts = queries.contacts_of(connection, actor, offer_id)
        check_silence(engine_offer(offer, contacts), on, offer.answer_due_on)
    course: dict[str, Any] = {"state": state, "silence_counts": silence_counts}
    _keep(connection, offer, course | ({"reason": reason} if reason else {}), on=on)
    written = _follow(connection, actor, row, offer, state, on=on, service=service)
    content = together(*written, _course(connection, offer_id)) | {
        "meeting_id": offer.meeting_id,
        "dwelling_id": offer.dwelling_id,
        "application_id": offer.application_id,
        "state": state,
        "on": on.isoformat(),
    }
    owner = offer.application_id
    sealed = {owner: seal(connection, owner, {"reason": reason}, secret=service.secret)}
    _journal(
        connection,
        actor,
        f"offer.{act}",
        offer_id,
        content,
        service=service,
        sealed=sealed if reason else None,
    )
    if state in FREES_THE_DWELLING:
        propose_due(connection, actor, owner, meeting=row, service=service)
    return queries.one_offer(connection, actor, offer_id)


def record_contact(
    connection: sa.Connection, actor: Actor, offer_id: str, asked: Contact, *, service: Service
) -> None:
    """Write down an attempt to reach the household."""
    offer = queries.one_offer(connection, actor, offer_id)
    meetings.one_meeting(connection, actor, offer.meeting_id, to_change=True)
    OFFER.after(queries.one_offer(connection, actor, offer_id).state, "withdraw")  # still under way
    if not offer.made_on <= asked.contacted_on <= service.today():
        raise AnswerDayError("Not between the offer and today.", from_on=offer.made_on)
    n = len(queries.contacts_of(connection, actor, offer_id))
    connection.execute(
        offer_contact.insert(),
        {
            "offer_id": offer_id,
            "sequence": n + 1,
            "recorded_by": actor.actor_id,
            "recorded_at": service.now(),
            **asked.model_dump(),
        },
    )
    content = {
        "contacted_on": asked.contacted_on.isoformat(),
        "way": asked.way,
        "was_reached": asked.was_reached,
    }
    _journal(connection, actor, "offer.contacted", offer_id, content, service=service)


def engine_offer(offer: Row, contacts: list[Row]) -> Offer:
    """The offer as the procedures of the engine read it."""
    return Offer(
        offer.offer_id,
        offer.application_id,
        offer.dwelling_id,
        offer.made_on,
        offer.state,
        offer.answered_on,
        offer.is_as_chosen,
        tuple(c.contacted_on for c in contacts),
        offer.silence_counts,
    )


def _keep(connection: sa.Connection, offer: Row, course: dict[str, Any], *, on: date) -> None:
    """Write down where an offer stands, for ourselves and in the register."""
    mine = offer_course.c.offer_id == offer.offer_id
    connection.execute(offer_course.update().where(mine).values(course))
    # The ground is judged later: the answer keeps its day.
    day = offer.answered_on if offer.state == "ground_given" else on
    state = course["state"]
    said = {"answer": _REGISTER_SAYS.get(state, state), "answered_on": day}
    connection.execute(
        offers.update()
        .where(offers.c.offer_id == offer.offer_id)
        .values(row_version=offers.c.row_version + 1, **said)
    )


def _refuse_another(
    connection: sa.Connection, actor: Actor, right: Row, application_id: str
) -> None:
    if right.application_id is None:
        raise NobodyEntitledError(right.ground)
    if right.application_id != application_id:
        named = right.application_id
        if not is_application_visible(connection, actor, named):
            named = "-"
        raise NotEntitledError("Somebody else is entitled.", entitled=named)


def _refuse_taken(connection: sa.Connection, asked: OfferEntry) -> None:
    """The dwelling is vacant and offered to nobody, the household has no offer to answer."""
    for column, value, code in (
        (offers.c.dwelling_id, asked.dwelling_id, "offer.dwelling_has_offer"),
        (offers.c.application_id, asked.application_id, "offer.household_has_offer"),
    ):
        is_open = sa.select(offers.c.offer_id).where(column == value, offers.c.answer == OPEN)
        if connection.scalar(is_open.limit(1)) is not None:
            raise OfferConflictError(code, "An offer is open.")
    vacant = sa.select(vacancies.c.dwelling_id).where(vacancies.c.dwelling_id == asked.dwelling_id)
    if connection.scalar(vacant) is None:
        raise OfferConflictError("offer.not_vacant", "The dwelling is not vacant.")


def _write(
    connection: sa.Connection,
    actor: Actor,
    asked: OfferEntry,
    *,
    offer_id: str,
    row: Row,
    right: Row,
    on: tuple[date, date | None],
) -> None:
    made_on, due_on = on
    mine = offer_course.c.meeting_id == row.meeting_id
    n = connection.scalar(sa.select(sa.func.count()).select_from(offer_course).where(mine))
    offer = {
        HELD_BY: row.register_id,
        "offer_id": offer_id,
        "application_id": asked.application_id,
        "dwelling_id": asked.dwelling_id,
        "made_on": made_on,
        "answer": OPEN,
    }
    try:
        connection.execute(offers.insert(), offer)
    except sa.exc.IntegrityError as fault:
        # The index, not the look just before, has the last word: another company of the same
        # household may have been quicker.
        is_household = "application_id" in str(fault.orig).splitlines()[0]
        code = "offer.household_has_offer" if is_household else "offer.dwelling_has_offer"
        raise OfferConflictError(code, "An offer is open.") from fault
    connection.execute(
        offer_course.insert(),
        {
            "offer_id": offer_id,
            "meeting_id": row.meeting_id,
            "application_id": asked.application_id,
            "sequence": int(n or 0) + 1,
            "state": OPEN,
            "answer_due_on": due_on,
            "is_as_chosen": right.is_as_chosen,
            "reason": "",
            "made_by": actor.actor_id,
            "vacancy": "",
        },
    )


def _follow(
    connection: sa.Connection,
    actor: Actor,
    row: Row,
    offer: Row,
    state: str,
    *,
    on: date,
    service: Service,
) -> list[Vouched]:
    """What an answer changes: the ledger, the vacancy, who is next; gives the rows written."""
    right = one_right(connection, row.meeting_id, dwelling_id=offer.dwelling_id)
    if right is None:
        raise AbsentError("No such dwelling.")
    if state == ACCEPTED:
        let(connection, offer)
        fill(connection, actor, offer, service=service)
        return []
    if offer.state == ACCEPTED:
        undo(connection, offer)
        empty(connection, actor, offer, service=service)
    if offer.state not in LOCKS_THE_HOUSEHOLD:
        return []
    written = [uncount(connection, offer.offer_id, on=on, state=state)]
    if state in FREES_THE_DWELLING:
        kind = SILENCE if state == "silence" else REFUSED
        take_away(connection, actor, row, right, kind=kind, service=service)
        written.append(of_rights(connection, row.meeting_id, right.dwelling_id))
    return written


def _course(connection: sa.Connection, offer_id: str) -> Vouched:
    return together(
        *(vouched(connection, t, t.c.offer_id == offer_id) for t in (offer_course, offers))
    )


def _journal(
    connection: sa.Connection,
    actor: Actor,
    act: str,
    subject: str,
    content: dict[str, Any],
    *,
    service: Service,
    sealed: dict[str, str] | None = None,
) -> None:
    append(
        connection,
        act,
        subject=subject,
        actor=actor,
        now=service.now(),
        content=content,
        sealed=sealed,
    )
