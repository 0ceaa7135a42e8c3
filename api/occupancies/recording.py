"""What is written down beside the acts: reviews, papers, alternatives, approvals, returns."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.accompaniment import RUNNING, load_stay_rules
from allocation.errors import HousingError
from allocation.procedure import IllegalActError
from api.access import AbsentError
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.occupancies import (
    dwelling_return,
    occupancy_alternative,
    occupancy_paper,
    occupancy_review,
    operator_approval,
)
from api.journal import append
from api.journal.sealing import seal
from api.occupancies import keeping, queries
from api.occupancies.schemas import (
    AlternativeAnswer,
    AlternativeEntry,
    ApprovalEntry,
    PaperEntry,
    ReviewEntry,
)
from api.occupancies.service import OthersActError, may_act
from api.procedures.appeals import DayToComeError
from api.service import Service

# The household's own words come first on every form and in every answer.
VIEWS = (
    "household_says",
    "service_says",
    "landlord_says",
    "outside_obstacles",
    "proposals",
    "disagreement",
)


class UnknownPartError(HousingError):
    """``stay.unknown_objective``, ``stay.unknown_paper``: nothing of that name in this stay."""

    code: ClassVar[str] = "stay.unknown_objective"

    def __init__(self, code: str, **context: object) -> None:
        super().__init__("Unknown.", **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


class ApprovalPresentError(HousingError):
    """An approval of this operator begins on that day already."""

    code: ClassVar[str] = "stay.approval_present"


def review(
    connection: sa.Connection,
    actor: Actor,
    occupancy_id: str,
    asked: ReviewEntry,
    *,
    service: Service,
) -> None:
    """Write a review down: what each party says, nobody has to conclude."""
    row = _running(connection, actor, occupancy_id)
    if asked.held_on > service.today() or any(d > asked.held_on for d in asked.invited_on):
        raise DayToComeError("Not yet.")
    parts = queries.parts_of(connection, actor, [occupancy_id])
    known = {str(o.number) for o in parts["occupancy_objective"][occupancy_id]}
    unknown = sorted(set(asked.objectives) - known)
    if unknown:
        raise UnknownPartError("stay.unknown_objective", numbers=", ".join(unknown))
    said = keeping.said_of({k: getattr(asked, k) for k in VIEWS})
    values = {
        "occupancy_id": occupancy_id,
        "sequence": len(parts["occupancy_review"][occupancy_id]) + 1,
        "application_id": row.application_id,
        "held_on": asked.held_on,
        "is_household_present": asked.is_household_present,
        "invited_on": json.dumps([d.isoformat() for d in asked.invited_on]),
        "objectives": json.dumps(asked.objectives, sort_keys=True),
        "said": json.dumps(said, ensure_ascii=False) if said else "",
        "next_on": asked.next_on,
        "copy_delivered": asked.copy_delivered,
        **_by(actor, service),
        "by_organisation": actor.organisation_id,
    }
    connection.execute(occupancy_review.insert(), values)
    owner = row.application_id
    content = {"held_on": asked.held_on.isoformat(), "objectives": asked.objectives}
    sealed = {owner: seal(connection, owner, said, secret=service.secret)} if said else None
    _tell(connection, actor, "reviewed", row, content, service=service, sealed=sealed)


def paper(
    connection: sa.Connection,
    actor: Actor,
    occupancy_id: str,
    asked: PaperEntry,
    *,
    service: Service,
) -> None:
    """A paper of the file is held; written again, its day is changed."""
    row = _running(connection, actor, occupancy_id, or_planned=True)
    if asked.held_on > service.today():
        raise DayToComeError("Not yet.")
    if asked.paper not in {item.code for item in load_stay_rules().file}:
        raise UnknownPartError("stay.unknown_paper", paper=asked.paper)
    mine = sa.and_(
        occupancy_paper.c.occupancy_id == occupancy_id, occupancy_paper.c.paper == asked.paper
    )
    values = {"held_on": asked.held_on, "by_actor": actor.actor_id}
    if connection.execute(occupancy_paper.update().where(mine).values(values)).rowcount == 0:
        named = {"occupancy_id": occupancy_id, "paper": asked.paper}
        connection.execute(occupancy_paper.insert(), named | values)
    content = {"paper": asked.paper, "held_on": asked.held_on.isoformat()}
    _tell(connection, actor, "paper_held", row, content, service=service)


def alternative(
    connection: sa.Connection,
    actor: Actor,
    occupancy_id: str,
    asked: AlternativeEntry,
    *,
    service: Service,
) -> None:
    """Something was offered to the household in the place of this stay."""
    row = _running(connection, actor, occupancy_id)
    if asked.offered_on > service.today():
        raise DayToComeError("Not yet.")
    parts = queries.parts_of(connection, actor, [occupancy_id])
    values = {
        "occupancy_id": occupancy_id,
        "sequence": len(parts["occupancy_alternative"][occupancy_id]) + 1,
        "application_id": row.application_id,
        **asked.model_dump(),
        "answer": "waiting",
    }
    connection.execute(occupancy_alternative.insert(), values)
    content = {"kind": asked.kind, "offered_on": asked.offered_on.isoformat()}
    _tell(connection, actor, "alternative_offered", row, content, service=service)


def answer(
    connection: sa.Connection,
    actor: Actor,
    occupancy_id: str,
    sequence: int,
    asked: AlternativeAnswer,
    *,
    service: Service,
) -> None:
    """The household answered an alternative; it may answer after the stay is over."""
    row = queries.one_stay(connection, actor, occupancy_id, to_change=True)
    _refuse_other(actor, row)
    mine = sa.and_(
        occupancy_alternative.c.occupancy_id == occupancy_id,
        occupancy_alternative.c.sequence == sequence,
    )
    found = connection.execute(sa.select(occupancy_alternative).where(mine)).one_or_none()
    if found is None:
        raise AbsentError("No such alternative.")
    if not found.offered_on <= asked.answered_on <= service.today():
        raise DayToComeError("Not yet.")
    connection.execute(occupancy_alternative.update().where(mine).values(asked.model_dump()))
    content = {"sequence": sequence, "answer": asked.answer}
    _tell(connection, actor, "alternative_answered", row, content, service=service)


def approve(
    connection: sa.Connection, actor: Actor, asked: ApprovalEntry, *, service: Service
) -> None:
    """Write down the act that approves an operator by name."""
    if not queries.kind_of_partner(connection, asked.operator_id):
        raise AbsentError("No such partner.")
    values = {"register_id": actor.organisation_id, **asked.model_dump(), **_by(actor, service)}
    try:
        connection.execute(operator_approval.insert(), values)
    except sa.exc.IntegrityError as fault:
        raise ApprovalPresentError("There already.") from fault
    content = asked.model_dump(mode="json")
    append(
        connection,
        "operator.approved",
        subject=asked.operator_id,
        actor=actor,
        now=service.now(),
        content=content,
    )


def hand_back(
    connection: sa.Connection, actor: Actor, occupancy_id: str, on: Any, *, service: Service
) -> None:
    """The operator gives a dwelling back instead of offering it again."""
    row = queries.one_stay(connection, actor, occupancy_id, to_change=True)
    mine = dwelling_return.c.occupancy_id == occupancy_id
    found = connection.execute(sa.select(dwelling_return).where(mine)).one_or_none()
    if found is None:
        raise AbsentError("No such dwelling.")
    if found.state != "waiting":
        raise IllegalActError("procedure.illegal_act", "Settled.", state=found.state, possible="-")
    if not found.from_on <= on <= service.today():
        raise DayToComeError("Not yet.")
    connection.execute(
        dwelling_return.update().where(mine).values(state="handed_back", settled_on=on)
    )
    content = {"on": on.isoformat()}
    _tell(connection, actor, "dwelling_handed_back", row, content, service=service)


def _running(
    connection: sa.Connection, actor: Actor, occupancy_id: str, *, or_planned: bool = False
) -> Row:
    """A stay that is not over, of one of its parties."""
    row = queries.one_stay(connection, actor, occupancy_id, to_change=True)
    _refuse_other(actor, row)
    if row.status not in RUNNING and not (or_planned and row.ended_on is None):
        raise IllegalActError(
            "procedure.illegal_act", "Not running.", state=row.status, possible="-"
        )
    return row


def _refuse_other(actor: Actor, row: Row) -> None:
    """The Region reads; the company and the operator write, while they are parties."""
    if not may_act(actor, row, "three_parties"):
        raise OthersActError("Another party's act.", by="three_parties")


def _by(actor: Actor, service: Service) -> dict[str, Any]:
    return {"by_actor": actor.actor_id, "recorded_at": service.now()}


def _tell(
    connection: sa.Connection,
    actor: Actor,
    act: str,
    row: Row,
    content: dict[str, Any],
    *,
    service: Service,
    sealed: dict[str, str] | None = None,
) -> None:
    append(
        connection,
        f"occupancy.{act}",
        subject=row.occupancy_id,
        actor=actor,
        now=service.now(),
        content=content | {"application_id": row.application_id},
        sealed=sealed,
    )
