"""Decisions on suspected duplicates: made once, undone by a person, in chains that hold."""

from __future__ import annotations

import secrets
from typing import ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from allocation.procedure import Verdict, check_verdict
from api.access import AbsentError
from api.applications.queries import application_row
from api.applications.service import append_sealed
from api.auth.actor import Actor
from api.db.tables.duplicates import duplicate_verdict
from api.duplicates import queries
from api.duplicates.schemas import VerdictEntry, VerdictView
from api.service import Service


class UndoneError(HousingError):
    """This decision was undone already."""

    code: ClassVar[str] = "duplicates.undone"


class DecidedError(HousingError):
    """This was decided of these two applications already."""

    code: ClassVar[str] = "duplicates.decided"


def decide(
    connection: sa.Connection, actor: Actor, asked: VerdictEntry, *, service: Service
) -> VerdictView:
    """
    Bring two applications together or keep them apart; no file changes by it.

    Raises
    ------
    IllegalActError
        ``duplicates.one_application``, ``duplicates.kept_apart``, ``duplicates.joined``.
    """
    _alone(connection)
    first, second = sorted((asked.first, asked.second))
    for application_id in (first, second):
        if application_row(connection, actor, application_id) is None:
            raise AbsentError("No such application.")
    verdict = Verdict(first, second, asked.same, actor.actor_id, service.today())
    earlier = queries.decided(queries.verdicts_of(connection, actor))
    check_verdict(verdict, [*earlier, *queries.parted(connection)])
    if any((v.first, v.second) == (first, second) for v in earlier):
        raise DecidedError("Decided already.")
    values = {
        "verdict_id": f"dup-{secrets.token_hex(8)}",
        "first": first,
        "second": second,
        "same": asked.same,
        "decided_by": actor.actor_id,
        "decided_on": service.today(),
        "recorded_at": service.now(),
    }
    connection.execute(duplicate_verdict.insert(), values)
    act = "duplicates.brought_together" if asked.same else "duplicates.kept_apart"
    content = {"verdict_id": values["verdict_id"], "second": second}
    _tell(connection, act, first, asked.reason, actor, service=service, content=content)
    return VerdictView(**values, undone_by=None, undone_on=None)  # type: ignore[arg-type]  # by name


def undo(
    connection: sa.Connection, actor: Actor, verdict_id: str, reason: str, *, service: Service
) -> VerdictView:
    """Undo a decision; whatever came after it stands by itself."""
    _alone(connection)
    found = queries.one_verdict(connection, actor, verdict_id)
    if found.undone_on is not None:
        raise UndoneError("Undone already.")
    undone = {"undone_by": actor.actor_id, "undone_on": service.today()}
    mine = duplicate_verdict.c.verdict_id == verdict_id
    connection.execute(duplicate_verdict.update().where(mine).values(undone))
    content = {"verdict_id": verdict_id, "second": found.second}
    _tell(
        connection,
        "duplicates.undone",
        found.first,
        reason,
        actor,
        service=service,
        content=content,
    )
    return VerdictView.model_validate({**found._mapping, **undone})


def _alone(connection: sa.Connection) -> None:
    """Who decides reads every decision first: on PostgreSQL others wait, on SQLite they do."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE duplicate_verdict IN SHARE ROW EXCLUSIVE MODE"))


def _tell(
    connection: sa.Connection,
    act: str,
    subject: str,
    reason: str,
    actor: Actor,
    *,
    service: Service,
    content: dict[str, object],
) -> None:
    append_sealed(
        connection,
        act,
        subject,
        {"reason": reason},
        actor=actor,
        service=service,
        content=content,
    )
