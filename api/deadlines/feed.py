"""
The deadlines of a partner's people: one list, made of what each room knows.

A room adds its own by a function in ``SOURCES``: it is given the people followed, as a query of
identifiers, and says which days are due. It must say nothing of anybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from allocation.procedure.mandates import ANSWER_OFFERS, CONFIRM, SUPPLY_PROOFS
from api.access import may, visible_to
from api.auth.actor import Actor
from api.db.tables.campaigns import campaign, confirmation
from api.db.tables.follow_up import proof_request
from api.db.tables.mandates import mandate
from api.db.tables.offers import offer_course
from api.db.tables.register import offers
from api.mandates import queries
from api.mandates.terms import in_force
from api.occupancies.views import reminders_of

People = sa.CompoundSelect[tuple[str]]


@dataclass(frozen=True, order=True)
class Due:
    """Something due for one household; ``cover``: what a mandate must cover to do it."""

    on: date
    kind: str
    subject: str
    application_id: str
    cover: str = ""


Source = Callable[[sa.Connection, Actor, People, date], Iterable[Due]]


def confirmations(
    connection: sa.Connection, _actor: Actor, people: People, _today: date
) -> Iterator[Due]:
    """Yearly confirmations awaited in an open campaign, by the last day of the window."""
    rows = connection.execute(
        sa.select(confirmation.c.application_id, campaign.c.campaign_id, campaign.c.to_on)
        .join(campaign, campaign.c.campaign_id == confirmation.c.campaign_id)
        .where(
            confirmation.c.application_id.in_(people),
            confirmation.c.state == "awaited",
            campaign.c.state == "open",
        )
    )
    for row in rows:
        yield Due(row.to_on, "confirmation", row.campaign_id, row.application_id, CONFIRM)


def open_offers(
    connection: sa.Connection, _actor: Actor, people: People, _today: date
) -> Iterator[Due]:
    """Offers to answer, when the company has set a time for it."""
    rows = connection.execute(
        sa.select(offers.c.application_id, offers.c.offer_id, offer_course.c.answer_due_on)
        .join(offer_course, offer_course.c.offer_id == offers.c.offer_id)
        .where(
            offers.c.application_id.in_(people),
            offers.c.answer == "open",
            offer_course.c.answer_due_on.is_not(None),
        )
    )
    for row in rows:
        on, offer_id = row.answer_due_on, row.offer_id
        yield Due(on, "offer_answer", offer_id, row.application_id, ANSWER_OFFERS)


def proofs(connection: sa.Connection, _actor: Actor, people: People, _today: date) -> Iterator[Due]:
    """Fresh proofs asked for before a meeting and not received."""
    rows = connection.execute(
        sa.select(proof_request).where(
            proof_request.c.application_id.in_(people),
            proof_request.c.state.in_(("asked", "missing")),
        )
    )
    for row in rows:
        yield Due(row.due_on, "proof", row.request_id, row.application_id, SUPPLY_PROOFS)


def mandates(
    connection: sa.Connection, actor: Actor, _people: People, today: date
) -> Iterator[Due]:
    """Last days of the partner's own mandates."""
    rows = connection.execute(sa.select(mandate).where(visible_to(actor, mandate), in_force(today)))
    for row in rows:
        yield Due(row.until_on, "mandate_end", row.mandate_id, row.application_id)


def stays(connection: sa.Connection, actor: Actor, _people: People, today: date) -> Iterator[Due]:
    """Ends and reviews of the stays the partner operates; its tenants are its people."""
    if not may(actor, "occupancies.read"):  # a program without that scope
        return
    for due in reminders_of(connection, actor, today=today):
        yield Due(due.due_on, f"stay_{due.kind}", due.occupancy_id, due.application_id)


SOURCES: tuple[Source, ...] = (confirmations, proofs, open_offers, mandates, stays)


def due(connection: sa.Connection, actor: Actor, *, today: date) -> list[Due]:
    """Everything due for the people of a partner, the soonest first."""
    people = queries.followed(actor, today)
    return sorted(d for source in SOURCES for d in source(connection, actor, people, today))


def mandate_for(connection: sa.Connection, actor: Actor, cover: str, on: date) -> dict[str, str]:
    """Application -> a mandate of the actor that covers an act on a day."""
    rows = connection.execute(queries.mandates_covering(actor, cover, on))
    return {row.application_id: row.mandate_id for row in rows}
