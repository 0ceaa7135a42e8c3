"""The one order: who takes part, in which order, and which dwellings each may have."""

from allocation.ranking.acceptance import (
    Cost,
    Demand,
    DwellingType,
    accepted_types,
    demands,
    dwelling_types,
    is_in_force,
    points_list_regimes,
    presentations,
    vacant_dwellings,
)
from allocation.ranking.order import POINTS_TIER, TRANSFER_TIER, Order, Ranking, draw, rank
from allocation.ranking.participants import participants

__all__ = [
    "POINTS_TIER",
    "TRANSFER_TIER",
    "Cost",
    "Demand",
    "DwellingType",
    "Order",
    "Ranking",
    "accepted_types",
    "demands",
    "draw",
    "dwelling_types",
    "is_in_force",
    "participants",
    "points_list_regimes",
    "presentations",
    "rank",
    "vacant_dwellings",
]
