"""
Erasing somebody known by an alias alone: no file of the register would ever do it.

The service that holds the plan, or sent the referral, erases it once nothing goes on in it. The key
of what was written is destroyed and the alias emptied; dates and counts stay, and the journal.
"""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa

from allocation.accompaniment.plans import HOLDS_A_PLACE
from allocation.accompaniment.referrals import ENDS
from allocation.errors import HousingError
from api.access import AbsentError
from api.accompaniment.record import plan_of
from api.auth.actor import Actor
from api.db.tables.accompaniment import plan
from api.db.tables.orientation import referral
from api.erasure.personal import forget_answers
from api.journal import append
from api.journal.sealing import erase_key
from api.orientation.referrals import one_of
from api.service import Service


class AliasError(HousingError):
    """
    Not to be erased this way, or not yet.

    ``erasure.of_the_file``: a household of the register is erased with its file;
    ``erasure.still_followed``: the plan or the referral goes on.
    """

    code: ClassVar[str] = "erasure.of_the_file"

    def __init__(self, code: str) -> None:
        super().__init__("Not this way, or not yet.")
        self.code = code  # type: ignore[misc]  # one class, two stable codes


def erase_plan(connection: sa.Connection, actor: Actor, plan_id: str, *, service: Service) -> None:
    """
    Erase the person of a plan of the actor's own service.

    Raises
    ------
    AbsentError
        ``access.absent``.
    AliasError
        ``erasure.of_the_file``, ``erasure.still_followed``.
    """
    row = plan_of(connection, actor, plan_id, to_change=True)
    _check(row.application_id, is_followed=row.state in HOLDS_A_PLACE)
    mine = plan.c.plan_id == plan_id
    raised = {"alias": "", "row_version": row.row_version + 1}
    connection.execute(plan.update().where(mine).values(raised))
    _forget(connection, actor, "plan.erased", plan_id, service=service)


def erase_referral(
    connection: sa.Connection, actor: Actor, referral_id: str, *, service: Service
) -> None:
    """
    Erase the person of a referral that the actor's organisation sent.

    Raises
    ------
    AbsentError
        ``access.absent``: none, or another organisation sent it.
    AliasError
        ``erasure.of_the_file``, ``erasure.still_followed``.
    """
    row = one_of(connection, actor, referral_id, to_change=True)
    if row.sender_id != actor.organisation_id:
        raise AbsentError("Its sender's.")
    _check(row.application_id, is_followed=row.state not in ENDS)
    mine = referral.c.referral_id == referral_id
    connection.execute(referral.update().where(mine).values(alias=""))
    _forget(connection, actor, "referral.erased", referral_id, service=service)


def _check(application_id: str | None, *, is_followed: bool) -> None:
    if application_id is not None:
        raise AliasError("erasure.of_the_file")
    if is_followed:
        raise AliasError("erasure.still_followed")


def _forget(
    connection: sa.Connection, actor: Actor, act: str, owner_id: str, *, service: Service
) -> None:
    """Destroy the key, and the answers kept for requests sent twice; say that it was done."""
    forget_answers(connection, [owner_id])
    erase_key(connection, owner_id, now=service.now())
    append(connection, act, subject=owner_id, actor=actor, now=service.now())
