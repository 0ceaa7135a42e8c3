"""The places of support in use under agreements, read from every table that gives one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from allocation.accompaniment.plans import HOLDS_A_PLACE
from allocation.accompaniment.support_places import BY_CHOICE, SupportPlaces
from api.accompaniment.capacity import capacity_of
from api.db import Row
from api.db.support_places import Households, stays_by_agreement
from api.db.tables.accompaniment import plan
from api.db.tables.occupancies import occupancy, occupancy_act


def places_of(connection: sa.Connection, agreement: Row) -> SupportPlaces:
    """Places promised and in use of one agreement of the register."""
    return places_of_all(connection, [agreement])[agreement.agreement_id]


def places_of_all(
    connection: sa.Connection, agreements: Collection[Row]
) -> dict[str, SupportPlaces]:
    """The same of several, by identifier."""
    named = [row.agreement_id for row in agreements]
    by_contract = stays_by_agreement(connection, named)
    by_choice = _by_choice(connection, named)
    full = {
        partner_id: capacity is not None and capacity.free <= 0
        for partner_id in {row.partner_id for row in agreements}
        for capacity in [capacity_of(connection, partner_id)]
    }
    return {
        row.agreement_id: SupportPlaces(
            row.accompaniment_places,
            row.accompaniment_used or 0,
            by_contract.get(row.agreement_id, frozenset()),
            by_choice.get(row.agreement_id, frozenset()),
            full[row.partner_id],
        )
        for row in agreements
    }


def _by_choice(connection: sa.Connection, agreement_ids: Collection[str]) -> Households:
    """Households that a plan, or a support asked for in their own home, gives a place to."""
    found: dict[str, set[str]] = defaultdict(set)
    plans = sa.select(plan.c.agreement_id, plan.c.application_id, plan.c.plan_id).where(
        plan.c.agreement_id.in_(agreement_ids), plan.c.state.in_(sorted(HOLDS_A_PLACE))
    )
    for row in connection.execute(plans):
        # Who is not registered yet has a place all the same.
        found[row.agreement_id].add(row.application_id or row.plan_id)
    later = occupancy_act.alias("later")
    started = (
        sa.select(occupancy_act.c.agreement_id, occupancy.c.application_id)
        .join_from(occupancy, occupancy_act)
        .where(
            occupancy.c.status == BY_CHOICE,
            occupancy_act.c.act == "start_support",
            occupancy_act.c.agreement_id.in_(agreement_ids),
            ~sa.exists().where(
                later.c.occupancy_id == occupancy_act.c.occupancy_id,
                later.c.act == "start_support",
                later.c.sequence > occupancy_act.c.sequence,
            ),
        )
    )
    for agreement_id, household in connection.execute(started):
        found[str(agreement_id)].add(household)
    return {name: frozenset(households) for name, households in found.items()}
