"""
What an act of accompaniment leaves in the journal: that one was done, by whom, sealed what.

Every such entry looks the same to a reader of the journal: the subject is the plan's own
identifier, which names no household, and which act it was opens with the plan's key alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from allocation.errors import HousingError
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.accompaniment import plan
from api.journal import append
from api.journal.sealing import is_erased, seal, unseal
from api.service import Service

ACT = "accompaniment.act"


class NotAsRentManagerError(HousingError):
    """An act of accompaniment is not done as the one who watches over the rent."""

    code: ClassVar[str] = "accompaniment.not_as_rent_manager"


class MovedError(HousingError):
    """The plan was changed since it was read."""

    code: ClassVar[str] = "plan.moved"


class ErasedError(HousingError):
    """The person of the plan was erased: what is written from now on would be of nobody."""

    code: ClassVar[str] = "plan.over"


def plan_of(
    connection: sa.Connection, actor: Actor, plan_id: str, *, to_change: bool = False
) -> Row:
    """
    A plan of the actor's own service; nothing is written any more in one that was erased.

    Raises
    ------
    AbsentError
        ``access.absent``.
    ErasedError
        ``plan.over``.
    """
    query = sa.select(plan).where(visible_to(actor, plan), plan.c.plan_id == plan_id)
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("Nothing of that name.")
    if to_change and is_erased(connection, plan_id):
        raise ErasedError("Its person was erased.")
    return found


def refuse_rent_manager(acting_as: str) -> None:
    """
    Refuse an act on a plan by who acts as the manager of the rent.

    Raises
    ------
    NotAsRentManagerError
        ``accompaniment.not_as_rent_manager``.
    """
    if acting_as != "accompanier":
        raise NotAsRentManagerError("Not in that role.")


def write_down(
    connection: sa.Connection,
    plan_id: str,
    act: str,
    *,
    actor: Actor,
    service: Service,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add the act to the journal, sealed under the key of the plan."""
    told = {"act": act, **(facts or {})}
    sealed = {plan_id: seal(connection, plan_id, told, secret=service.secret)}
    append(connection, ACT, subject=plan_id, actor=actor, now=service.now(), sealed=sealed)


def sealed_words(
    connection: sa.Connection, plan_id: str, words: Mapping[str, Any], *, service: Service
) -> str:
    """Words of a plan as they are kept: only its key opens them."""
    return seal(connection, plan_id, words, secret=service.secret)


def opened_words(connection: sa.Connection, row: Row, *, service: Service) -> dict[str, Any]:
    """Words of a row of a plan; empty once its key was erased."""
    return unseal(connection, row.plan_id, row.sealed, secret=service.secret) or {}


def codes(text: str) -> list[Any]:
    """A list kept as JSON."""
    found: list[Any] = json.loads(text)
    return found
