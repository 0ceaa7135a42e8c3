"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from allocation.procedure import COVERS
from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.campaigns import campaign, confirmation
from api.db.tables.follow_up import proof_request
from api.db.tables.mandates import handed_in_proof, mandate
from api.db.tables.meetings import meeting
from api.db.tables.offers import offer_course
from api.db.tables.register import agreements, household_members, presentations
from api.mandates.terms import in_force


def mandates_of(
    connection: sa.Connection, actor: Actor, *, application_id: str, after: str, limit: int
) -> list[Row]:
    """Mandates that exist for the actor, one more than ``limit`` when there are more."""
    query = sa.select(mandate).where(visible_to(actor, mandate), mandate.c.mandate_id > after)
    if application_id:
        query = query.where(mandate.c.application_id == application_id)
    return list(connection.execute(query.order_by(mandate.c.mandate_id).limit(limit + 1)))


def one_mandate(
    connection: sa.Connection, actor: Actor, mandate_id: str, *, to_change: bool = False
) -> Row:
    """A mandate that exists for the actor; locked until the commit when it is to be changed."""
    query = sa.select(mandate).where(visible_to(actor, mandate), mandate.c.mandate_id == mandate_id)
    found = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if found is None:
        raise AbsentError("No such mandate.")
    return found


def proofs_under(connection: sa.Connection, mandate_ids: Collection[str]) -> dict[str, list[Row]]:
    """Proofs handed in under mandates found visible, the latest first."""
    rows = connection.execute(
        sa.select(handed_in_proof)
        .where(handed_in_proof.c.mandate_id.in_(mandate_ids))
        .order_by(handed_in_proof.c.handed_in_on.desc(), handed_in_proof.c.proof_id)
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.mandate_id, []).append(row)
    return found


def proofs_wanted(
    connection: sa.Connection, application_ids: Collection[str]
) -> dict[str, list[Row]]:
    """Fresh proofs asked for and not received, of applications whose mandate was looked at."""
    rows = connection.execute(
        sa.select(proof_request)
        .where(
            proof_request.c.application_id.in_(application_ids),
            proof_request.c.state.in_(("asked", "missing")),
        )
        .order_by(proof_request.c.due_on, proof_request.c.request_id)
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.application_id, []).append(row)
    return found


def companies_of_partner(connection: sa.Connection, actor: Actor, on: date) -> set[str]:
    """Companies with which the partner has an agreement in force on a day."""
    is_open = sa.or_(agreements.c.in_force_to.is_(None), agreements.c.in_force_to >= on)
    rows = connection.scalars(
        sa.select(agreements.c.held_by).where(
            visible_to(actor, agreements), agreements.c.in_force_from <= on, is_open
        )
    )
    return set(rows)


def awaited_confirmation(connection: sa.Connection, application_id: str, *, on: date) -> str | None:
    """
    The latest campaign in which an application may still be confirmed.

    One that has begun on that day goes before one that was opened ahead of its year.
    """
    query = (
        sa.select(confirmation.c.campaign_id)
        .join(campaign, campaign.c.campaign_id == confirmation.c.campaign_id)
        .where(
            confirmation.c.application_id == application_id,
            confirmation.c.state.in_(("awaited", "unanswered")),
        )
        .order_by((campaign.c.from_on <= on).desc(), campaign.c.year.desc())
        .limit(1)
    )
    found = connection.scalar(query)
    return None if found is None else str(found)


def register_of_offer(connection: sa.Connection, application_id: str, offer_id: str) -> str:
    """The company that made an offer to an application; ``access.absent`` when it did not."""
    query = (
        sa.select(meeting.c.register_id)
        .join(offer_course, offer_course.c.meeting_id == meeting.c.meeting_id)
        .where(offer_course.c.offer_id == offer_id, offer_course.c.application_id == application_id)
    )
    found = connection.scalar(query)
    if found is None:
        raise AbsentError("No such offer.")
    return str(found)


def member_born_on(connection: sa.Connection, application_id: str, born_on: date) -> str:
    """The only member born that day; the empty text when there is none or more than one."""
    query = sa.select(household_members.c.member_id).where(
        household_members.c.application_id == application_id,
        household_members.c.born_on == born_on,
    )
    found = list(connection.scalars(query.limit(2)))
    return str(found[0]) if len(found) == 1 else ""


def mandates_covering(actor: Actor, cover: str, on: date) -> sa.Select[tuple[str, str]]:
    """Application and mandate of what the actor may do on a day in a household's name."""
    if cover not in COVERS:
        raise ValueError(cover)
    return sa.select(mandate.c.application_id, mandate.c.mandate_id).where(
        visible_to(actor, mandate),
        in_force(on),
        mandate.c.covers.contains(cover),
    )


def followed(actor: Actor, on: date) -> sa.CompoundSelect[tuple[str]]:
    """Identifiers of a partner's people: those it presents, or holds a mandate of."""
    presented = sa.select(presentations.c.application_id).where(visible_to(actor, presentations))
    mandated = sa.select(mandate.c.application_id).where(visible_to(actor, mandate), in_force(on))
    return sa.union(presented, mandated)
