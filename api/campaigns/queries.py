"""Every question this feature asks of the database; each starts from ``visible_to``."""

from __future__ import annotations

import sqlalchemy as sa

from api.access import AbsentError, visible_to
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.campaigns import campaign, confirmation


def campaigns_of(connection: sa.Connection, actor: Actor) -> list[Row]:
    """Campaigns that exist for the actor, the latest year first."""
    query = sa.select(campaign).where(visible_to(actor, campaign))
    return list(connection.execute(query.order_by(campaign.c.year.desc(), campaign.c.campaign_id)))


def one_campaign(connection: sa.Connection, actor: Actor, campaign_id: str) -> Row:
    """A campaign that exists for the actor."""
    query = sa.select(campaign).where(
        visible_to(actor, campaign), campaign.c.campaign_id == campaign_id
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        raise AbsentError("No such campaign.")
    return found


def counts_of(connection: sa.Connection, campaign_id: str) -> dict[str, int]:
    """State -> number of applications, of a campaign found visible."""
    query = (
        sa.select(confirmation.c.state, sa.func.count())
        .where(confirmation.c.campaign_id == campaign_id)
        .group_by(confirmation.c.state)
        .order_by(confirmation.c.state)
    )
    return {state: int(n) for state, n in connection.execute(query)}


def one_confirmation(
    connection: sa.Connection, actor: Actor, campaign_id: str, application_id: str
) -> Row:
    """The line of one application, locked until the commit."""
    query = sa.select(confirmation).where(
        visible_to(actor, confirmation),
        confirmation.c.campaign_id == campaign_id,
        confirmation.c.application_id == application_id,
    )
    found = connection.execute(query.with_for_update()).one_or_none()
    if found is None:
        raise AbsentError("Not in this campaign.")
    return found


def confirmations_of(
    connection: sa.Connection,
    actor: Actor,
    campaign_id: str,
    *,
    state: str,
    after: str,
    limit: int,
) -> list[Row]:
    """Lines after an identifier, one more than the page when there are more."""
    query = sa.select(confirmation).where(
        visible_to(actor, confirmation),
        confirmation.c.campaign_id == campaign_id,
        confirmation.c.application_id > after,
    )
    if state:
        query = query.where(confirmation.c.state == state)
    return list(connection.execute(query.order_by(confirmation.c.application_id).limit(limit + 1)))
