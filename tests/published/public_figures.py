"""
Simulated margins beside public figures: which ones the simulator meets, and which it misses.

Some companies, on invented registers, without any change of policy but the convention the
calibration assumes; the first years left out. Figures of the Region are in proportion to the
stock, those of its lists in proportion to the candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from allocation.territory import companies
from scenarios.estimates import estimate
from scenarios.measures import values
from scenarios.observed import Observed, together
from scenarios.policy import Bridge, Policy
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.record import STRUCK
from scenarios.replication import Task, candidates_of, run_task
from scenarios.study import legal_quotas
from scenarios.synthetic.calibration import figure, figures

ALONE = "sambr-habitat"  # figures of its own are published
COMPANIES = (ALONE, "logis-saint-ghislainois", "haut-escaut")
START, END, WARM_UP = date(2026, 12, 31), date(2034, 12, 31), 3 * 365
N_REPLICATIONS = 6
LEFT = 5
WITHOUT_RANGE = 0.10  # a public figure without a range is met within this part of it

INPUT, FOLLOWS, TEST, ASSUMED = "input", "follows", "test", "assumed"
# What was put in, what follows from it in part, what was not used, what is compared with a guess.


@dataclass(frozen=True)
class Margin:
    """
    One public figure and what is compared with it.

    ``key``: in the calibration; ``role``: ``INPUT``, ``FOLLOWS``, ``TEST`` or ``ASSUMED``.
    ``public``, ``span``: the figure and its range when the calibration holds them elsewhere.
    """

    name: str
    key: str
    role: str
    compute: Callable[[Run], float]
    digits: int = 0
    public: float | None = None
    span: tuple[float, float] | None = None

    @property
    def value(self) -> float:
        """The public figure."""
        return float(figure(self.key)) if self.public is None else self.public

    @property
    def bounds(self) -> tuple[float, float]:
        """What counts as met."""
        if self.span is not None:
            return self.span
        found = figures()[self.key].range if self.public is None else ()
        if found:
            return found[0], found[1]
        low, high = sorted((self.value * (1 - WITHOUT_RANGE), self.value * (1 + WITHOUT_RANGE)))
        return low, high


class Run:
    """One replication: the companies together, one alone."""

    def __init__(self, parts: Mapping[str, Observed]) -> None:
        self.all, self.alone = together([parts[c] for c in COMPANIES]), parts[ALONE]
        self.measures = values(self.all, WARM_UP)
        self.of_one = values(self.alone, WARM_UP)
        self.stock = sum(companies()[c].stock for c in COMPANIES)

    def region(self, n: float) -> float:
        """A number of these companies, for the whole stock."""
        return n * float(figure("stock.dwellings_managed")) / self.stock

    def all_lists(self, n: float) -> float:
        """A number of the lists of these companies, for the candidates of the Region."""
        own = sum(candidates_of(companies()[c]) for c in COMPANIES)
        return n * float(figure("demand.candidates")) / own

    def years(self) -> float:
        """Years counted."""
        return (self.all.end - self.first) / DAYS_OF_A_YEAR

    @property
    def first(self) -> int:
        """The day counting begins."""
        return self.all.start + WARM_UP

    def arrivals(self, seen: Observed) -> float:
        """New candidates a year, transfers left out."""
        h = seen.households
        came = (h["arrives"] > self.first) & (h["is_transfer"] == 0)
        return float(came.sum()) / self.years()

    def departures(self) -> float:
        """Candidates who leave or are struck off a year."""
        h = self.all.households
        gone = np.isin(h["how"], (LEFT, STRUCK)) & (h["ends"] > self.first)
        return float((gone & (h["is_transfer"] == 0)).sum()) / self.years()

    def growth(self) -> float:
        """Growth of the register, a year."""
        h = self.all.households
        sizes = [
            float(((h["arrives"] <= day) & (h["ends"] > day)).sum())
            for day in (self.first, self.all.end - 1)
        ]
        return float((sizes[1] / sizes[0]) ** (1 / self.years()) - 1)

    def vacant(self) -> float:
        """Share of the stock that waits for a tenant: lettings times days, per day and dwelling."""
        days = self.measures["vacancy.days"] * self.measures["lettings.number"]
        return float(days / DAYS_OF_A_YEAR / self.stock)

    def evictions(self) -> float:
        """Evictions a year, from the first day on."""
        whole = (self.all.end - self.all.start) / DAYS_OF_A_YEAR
        return float(self.all.counts["evictions"]) / whole

    def exits_to_social(self) -> float:
        """Stays in transit that end in social housing, of all that end."""
        s = self.all.stays
        ended = (s["is_transit"] == 1) & (s["ended"] > self.first)
        return float((s["out_by"][ended] == 1).mean())


MARGINS = (
    Margin(
        "attributions par an (Région)",
        "flows.attributions_per_year",
        FOLLOWS,
        lambda r: r.region(r.measures["lettings.number"]),
    ),
    Margin(
        "logements reloués par an / parc",
        "flows.turnover_rate",
        INPUT,
        lambda r: r.measures["lettings.number"] / r.stock,
        4,
    ),
    Margin(
        "Sambr'Habitat : nouveaux locataires par an",
        "flows.turnover_rate_recent_example",
        TEST,
        lambda r: r.of_one["lettings.number"],
        public=71.0,
    ),
    Margin(
        "Sambr'Habitat : inscriptions par mois",
        "demand.new_registrations_per_year",
        TEST,
        lambda r: r.arrivals(r.alone) / 12,
        1,
        public=20.0,
        span=(15.0, 25.0),
    ),
    Margin(
        "inscriptions par an (Région)",
        "demand.new_registrations_per_year",
        INPUT,
        lambda r: r.all_lists(r.arrivals(r.all)),
    ),
    Margin(
        "radiations et départs par an (Région)",
        "demand.strike_offs_per_year",
        INPUT,
        lambda r: r.all_lists(r.departures()),
    ),
    Margin(
        "croissance du registre, par an", "demand.candidates_trend", TEST, lambda r: r.growth(), 4
    ),
    Margin("parc vacant (part)", "stock.vacant_share", TEST, lambda r: r.vacant(), 4),
    Margin(
        "offres refusées (part)",
        "flows.refusal_rate_per_offer",
        INPUT,
        lambda r: r.measures["offers.refused"],
        3,
    ),
    Margin(
        "offres par attribution",
        "flows.offers_per_letting",
        FOLLOWS,
        lambda r: r.measures["offers.per_letting"],
        2,
    ),
    Margin(
        "expulsions par an (Région)",
        "flows.evictions_executed",
        FOLLOWS,
        lambda r: r.region(r.evictions()),
        public=433.0,
        span=(433.0, 561.0),
    ),
    Margin(
        "mutations (part des attributions)",
        "flows.share_transfers",
        ASSUMED,
        lambda r: r.measures["transfers.housed"] / r.measures["lettings.number"],
        3,
    ),
    Margin(
        "transit : occupation",
        "bridges.transit_occupancy",
        ASSUMED,
        lambda r: r.measures["transit.occupancy"],
        3,
    ),
    Margin(
        "transit : sorties vers un logement social",
        "bridges.transit_exit_to_social_housing",
        ASSUMED,
        lambda r: r.exits_to_social(),
        3,
    ),
)


def simulate(numbers: Sequence[int]) -> list[Run]:
    """Replications of the companies."""
    share = Fraction(str(figure("bridges.attributions_by_convention_share")))
    bridge = Bridge("convention", ("transit", "insertion", "homeless"), share=share)
    policy = Policy("status-quo", quotas=legal_quotas(), bridges=(bridge,))
    tasks = [Task("public figures", START, END, COMPANIES, (n,), (policy,)) for n in numbers]
    return [Run({part.slsp_id: part.seen for part in run_task(task)}) for task in tasks]


def compute(n: int = N_REPLICATIONS) -> dict[str, list[float]]:
    """Every margin, one value per replication."""
    runs = simulate(range(n))
    return {m.name: [round(float(m.compute(run)), 6) for run in runs] for m in MARGINS}


_ROLES = {
    INPUT: "entrée : pas un test",
    FOLLOWS: "suit d'entrées : à peine un test",
    TEST: "non utilisé : un test",
    ASSUMED: "comparé à une supposition",
}
_STATUS = {
    "verified": "vérifié",
    "secondary": "seconde main",
    "derived": "calculé",
    "assumed": "supposé",
}


def rows(
    results: Mapping[str, Sequence[float]], told: Callable[[float, int], str]
) -> list[tuple[str, ...]]:
    """One row a margin: public figure, simulated value with interval, what it is, met or missed."""
    lines = []
    for m in MARGINS:
        found, (low, high) = estimate(results[m.name]), m.bounds
        is_met = found.high >= low and found.low <= high
        lines.append(
            (
                m.name,
                told(m.value, m.digits),
                f"{told(low, m.digits)} à {told(high, m.digits)}",
                _STATUS[figures()[m.key].status],
                f"{told(found.mean, m.digits)} ± {told(found.half_width, m.digits)}",
                _ROLES[m.role],
                "atteint" if is_met else "**manqué**",
            )
        )
    return lines
