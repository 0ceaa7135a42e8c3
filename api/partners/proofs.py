"""
A partner proves that it knows a household by the date of birth of a member.

What is refused is counted, so that nothing is learnt by trying: after a few wrong dates an
identifier is answered like one that names nothing, whatever the date, until the next day; after
many of them so is everything. Identifiers that name nothing are counted the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from api.auth.actor import Actor
from api.db.tables.organisations import organisation
from api.db.tables.partners import refused_proof

TRIES_A_HOUSEHOLD, TRIES_A_DAY = 5, 200


def wait_for_turn(connection: sa.Connection, actor: Actor) -> None:
    """Presentations of one partner are looked at one after the other, until the commit."""
    connection.execute(
        sa.select(organisation.c.organisation_id)
        .where(organisation.c.organisation_id == actor.organisation_id)
        .with_for_update(key_share=True)
    )


def refused_so_far(connection: sa.Connection, actor: Actor, day: date) -> Counter[str]:
    """Identifier -> how many times it was refused that day."""
    rows = connection.execute(
        sa.select(refused_proof.c.application_id, refused_proof.c.refused).where(
            refused_proof.c.organisation_id == actor.organisation_id, refused_proof.c.day == day
        )
    )
    return Counter({row.application_id: row.refused for row in rows})


def keep_refused(
    connection: sa.Connection, actor: Actor, day: date, refused: Mapping[str, int]
) -> None:
    """Replace the counts of a day by these; those of other days are no longer needed."""
    mine = refused_proof.c.organisation_id == actor.organisation_id
    connection.execute(refused_proof.delete().where(mine))
    rows = [
        {
            "organisation_id": actor.organisation_id,
            "day": day,
            "application_id": application_id,
            "refused": n,
        }
        for application_id, n in refused.items()
    ]
    if rows:
        connection.execute(refused_proof.insert(), rows)


def proved(
    connection: sa.Connection, actor: Actor, application_id: str, *, is_known: bool, day: date
) -> bool:
    """
    Whether a household named outside a presentation was proved to be known; counted likewise.

    What is refused is kept in this transaction: it must be committed.
    """
    wait_for_turn(connection, actor)
    refused = refused_so_far(connection, actor, day)
    is_open = refused[application_id] < TRIES_A_HOUSEHOLD and refused.total() < TRIES_A_DAY
    if is_known and is_open:
        return True
    refused[application_id] += 1
    keep_refused(connection, actor, day, refused)
    return False
