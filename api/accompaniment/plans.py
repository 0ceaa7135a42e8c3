"""Plans: a first contact, the acts of both sides, what they write together."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment.plans import (
    ENDS,
    HOLDS_A_PLACE,
    PLAN,
    Alternative,
    check_plan_act,
)
from allocation.accompaniment.scale import modes
from allocation.accompaniment.self_employment import SelfEmployment
from allocation.errors import HousingError
from api.access import AbsentError, visible_to
from api.accompaniment import capacity
from api.accompaniment.record import (
    MovedError,
    opened_words,
    plan_of,
    refuse_rent_manager,
    sealed_words,
    write_down,
)
from api.accompaniment.schemas import PlanAct, PlanChange, PlanEntry
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import plan, plan_act, plan_consent
from api.db.tables.orientation import service_entry
from api.db.tables.register import agreements
from api.decisions.queries import is_application_visible
from api.procedures.appeals import DayToComeError
from api.service import Service

_CONSENT_OF = {"accept": "given", "withdraw": "withdrawn"}


class PlanError(HousingError):
    """
    What is asked of a plan does not hold together.

    ``plan.of_whom``: an application or an alias, one of both; ``plan.no_end``: a sub-contract is
    for a time; ``plan.unknown_mode``; ``plan.before_last_act``; ``plan.over``: it has ended;
    ``plan.already_linked``: it is another household's.
    """

    code: ClassVar[str] = "plan.of_whom"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


def open_plan(
    connection: sa.Connection, actor: Actor, asked: PlanEntry, *, service: Service
) -> str:
    """Write a first contact down; nothing is offered yet."""
    refuse_rent_manager(asked.acting_as)
    if (asked.application_id is None) == (not asked.alias.strip()):
        raise PlanError("plan.of_whom", "An application or an alias, one of both.")
    if asked.programme == "sub_contract" and asked.until_on is None:
        raise PlanError("plan.no_end", "A sub-contract is for a time.")
    _check_mode(asked.mode)
    capacity.scale_of(connection, actor.organisation_id).weight(asked.intensity)
    refuse_day_to_come(asked.first_contact_on, service)
    if asked.application_id is not None:
        _refuse_stranger(connection, actor, asked.application_id)
    if asked.agreement_id is not None:
        _refuse_foreign_agreement(connection, actor, asked.agreement_id)
    plan_id = f"pln-{secrets.token_hex(8)}"
    values = asked.model_dump(exclude={"acting_as"}) | {
        "plan_id": plan_id,
        "organisation_id": actor.organisation_id,
        "state": PLAN.initial,
        "sealed": sealed_words(connection, plan_id, {"objectives": []}, service=service),
    }
    connection.execute(plan.insert(), values)
    write_down(connection, plan_id, "open", actor=actor, service=service)
    return plan_id


def act_on(
    connection: sa.Connection, actor: Actor, plan_id: str, asked: PlanAct, *, service: Service
) -> None:
    """
    Do one act of a plan; an acceptance and a withdrawal keep their own record of consent.

    Raises
    ------
    IllegalActError
        ``procedure.illegal_act``, ``plan.no_alternative``, ``plan.reason_not_asked``, ...
    CapacityError
        ``accompaniment.no_capacity``: offered beyond what is free, without a written reason.
    """
    refuse_rent_manager(asked.acting_as)
    row = plan_of(connection, actor, plan_id, to_change=True)
    refuse_day_to_come(asked.on, service)
    alternative = None
    if asked.alternative is not None:
        alternative = Alternative(asked.alternative.offered, asked.alternative.none_because)
    state = check_plan_act(
        asked.act, row.state, reason=asked.reason, alternative=alternative, again=asked.again
    )
    number = _next_number(connection, row, asked.on)
    values = _dates(row, state, asked.on) | _promised(connection, row, asked, state)
    words = opened_words(connection, row, service=service)
    if asked.overbooking_reason.strip():
        words["overbooked_because"] = asked.overbooking_reason
    if asked.act == "end_by_service" and asked.alternative is not None:
        words |= {"ended_because": asked.reason, "alternative": asked.alternative.model_dump()}
        values["offers_alternative"] = bool(asked.alternative.offered.strip())
    values["sealed"] = sealed_words(connection, plan_id, words, service=service)
    _write(connection, row, values | {"state": state})
    done = {
        "plan_id": plan_id,
        "number": number,
        "act": asked.act,
        "state": state,
        "on": asked.on,
        "actor_id": actor.actor_id,
        "acted_as": asked.acting_as,
    }
    connection.execute(plan_act.insert(), done)
    _keep_consent(connection, plan_id, asked.act, asked.on)
    facts = {"state": state, "on": asked.on.isoformat(), "acted_as": asked.acting_as}
    write_down(connection, plan_id, asked.act, actor=actor, service=service, facts=facts)


def change(
    connection: sa.Connection, actor: Actor, plan_id: str, asked: PlanChange, *, service: Service
) -> None:
    """
    Write what the plan is from now on; only an application still unknown can be added.

    Raises
    ------
    MovedError
        ``plan.moved``.
    PlanError
        ``plan.over``, ``plan.already_linked``, ``plan.unknown_mode``, ``plan.no_end``.
    """
    refuse_rent_manager(asked.acting_as)
    row = plan_of(connection, actor, plan_id, to_change=True)
    if row.row_version != asked.row_version:
        raise MovedError("Changed meanwhile.")
    _check_change(connection, actor, row, asked)
    values = asked.model_dump(
        exclude={
            "acting_as",
            "row_version",
            "objectives",
            "self_employment",
            "overbooking_reason",
        }
    )
    values["application_id"] = asked.application_id or row.application_id
    if row.accompanier and asked.accompanier != row.accompanier:
        values["accompanier_changes"] = row.accompanier_changes + 1
    words = opened_words(connection, row, service=service)
    weight = capacity.scale_of(connection, actor.organisation_id).weight
    if row.state in HOLDS_A_PLACE and weight(asked.intensity) > weight(row.intensity):
        values["is_overbooked"] = capacity.promise(
            connection,
            actor.organisation_id,
            asked.intensity,
            reason=asked.overbooking_reason,
            plan_id=plan_id,
        )
        words["overbooked_because"] = asked.overbooking_reason
    words["objectives"] = [one.model_dump() for one in asked.objectives]
    words["self_employment"] = _self_employment(asked, service)
    values |= {
        "n_objectives": len(asked.objectives),
        "n_own_words": sum(one.worded_by == "household" for one in asked.objectives),
        "sealed": sealed_words(connection, plan_id, words, service=service),
    }
    _write(connection, row, values)
    write_down(connection, plan_id, "change", actor=actor, service=service)


def _self_employment(asked: PlanChange, service: Service) -> dict[str, Any] | None:
    """What is kept of a business of one's own, checked; nothing when nothing is said."""
    if asked.self_employment is None:
        return None
    refuse_day_to_come(asked.self_employment.since_on, service)
    SelfEmployment(**asked.self_employment.model_dump())
    return asked.self_employment.model_dump(mode="json")


def plans_of(
    connection: sa.Connection, actor: Actor, *, state: str, application_id: str, limit: int
) -> list[Row]:
    """Plans of the actor's service, latest first."""
    query = sa.select(plan).where(visible_to(actor, plan))
    if state:
        query = query.where(plan.c.state == state)
    if application_id:
        query = query.where(plan.c.application_id == application_id)
    ordered = query.order_by(plan.c.first_contact_on.desc(), plan.c.plan_id)
    return list(connection.execute(ordered.limit(limit)))


def refuse_day_to_come(on: date | None, service: Service) -> None:
    """
    Refuse a day to come.

    Raises
    ------
    DayToComeError
        ``procedure.day_to_come``.
    """
    if on is not None and on > service.today():
        raise DayToComeError("Not yet.")


def refuse_ended(row: Row) -> None:
    """
    Refuse to go on writing in a plan that has ended.

    Raises
    ------
    PlanError
        ``plan.over``.
    """
    if row.state in ENDS:
        raise PlanError("plan.over", "It has ended.")


def _check_change(connection: sa.Connection, actor: Actor, row: Row, asked: PlanChange) -> None:
    _check_mode(asked.mode)
    _refuse_unknown_services(connection, actor, asked)
    if row.programme == "sub_contract" and asked.until_on is None:
        raise PlanError("plan.no_end", "A sub-contract is for a time.")
    if asked.application_id is not None and asked.application_id != row.application_id:
        if row.application_id is not None:
            raise PlanError("plan.already_linked", "Another household's.")
        _refuse_stranger(connection, actor, asked.application_id)


def _refuse_unknown_services(connection: sa.Connection, actor: Actor, asked: PlanChange) -> None:
    named = {one.service_id for one in asked.objectives if one.service_id is not None}
    query = sa.select(service_entry.c.service_id).where(
        visible_to(actor, service_entry), service_entry.c.service_id.in_(named)
    )
    if named - set(connection.scalars(query)):
        raise AbsentError("No such service.")


def _check_mode(mode: str) -> None:
    if mode not in modes():
        raise PlanError("plan.unknown_mode", "No such mode.", mode=mode, known=", ".join(modes()))


def _refuse_stranger(connection: sa.Connection, actor: Actor, application_id: str) -> None:
    if not is_application_visible(connection, actor, application_id):
        raise AbsentError("No such application.")


def _refuse_foreign_agreement(connection: sa.Connection, actor: Actor, agreement_id: str) -> None:
    found = sa.select(agreements.c.agreement_id).where(
        visible_to(actor, agreements), agreements.c.agreement_id == agreement_id
    )
    if connection.scalar(found) is None:
        raise AbsentError("No such agreement.")


def _next_number(connection: sa.Connection, row: Row, on: date) -> int:
    last = connection.execute(
        sa.select(sa.func.max(plan_act.c.number), sa.func.max(plan_act.c.on)).where(
            plan_act.c.plan_id == row.plan_id
        )
    ).one()
    before = last[1] or row.first_contact_on
    if on < before:
        raise PlanError("plan.before_last_act", "Before the last act.", last_on=before)
    return int(last[0] or 0) + 1


def _dates(row: Row, state: str, on: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if state == "active" and row.began_on is None:
        found["began_on"] = on
    if state in ENDS:
        found["ended_on"] = on
    return found


def _promised(connection: sa.Connection, row: Row, asked: PlanAct, state: str) -> dict[str, Any]:
    """A place is promised where none was held, or more of one than was (back from standby)."""
    is_promise = state in HOLDS_A_PLACE and row.state not in HOLDS_A_PLACE
    if not (is_promise or (row.state == "standby" and state == "active")):
        return {}
    is_overbooked = capacity.promise(
        connection,
        row.organisation_id,
        row.intensity,
        reason=asked.overbooking_reason,
        plan_id=row.plan_id,
    )
    return {"is_overbooked": is_overbooked}


def _keep_consent(connection: sa.Connection, plan_id: str, act: str, on: date) -> None:
    """Accompaniment accepted, and accompaniment left, are records of their own."""
    if act == "accept":
        values = {
            "consent_id": f"cns-{secrets.token_hex(8)}",
            "plan_id": plan_id,
            "kind": "accompaniment",
            "state": _CONSENT_OF[act],
            "on": on,
            "purpose": "",
        }
        connection.execute(plan_consent.insert(), values)
    elif act == "withdraw":
        mine = sa.and_(
            plan_consent.c.plan_id == plan_id,
            plan_consent.c.kind == "accompaniment",
            plan_consent.c.state == "given",
        )
        values = {"state": _CONSENT_OF[act], "ended_on": on}
        connection.execute(plan_consent.update().where(mine).values(values))


def _write(connection: sa.Connection, row: Row, values: dict[str, Any]) -> None:
    mine = plan.c.plan_id == row.plan_id
    raised = values | {"row_version": row.row_version + 1}
    connection.execute(plan.update().where(mine).values(raised))
