"""Referrals: sent with the person's agreement, accepted, sent back to the sender, answered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment.directory import DirectoryError, needs
from allocation.accompaniment.referrals import (
    ENDS,
    REFERRAL,
    HandOver,
    check_hand_over,
    is_overdue,
    owner_of,
    ping_pong,
)
from allocation.errors import HousingError
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.organisations import organisation
from api.db.tables.orientation import hand_over, referral
from api.decisions.queries import is_application_visible
from api.journal import append
from api.journal.sealing import seal, unseal
from api.orientation.schemas import (
    HandOverView,
    PingPongView,
    ReferralAct,
    ReferralEntry,
    ReferralView,
)
from api.procedures.appeals import DayToComeError
from api.service import Service

LATEST = 500
_OF_THE_SENDER = frozenset({"call_back", "hand_over", "answer_oneself", "close_unanswered"})
_OF_THE_RECEIVER = frozenset({"accept", "send_back", "answer"})


class ReferralActError(HousingError):
    """
    An act that is not the caller's, or says too little.

    ``referral.not_the_owner``; ``referral.not_agreed``; ``referral.incomplete``.
    """

    code: ClassVar[str] = "referral.not_the_owner"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def send(connection: sa.Connection, actor: Actor, asked: ReferralEntry, *, service: Service) -> str:
    """
    Send somebody on to one service, for a day; the sender answers for them until it accepts.

    Raises
    ------
    ReferralActError
        ``referral.not_agreed``.
    ReferralError
        ``referral.due_before``, ``referral.to_oneself``.
    """
    today = service.today()
    if asked.agreed_on > today:
        raise ReferralActError("referral.not_agreed", "With their agreement.")
    if asked.need not in needs():
        raise DirectoryError(
            "directory.unknown_code", "Unknown.", value=asked.need, valid=", ".join(needs())
        )
    if asked.application_id is not None and not is_application_visible(
        connection, actor, asked.application_id
    ):
        raise AbsentError("No such application.")
    first = HandOver(asked.to, today, asked.due_on)
    check_hand_over([], first, sender=actor.organisation_id)
    _refuse_unknown(connection, asked.to)
    referral_id = f"ref-{secrets.token_hex(8)}"
    words = {"words": asked.words}
    values = asked.model_dump(exclude={"to", "words"}) | {
        "referral_id": referral_id,
        "sender_id": actor.organisation_id,
        "receiver_id": asked.to,
        "state": REFERRAL.initial,
        "answer": "",
        "sealed": seal(connection, referral_id, words, secret=service.secret),
    }
    connection.execute(referral.insert(), values)
    _hand(connection, referral_id, 1, first)
    _write_down(connection, referral_id, "sent", actor=actor, service=service)
    return referral_id


def act_on(
    connection: sa.Connection,
    actor: Actor,
    referral_id: str,
    asked: ReferralAct,
    *,
    service: Service,
) -> None:
    """
    Do one act; the sender's and the receiver's own are each theirs alone.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``.
    ReferralActError
        ``referral.not_the_owner``, ``referral.incomplete``.
    """
    row = one_of(connection, actor, referral_id, to_change=True)
    if asked.on > service.today():
        raise DayToComeError("Not yet.")
    state = REFERRAL.after(row.state, asked.act)
    is_sender = actor.organisation_id == row.sender_id
    if asked.act in _OF_THE_SENDER and not is_sender:
        raise ReferralActError("referral.not_the_owner", "The sender's.")
    if asked.act in _OF_THE_RECEIVER and actor.organisation_id != row.receiver_id:
        raise ReferralActError("referral.not_the_owner", "The receiver's.")
    _refuse_incomplete(asked)
    values: dict[str, Any] = {"state": state}
    if asked.act == "hand_over":
        values |= _hand_over(connection, row, asked)
    else:
        _close_hand_over(connection, row, asked)
    if state in ENDS:
        values |= {"ended_on": asked.on, "answer": asked.answer}
    mine = referral.c.referral_id == referral_id
    connection.execute(referral.update().where(mine).values(values))
    _write_down(connection, referral_id, asked.act, actor=actor, service=service)


def referrals_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Referrals sent, and those that are with the actor's organisation; open and due first."""
    query = sa.select(referral).where(visible_to(actor, referral))
    is_over = referral.c.ended_on.is_not(None)
    ordered = query.order_by(is_over, referral.c.due_on, referral.c.referral_id)
    return list(connection.execute(ordered.limit(LATEST)))


def one_of(
    connection: sa.Connection, actor: Actor, referral_id: str, *, to_change: bool = False
) -> Row:
    """
    A referral that exists for the actor.

    Raises
    ------
    AbsentError
        ``access.absent``.
    """
    query = sa.select(referral).where(
        visible_to(actor, referral), referral.c.referral_id == referral_id
    )
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("Nothing of that name.")
    return found


def counted(connection: sa.Connection, actor: Actor) -> PingPongView:
    """Hand-overs before an answer, over the referrals the actor's organisation sent."""
    mine = referral.c.sender_id == actor.organisation_id
    query = (
        sa.select(sa.func.count())
        .select_from(referral.join(hand_over))
        .where(visible_to(actor, referral), mine, referral.c.state == "answered")
        .group_by(referral.c.referral_id)
    )
    found = ping_pong([int(n) for n in connection.scalars(query)])
    is_open = sa.and_(mine, referral.c.ended_on.is_(None))
    n_open = connection.scalar(sa.select(sa.func.count()).select_from(referral).where(is_open))
    return PingPongView(
        answered=found.answered,
        hand_overs=found.hand_overs,
        in_one=found.in_one,
        most=found.most,
        open=int(n_open or 0),
    )


def view(connection: sa.Connection, actor: Actor, row: Row, *, service: Service) -> ReferralView:
    """A referral as told: who it was handed to, and which file it is, to the sender alone."""
    is_sender = actor.organisation_id == row.sender_id
    mine = sa.select(hand_over).where(hand_over.c.referral_id == row.referral_id)
    rows = list(connection.execute(mine.order_by(hand_over.c.number)))
    said = unseal(connection, row.referral_id, row.sealed, secret=service.secret) or {}
    values = {n: getattr(row, n) for n in ReferralView.model_fields if n in row._mapping}
    acts = _OF_THE_SENDER if is_sender else _OF_THE_RECEIVER
    values |= {
        "owner_id": owner_of(row.state, sender=row.sender_id, receiver=row.receiver_id),
        "application_id": row.application_id if is_sender else None,
        "words": said.get("words", ""),
        "is_overdue": is_overdue(row.state, row.due_on, service.today()),
        "n_hand_overs": len(rows),
        "hand_overs": [HandOverView.model_validate(r) for r in rows] if is_sender else [],
        "possible": [act for act in REFERRAL.possible(row.state) if act in acts | {"leave"}],
    }
    return ReferralView(**values)


def after_act(
    connection: sa.Connection, actor: Actor, before: Row, *, service: Service
) -> ReferralView:
    """A referral after the caller's own act; who sent it back sees it this once more."""
    mine = referral.c.referral_id == before.referral_id
    row = connection.execute(sa.select(referral).where(mine)).one()
    return view(connection, actor, row, service=service)


def _hand(connection: sa.Connection, referral_id: str, number: int, one: HandOver) -> None:
    values = {
        "referral_id": referral_id,
        "number": number,
        "to_id": one.to,
        "sent_on": one.sent_on,
        "due_on": one.due_on,
        "sent_back_because": "",
    }
    connection.execute(hand_over.insert(), values)


def _hand_over(connection: sa.Connection, row: Row, asked: ReferralAct) -> Mapping[str, Any]:
    mine = sa.select(hand_over).where(hand_over.c.referral_id == row.referral_id)
    before = list(connection.execute(mine.order_by(hand_over.c.number)))
    if asked.to is None or asked.due_on is None:
        raise ReferralActError("referral.incomplete", "To whom?", needed="to, due_on")
    new = HandOver(asked.to, asked.on, asked.due_on)
    handed = [HandOver(r.to_id, r.sent_on, r.due_on) for r in before]
    check_hand_over(handed, new, sender=row.sender_id)
    _refuse_unknown(connection, asked.to)
    _hand(connection, row.referral_id, len(before) + 1, new)
    return {"receiver_id": asked.to, "due_on": asked.due_on}


def _close_hand_over(connection: sa.Connection, row: Row, asked: ReferralAct) -> None:
    last = sa.select(sa.func.max(hand_over.c.number)).where(
        hand_over.c.referral_id == row.referral_id
    )
    values: dict[str, Any] = {"accepted_on": asked.on}
    if asked.act != "accept":
        values = {"ended_on": asked.on, "sent_back_because": asked.because}
    mine = sa.and_(
        hand_over.c.referral_id == row.referral_id,
        hand_over.c.number == connection.scalar(last),
        hand_over.c.ended_on.is_(None),
    )
    connection.execute(hand_over.update().where(mine).values(values))


def _refuse_incomplete(asked: ReferralAct) -> None:
    if asked.act == "send_back" and not asked.because:
        raise ReferralActError("referral.incomplete", "Why?", needed="because")
    if asked.act in ("answer", "answer_oneself") and not asked.answer:
        raise ReferralActError("referral.incomplete", "What?", needed="answer")


def _refuse_unknown(connection: sa.Connection, organisation_id: str) -> None:
    mine = organisation.c.organisation_id == organisation_id
    if connection.scalar(sa.select(organisation.c.organisation_id).where(mine)) is None:
        raise AbsentError("No such organisation.")


def _write_down(
    connection: sa.Connection, referral_id: str, act: str, *, actor: Actor, service: Service
) -> None:
    sealed = {referral_id: seal(connection, referral_id, {"act": act}, secret=service.secret)}
    append(
        connection,
        "referral.act",
        subject=referral_id,
        actor=actor,
        now=service.now(),
        sealed=sealed,
    )
