"""What follows in a plan: contacts, reviews, the checklist before entry, supports asked for."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment import supports as known
from allocation.accompaniment.reviews import Review
from allocation.accompaniment.supports import SUPPORT
from allocation.errors import HousingError
from api.access import AbsentError, visible_to
from api.accompaniment.plans import refuse_day_to_come, refuse_ended
from api.accompaniment.record import plan_of, refuse_rent_manager, sealed_words, write_down
from api.accompaniment.schemas import (
    ContactEntry,
    PreparationEntry,
    ReviewEntry,
    SupportAct,
    SupportEntry,
)
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import (
    plan,
    plan_contact,
    plan_review,
    preparation_item,
    support_request,
)
from api.service import Service

WORDS = ("household_says", "service_says", "landlord_says", "proposals", "disagreement")


class UnknownCodeError(HousingError):
    """
    A code that the lists of ``supports.yaml`` do not have, or an objective the plan does not have.

    ``accompaniment.unknown_code``; ``review.unknown_objective``.
    """

    code: ClassVar[str] = "accompaniment.unknown_code"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, two stable codes


def add_contact(
    connection: sa.Connection, actor: Actor, plan_id: str, asked: ContactEntry, *, service: Service
) -> str:
    """Write down that a contact took place, or did not; never what was said."""
    refuse_rent_manager(asked.acting_as)
    plan_of(connection, actor, plan_id, to_change=True)
    refuse_day_to_come(asked.on, service)
    contact_id = f"ctc-{secrets.token_hex(8)}"
    values = asked.model_dump(exclude={"acting_as"}) | {
        "contact_id": contact_id,
        "plan_id": plan_id,
        "actor_id": actor.actor_id,
        "acted_as": asked.acting_as,
    }
    connection.execute(plan_contact.insert(), values)
    write_down(connection, plan_id, "contact", actor=actor, service=service)
    return contact_id


def add_review(
    connection: sa.Connection, actor: Actor, plan_id: str, asked: ReviewEntry, *, service: Service
) -> str:
    """
    Write a review down, each party's view in its own words.

    Raises
    ------
    ReviewError
        ``review.household_not_heard``, ``review.landlord_not_there``, ``review.next_before``.
    UnknownCodeError
        ``accompaniment.unknown_code``, ``review.unknown_objective``.
    """
    refuse_rent_manager(asked.acting_as)
    row = plan_of(connection, actor, plan_id, to_change=True)
    refuse_ended(row)
    refuse_day_to_come(asked.on, service)
    _check_review(row, asked)
    review_id = f"rev-{secrets.token_hex(8)}"
    said = {name: getattr(asked, name) for name in WORDS}
    values = {
        "review_id": review_id,
        "plan_id": plan_id,
        "on": asked.on,
        "due_on": row.next_review_on,
        "present": json.dumps(asked.present),
        "objectives": json.dumps([one.model_dump() for one in asked.objectives]),
        "obstacles": json.dumps(asked.obstacles),
        "resolved": json.dumps(asked.resolved),
        "next_on": asked.next_on,
        "copy": asked.copy_given,
        "actor_id": actor.actor_id,
        "sealed": sealed_words(connection, plan_id, said, service=service),
    }
    connection.execute(plan_review.insert(), values)
    mine = plan.c.plan_id == plan_id
    planned = {"next_review_on": asked.next_on, "row_version": row.row_version + 1}
    connection.execute(plan.update().where(mine).values(planned))
    write_down(connection, plan_id, "review", actor=actor, service=service)
    return review_id


def prepare(
    connection: sa.Connection,
    actor: Actor,
    plan_id: str,
    asked: PreparationEntry,
    *,
    service: Service,
) -> None:
    """Tick or untick one item of the checklist."""
    refuse_rent_manager(asked.acting_as)
    plan_of(connection, actor, plan_id, to_change=True)
    refuse_day_to_come(asked.on, service)
    _refuse_unknown([asked.item], known.preparation())
    mine = sa.and_(preparation_item.c.plan_id == plan_id, preparation_item.c.item == asked.item)
    connection.execute(preparation_item.delete().where(mine))
    values = asked.model_dump(exclude={"acting_as"}) | {"plan_id": plan_id}
    connection.execute(preparation_item.insert(), values)
    write_down(connection, plan_id, "prepare", actor=actor, service=service)


def ask_support(
    connection: sa.Connection, actor: Actor, plan_id: str, asked: SupportEntry, *, service: Service
) -> str:
    """A support the household asks for; it needs no plan in force, only a first contact."""
    refuse_rent_manager(asked.acting_as)
    plan_of(connection, actor, plan_id, to_change=True)
    refuse_day_to_come(asked.asked_on, service)
    _refuse_unknown([asked.kind], known.supports())
    support_id = f"sup-{secrets.token_hex(8)}"
    values = asked.model_dump(exclude={"acting_as"}) | {
        "support_id": support_id,
        "plan_id": plan_id,
        "state": SUPPORT.initial,
    }
    connection.execute(support_request.insert(), values)
    write_down(connection, plan_id, "support.ask", actor=actor, service=service)
    return support_id


def act_on_support(
    connection: sa.Connection, actor: Actor, support_id: str, asked: SupportAct, *, service: Service
) -> str:
    """
    Write down what became of a support; gives the plan it belongs to.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``.
    """
    refuse_rent_manager(asked.acting_as)
    row = _support_of(connection, actor, support_id)
    plan_of(connection, actor, row.plan_id, to_change=True)
    refuse_day_to_come(asked.on, service)
    values: dict[str, Any] = {"state": SUPPORT.after(row.state, asked.act)}
    if not SUPPORT.possible(values["state"]):
        values["settled_on"] = asked.on
    mine = support_request.c.support_id == support_id
    connection.execute(support_request.update().where(mine).values(values))
    write_down(connection, row.plan_id, f"support.{asked.act}", actor=actor, service=service)
    return str(row.plan_id)


def _support_of(connection: sa.Connection, actor: Actor, support_id: str) -> Row:
    query = sa.select(support_request).where(
        visible_to(actor, support_request), support_request.c.support_id == support_id
    )
    found = connection.execute(query.with_for_update()).one_or_none()
    if found is None:
        raise AbsentError("Nothing of that name.")
    return found


def _check_review(row: Row, asked: ReviewEntry) -> None:
    Review(
        on=asked.on,
        present=tuple(asked.present),
        objectives=tuple((one.number, one.progress) for one in asked.objectives),
        obstacles=tuple(asked.obstacles),
        next_on=asked.next_on,
        copy=asked.copy_given,
        **{name: getattr(asked, name) for name in WORDS},
    )
    _refuse_unknown([*asked.obstacles, *asked.resolved], known.obstacles())
    for one in asked.objectives:
        if one.number >= row.n_objectives:
            raise UnknownCodeError(
                "review.unknown_objective", "Not in the plan.", number=one.number + 1
            )


def _refuse_unknown(asked: Iterable[str], listed: Iterable[str]) -> None:
    valid = tuple(listed)
    for code in asked:
        if code not in valid:
            raise UnknownCodeError(
                "accompaniment.unknown_code", "No such code.", value=code, valid=", ".join(valid)
            )
