"""The figures a simulation leans on, each with its status and range, as a study may set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios.streams import Streams
from scenarios.synthetic.calibration import Figure, figure, figures

ASSUMED = ("assumed", "unverified")

# What moves a simulation, by the name used in studies. Everything else in the calibration sets
# the population and the stock at the start.
USED = (
    "demand.registrations_per_candidate_per_year",
    "demand.strike_offs_per_year",
    "demand.seasonality",
    "flows.refusal_rate_per_offer",
    "flows.days_to_answer_offer",
    "flows.days_relet_ready",
    "flows.days_relet_works",
    "flows.share_needing_works",
    "flows.eviction_rate",
    "flows.share_transfers",
    "stock.new_dwellings_per_year",
    "stock.sales_per_year",
    "stock.transit_dwellings",
    "stock.integration_dwellings",
    "bridges.transit_lease_months",
    "bridges.insertion_lease_years",
    "bridges.sliding_lease_success",
    "accompaniment.effect_on_eviction",
    "accompaniment.effect_on_early_exit",
    "generator.vacancies.turnover_rate",
)
# Effects that science knows as a range only: drawn anew in every replication, never a constant.
DRAWN = ("accompaniment.effect_on_eviction", "accompaniment.effect_on_early_exit")


def names() -> tuple[str, ...]:
    """Names of the figures a study may set, sorted."""
    mine = [key for key in figures() if key.startswith("simulator.")]
    return tuple(sorted((*USED, *mine)))


@dataclass(frozen=True)
class Parameters:
    """Values by name: those of the calibration unless an arm or a sensitivity run sets them."""

    changed: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.changed[key] if key in self.changed else figure(key)

    def with_drawn(self, streams: Streams) -> Parameters:
        """The same with the effects known as a range drawn from it, unless they were set."""
        found = dict(self.changed)
        for key in DRAWN:
            if key not in found:
                low, high = figures()[key].range
                found[key] = low + (high - low) * float(streams.of(key).random())
        return Parameters(found)


def assumed() -> tuple[Figure, ...]:
    """The figures used that rest on no source."""
    return tuple(figures()[key] for key in names() if figures()[key].status in ASSUMED)
