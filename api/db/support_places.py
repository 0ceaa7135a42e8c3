"""The stays whose contract takes a place of support, as a snapshot of the register counts them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import sqlalchemy as sa

from allocation.accompaniment.support_places import BY_CONTRACT
from allocation.model import MISSING_INTEGER, Table
from api.db.tables.occupancies import occupancy

Households = Mapping[str, frozenset[str]]


def stays_by_agreement(connection: sa.Connection, agreement_ids: Collection[str]) -> Households:
    """Households that live today under each agreement by such a contract."""
    query = sa.select(occupancy.c.agreement_id, occupancy.c.application_id).where(
        occupancy.c.agreement_id.in_(agreement_ids), occupancy.c.status.in_(BY_CONTRACT)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        found[row.agreement_id].add(row.application_id)
    return {name: frozenset(households) for name, households in found.items()}


def with_places_in_use(connection: sa.Connection, agreements: Table) -> Table:
    """
    The agreements of a snapshot with the places in use today, those of stays known here included.

    An agreement that promises no place is left as it is.
    """
    names = [str(name) for name in agreements["agreement_id"].tolist()]
    stays = stays_by_agreement(connection, names)
    used = agreements["accompaniment_used"].copy()
    for idx, name in enumerate(names):
        if stays.get(name) and agreements["accompaniment_places"][idx] != MISSING_INTEGER:
            known = 0 if used[idx] == MISSING_INTEGER else used[idx]
            used[idx] = known + np.int64(len(stays[name]))
    used.flags.writeable = False
    return replace(agreements, columns={**agreements.columns, "accompaniment_used": used})
