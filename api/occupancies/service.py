"""
Stays prepared and led from status to status, each time by a named person.

What an act asks for and leads to is ``allocation.accompaniment``; here is who may do it, and what
is written. Nothing of a stay enters a register's snapshot but how many households live under an
agreement: an act on one of those says that the register changes.
"""

from __future__ import annotations

import json
import secrets
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment import (
    ENDS,
    OCCUPANCY,
    PLANNED,
    Asked,
    Stay,
    StayRefusedError,
    load_stay_rules,
    take,
)
from allocation.errors import HousingError, Problem
from allocation.procedure import Who
from api.access import PARTNER, AbsentError, DeniedError
from api.applications.work import touch
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.occupancies import (
    occupancy,
    occupancy_act,
    occupancy_objective,
)
from api.db.tables.register import HELD_BY
from api.decisions.queries import is_application_visible
from api.journal import append
from api.journal.sealing import seal
from api.occupancies import keeping, queries, returning
from api.occupancies.schemas import OccupancyEntry, StayAct
from api.procedures.appeals import DayToComeError
from api.service import Service

POINTS_LIST = "lists.points_list_regimes"
# Acts that no calendar and no program does: a person is named.
NAMED = (*ENDS, "slide", "extend_sliding_lease")
# Whose acts a partner records, and whose its company does.
_OF_A_PARTNER: tuple[Who, ...] = (
    "operator", "operator_with_household", "three_parties", "both_landlords", "household",
    "any_party",
)  # fmt: skip
_OF_A_COMPANY: tuple[Who, ...] = (
    "slsp", "three_parties", "both_landlords", "household", "any_party",
)  # fmt: skip


class TakenError(HousingError):
    """``stay.dwelling_taken``, ``stay.household_elsewhere``: there is a stay already."""

    code: ClassVar[str] = "stay.dwelling_taken"

    def __init__(self, code: str) -> None:
        super().__init__("Taken.")
        self.code = code  # type: ignore[misc]  # one class, several stable codes


class OthersActError(DeniedError):
    """The act belongs to another party of the stay."""

    code: ClassVar[str] = "stay.act_of_another"


def plan(
    connection: sa.Connection, actor: Actor, asked: OccupancyEntry, *, service: Service
) -> str:
    """
    Prepare a stay; gives its identifier. Nobody lives there by this.

    Raises
    ------
    AbsentError
        No such household, dwelling, agreement or stay for the actor.
    StayRefusedError
        ``stay.no_allocation``: a dwelling of the points list, which no offer gave the household.
    TakenError
        ``stay.dwelling_taken``.
    """
    if not is_application_visible(connection, actor, asked.application_id):
        raise AbsentError("No such application.")
    register_id, operator_id = _parties(connection, actor, asked)
    if queries.dwelling_of(connection, register_id, asked.dwelling_id) is None:
        raise AbsentError("No such dwelling.")
    returned = [
        r
        for r in queries.returns(
            connection, actor, dwelling_id=asked.dwelling_id, only_waiting=True
        )
        if r.operator_id == operator_id
    ]
    if not returned:
        _refuse_out_of_order(connection, asked, service=service)
    if asked.continues_id:
        queries.one_stay(connection, actor, asked.continues_id)
    occupancy_id = f"stay-{secrets.token_hex(8)}"
    values = {
        "occupancy_id": occupancy_id,
        "register_id": register_id,
        "application_id": asked.application_id,
        "dwelling_id": asked.dwelling_id,
        "operator_id": operator_id,
        "agreement_id": asked.agreement_id or None,
        "status": PLANNED,
        "planned_on": service.today(),
        "exit_class": "",
        "continues_id": asked.continues_id or None,
    }
    _write(connection, occupancy.insert(), values)
    returning.offer_again(connection, returned, occupancy_id, on=service.today())
    _tell_planned(connection, actor, asked, occupancy_id, service=service)
    return occupancy_id


def _tell_planned(
    connection: sa.Connection,
    actor: Actor,
    asked: OccupancyEntry,
    occupancy_id: str,
    *,
    service: Service,
) -> None:
    content = {
        "application_id": asked.application_id,
        "operator_id": asked.operator_id,
        "agreement_id": asked.agreement_id,
    }
    append(
        connection,
        "occupancy.planned",
        subject=occupancy_id,
        actor=actor,
        now=service.now(),
        content=content,
    )


def _parties(
    connection: sa.Connection, actor: Actor, asked: OccupancyEntry
) -> tuple[str, str | None]:
    """
    The company and the operator of a stay; ``access.absent`` for what is not the actor's.

    A partner prepares stays of its own agreements alone, in dwellings that came back to it or are
    named by the agreement: it learns nothing of any other dwelling.
    """
    agreement = queries.agreement_facts(connection, asked.agreement_id or None)
    if asked.agreement_id and (agreement is None or agreement.partner_id != asked.operator_id):
        raise AbsentError("No such agreement.")
    if actor.organisation_kind != PARTNER:
        if agreement is not None and agreement._mapping[HELD_BY] != actor.organisation_id:
            raise AbsentError("No such agreement.")
        if asked.operator_id and not queries.kind_of_partner(connection, asked.operator_id):
            raise AbsentError("No such partner.")
        return actor.organisation_id, asked.operator_id or None
    if agreement is None or asked.operator_id != actor.organisation_id:
        raise AbsentError("No such agreement.")
    mine = queries.returns(connection, actor, dwelling_id=asked.dwelling_id, only_waiting=True)
    if not mine and not queries.is_named_by(connection, asked.dwelling_id, asked.agreement_id):
        raise AbsentError("No such dwelling.")
    return str(agreement._mapping[HELD_BY]), actor.organisation_id


def _refuse_out_of_order(
    connection: sa.Connection, asked: OccupancyEntry | Row, *, service: Service
) -> None:
    """A dwelling of the points list goes to who accepted an offer of it: the order is kept."""
    rule = load_stay_rules().rule(POINTS_LIST, service.today())
    regime = queries.regime_of(connection, asked.dwelling_id)
    if regime not in str(rule.value).split(","):
        return
    if queries.has_accepted(connection, asked.application_id, asked.dwelling_id):
        return
    source = {"act": rule.source.act, "article": rule.source.article, "mark": rule.mark}
    problem = Problem.at("stay", 0, "dwelling_id", "stay.no_allocation", **source)
    raise StayRefusedError([problem])


def _refuse_while_the_offer_stands(connection: sa.Connection, row: Row) -> None:
    """
    A household that gives up is not held to a home: its offer is answered first, by a person.

    A refusal by the household and a withdrawal by the company weigh differently, so that neither
    is inferred from the stay; either frees the dwelling and the reserved seat.
    """
    offer_id = queries.offer_that_stands(connection, row.application_id, row.dwelling_id)
    if offer_id:
        problem = Problem.at("stay", 0, "act", "stay.offer_stands", offer=offer_id)
        raise StayRefusedError([problem])


def _refuse_unnamed(actor: Actor, entry: StayAct) -> None:
    """A program acts for a person: who decides an end or a slide is named."""
    if actor.scopes is None or entry.act not in NAMED or entry.decided_by.strip():
        return
    raise StayRefusedError([Problem.at("stay", 0, "decided_by", "stay.nobody_named")])


def act_on(
    connection: sa.Connection,
    actor: Actor,
    occupancy_id: str,
    entry: StayAct,
    *,
    service: Service,
) -> None:
    """
    Do a named act on a stay.

    Raises
    ------
    OthersActError
        ``stay.act_of_another``.
    StayRefusedError
        ``stay.nobody_named``: a program that names nobody; ``stay.no_allocation``;
        ``stay.offer_stands``: given up while its accepted offer stands.
    DayToComeError
        ``procedure.day_to_come``.
    IllegalActError, StayRefusedError
        ``procedure.illegal_act``; ``stay.refused`` with every reason.
    TakenError
        ``stay.household_elsewhere``: the household lives in another dwelling of a company.
    """
    if (seen := queries.one_stay(connection, actor, occupancy_id)).agreement_id is not None:
        touch(connection, seen.register_id, actor=actor, service=service)
    row = queries.one_stay(connection, actor, occupancy_id, to_change=True)
    step = OCCUPANCY.step(row.status, entry.act)
    if not may_act(actor, row, step.by):
        raise OthersActError("Another party's act.", by=step.by)
    if entry.on > service.today():
        raise DayToComeError("Not yet.")
    _refuse_unnamed(actor, entry)
    if entry.act == "sign_standard_lease":
        _refuse_out_of_order(connection, row, service=service)
    if entry.act == "give_up":
        _refuse_while_the_offer_stands(connection, row)
    agreement_id = row.agreement_id
    if entry.act == "start_support":
        agreement_id = entry.agreement_id or None
        _refuse_foreign(connection, actor, row, agreement_id)
    parts = queries.parts_of(connection, actor, [occupancy_id])
    before = keeping.with_surroundings(
        connection,
        row,
        keeping.stay_of(row, parts),
        agreement_id=agreement_id,
        on=entry.on,
    )
    asked = keeping.asked_of(entry)
    after = take(before, asked, load_stay_rules())
    sequence = len(parts["occupancy_act"][occupancy_id]) + 1
    _keep(connection, row, after, asked, sequence=sequence)
    _keep_act(connection, actor, row, after, entry, sequence=sequence, service=service)
    if asked.act == "end_without_slide" or (
        before.status == "sliding_lease" and after.status in ("left_by_choice", "moved_via_bridge")
    ):
        returning.wait(connection, row, asked)
    if asked.act == "give_up":
        returning.wait_again(connection, occupancy_id)
    _tell(connection, actor, row, after, entry, service=service)


def may_act(actor: Actor, row: Row, by: Who) -> bool:
    """Whether the actor's organisation is the party whose act it is."""
    if actor.organisation_kind == PARTNER:
        return row.operator_until is None and by in _OF_A_PARTNER
    if actor.organisation_id != row.register_id:
        return False
    return by in _OF_A_COMPANY or row.operator_id is None


def _refuse_foreign(
    connection: sa.Connection, actor: Actor, row: Row, agreement_id: str | None
) -> None:
    """An agreement of another company, or to a partner of another partner, is not there."""
    if agreement_id is None:
        return
    found = queries.agreement_facts(connection, agreement_id)
    if found is None or found._mapping[HELD_BY] != row.register_id:
        raise AbsentError("No such agreement.")
    if actor.organisation_kind == PARTNER and found.partner_id != actor.organisation_id:
        raise AbsentError("No such agreement.")


def _keep(connection: sa.Connection, row: Row, after: Stay, asked: Asked, *, sequence: int) -> None:
    last = after.episode
    is_over = asked.act in (*ENDS, "give_up")
    values: dict[str, Any] = {
        "status": after.status,
        "until_on": None if is_over or last is None else last.until_on,
    }
    if is_over:
        values |= {"ended_on": asked.on, "exit_class": asked.exit_class}
    elif row.entered_on is None:
        values["entered_on"] = asked.on
    if asked.act == "slide":
        values["operator_until"] = sequence
    mine = occupancy.c.occupancy_id == row.occupancy_id
    _write(connection, occupancy.update().where(mine), values)


def _keep_act(
    connection: sa.Connection,
    actor: Actor,
    row: Row,
    after: Stay,
    entry: StayAct,
    *,
    sequence: int,
    service: Service,
) -> None:
    last = after.episode
    is_over = entry.act in (*ENDS, "give_up")
    said = keeping.said_of({k: getattr(entry, k) for k in keeping.SAID})
    values = {
        "occupancy_id": row.occupancy_id,
        "sequence": sequence,
        "application_id": row.application_id,
        "act": entry.act,
        "status": after.status,
        "on_day": entry.on,
        "until_on": None if is_over or last is None else last.until_on,
        "signed_on": None if is_over or last is None else last.signed_on,
        "recorded": json.dumps(keeping.recorded_of(entry), sort_keys=True),
        "said": json.dumps(said, ensure_ascii=False) if said else "",
        "agreement_id": entry.agreement_id or row.agreement_id,
        "by_organisation": actor.organisation_id,
        "by_actor": actor.actor_id,
        "recorded_at": service.now(),
    }
    connection.execute(occupancy_act.insert(), values)
    if entry.act == "sign_sliding_lease":
        named = {"occupancy_id": row.occupancy_id, "application_id": row.application_id}
        rows = [
            {**named, "number": n, "wording": words}
            for n, words in enumerate(entry.objectives, start=1)
        ]
        connection.execute(occupancy_objective.insert(), rows)


def _tell(
    connection: sa.Connection,
    actor: Actor,
    row: Row,
    after: Stay,
    entry: StayAct,
    *,
    service: Service,
) -> None:
    owner = row.application_id
    last = after.episode
    content = {
        "application_id": owner,
        "status": after.status,
        "on": entry.on.isoformat(),
        "until_on": last.until_on.isoformat() if last and last.until_on else "",
        "exit_class": entry.exit_class,
        # Whom it is told: an operator that has stepped out no more.
        "operator_id": (row.operator_id or "") if row.operator_until is None else "",
    }
    said = keeping.said_of({k: getattr(entry, k) for k in keeping.SAID})
    sealed = {owner: seal(connection, owner, said, secret=service.secret)} if said else None
    append(
        connection,
        f"occupancy.{entry.act}",
        subject=row.occupancy_id,
        actor=actor,
        now=service.now(),
        content=content,
        sealed=sealed,
    )


def _write(connection: sa.Connection, statement: Any, values: dict[str, Any]) -> None:
    """Write a stay; the index, not a look just before, has the last word on what is taken."""
    try:
        connection.execute(statement.values(values))
    except sa.exc.IntegrityError as fault:
        is_household = "application_id" in str(fault.orig).splitlines()[0]
        code = "stay.household_elsewhere" if is_household else "stay.dwelling_taken"
        raise TakenError(code) from fault
