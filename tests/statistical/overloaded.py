"""
Overloaded lists of theory before the product's committee.

Candidates and dwellings come as in a fluid: evenly, as many as their rates say, and patience is
spread evenly over its distribution from a point drawn by the streams. Everything that decides is
the product's: ``scenarios.committee.Committee`` (order, line, rounds, seats of the quotas, exact
matching), its ledger, the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from allocation.model import TABLE_BY_NAME, Forecast, QuotaRule
from allocation.model.proposal import Vacancy
from allocation.ranking import POINTS_TIER, Demand
from scenarios.assessed import Assessed
from scenarios.committee import Committee, Entry, Ledger, opened_quotas
from scenarios.kernel import Kernel
from scenarios.policy import Policy
from scenarios.population import DAYS_OF_A_YEAR, Population
from scenarios.streams import streams
from scenarios.wanted import Wanted
from tests.small_worlds import RULEBOOK

START = int(np.datetime64("2030-01-01", "D").astype(np.int64))
EVERY = 10  # days between two committees
EVENLY = (5**0.5 - 1) / 2  # steps of this part of a circle leave no gap in it
POINT = 1000  # points of the list for one point of theory and a day

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Class:
    """
    One class of candidates.

    ``rate`` a year; ``pools`` it accepts; ``base``, points on arrival; ``slope``, points a year;
    ``wait``, years that theory says (where the run starts); ``category``, of income.
    """

    rate: float
    wait: float
    pools: tuple[str, ...] = ("A",)
    base: float = 0.0
    slope: float = 0.0
    category: int = 3


@dataclass
class Lists:
    """
    A list near its steady state, followed for some years.

    ``pools``: dwellings a year by pool. ``theta``: rate of giving up, a year.
    """

    classes: Sequence[Class]
    pools: Mapping[str, float]
    theta: float
    quotas: tuple[QuotaRule, ...] = ()
    years: int = 20
    seed: int = 1
    served: list[tuple[int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw who comes; everybody there who should be."""
        self._draw()
        n = len(self.arrives)
        self.points = np.zeros(n, dtype=np.int64)
        self.housed = np.zeros(n, dtype=np.bool_)
        self.policy = Policy("arm", quotas=self.quotas)
        self.committee = Committee(
            self._population(), self._assessed(), RULEBOOK, self.policy, "sambr-habitat", "draw"
        )
        first = self.committee.meeting(_date(START), None)
        self.ledger = Ledger(
            opened_quotas(self.policy, RULEBOOK, first, (0,) * len(self.quotas)),
            counts_derogations=True,
        )
        self.ledger.open_year(first.meeting_on.year, (0,) * len(self.quotas))
        self.kernel = Kernel(now=START)
        self.due = dict.fromkeys(self.pools, 0.0)
        self.n_let = dict.fromkeys(self.pools, 0)

    def run(self) -> None:
        """Hold every committee."""
        end = START + round(self.years * DAYS_OF_A_YEAR)
        for day in range(START, end, EVERY):
            self.kernel.at(day, "sits")
        self.kernel.run(lambda name: getattr(self, name), end)

    def sits(self) -> None:
        """One committee; the dwellings nobody takes are lost."""
        day = int(self.kernel.now)
        vacancies = self._vacancies(day)
        waiting = np.flatnonzero((self.arrives <= day) & (self.leaves > day) & ~self.housed)
        age = day - self.arrives[waiting]
        self.points[waiting] = self.base[waiting] + self.slope[waiting] * age
        on = _date(day)
        if on.year != self.ledger.year:
            self.ledger.open_year(on.year, (0,) * len(self.quotas))
        total = round(sum(self.pools.values()))
        sitting = self.committee.sit(
            self.committee.meeting(on, Forecast(total, total, date(on.year, 1, 1), "theory")),
            households=waiting,
            rows=waiting,
            vacancies=vacancies,
            presented={},
            quotas=self.ledger.opened({}),
        )
        place = {v.dwelling_id: v.nis5 for v in vacancies}
        for dwelling, name in sorted(sitting.offers().items()):
            h, pool = self.committee.position[name], place[dwelling]
            self.housed[h] = True
            self.served.append((h, day, pool))
            category = self.classes[self.kind[h]].category
            self.ledger.enter(
                on, dwelling, Entry(category, POINTS_TIER, pool, "vacated", "list", "")
            )

    def waits(self, after: float = 0.25) -> list[float]:
        """Mean wait of each class, in years, of those housed after a share of the run."""
        rows = self._seen(after)
        found = []
        for k in range(len(self.classes)):
            days = [day - self.arrives[h] for h, day, _ in rows if self.kind[h] == k]
            found.append(float(np.mean(days)) / DAYS_OF_A_YEAR)
        return found

    def flows(self, after: float = 0.25) -> dict[tuple[int, str], float]:
        """Lettings a year by class and pool."""
        years = self.years * (1 - after)
        found: dict[tuple[int, str], float] = {}
        for h, _, pool in self._seen(after):
            key = int(self.kind[h]), pool
            found[key] = found.get(key, 0.0) + 1 / years
        return found

    def _seen(self, after: float) -> list[tuple[int, int, str]]:
        first = START + after * self.years * DAYS_OF_A_YEAR
        return [row for row in self.served if row[1] > first]

    def _draw(self) -> None:
        drawn = streams(self.seed).under("overloaded")
        came = []
        for one in self.classes:
            gap = DAYS_OF_A_YEAR / one.rate
            first = START - one.wait * DAYS_OF_A_YEAR
            came.append(np.arange(first, START + self.years * DAYS_OF_A_YEAR, gap))
        arrives = np.concatenate(came)
        self.kind = np.repeat(np.arange(len(came)), [len(c) for c in came])
        starts = drawn.uniforms("patience", np.arange(len(came)))[self.kind]
        u = (starts + EVENLY * np.arange(len(arrives))) % 1
        patience = -np.log1p(-u) / self.theta * DAYS_OF_A_YEAR
        self.leaves = np.ceil(arrives + patience).astype(np.int64)
        self.arrives = arrives.astype(np.int64)
        of = [(one.base * POINT * DAYS_OF_A_YEAR, one.slope * POINT) for one in self.classes]
        self.base = np.array([b for b, _ in of]).astype(np.int64)[self.kind]
        self.slope = np.array([s for _, s in of]).astype(np.int64)[self.kind]

    def _population(self) -> Population:
        n = len(self.arrives)
        schema = TABLE_BY_NAME["applications"].columns
        identifiers = np.array([f"H{i:07d}" for i in range(n)], dtype=object)
        never = np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
        candidate = TABLE_BY_NAME["applications"].column("list").choices.index("candidate")
        columns: dict[str, Any] = {
            "application_id": identifiers,
            "list": np.full(n, candidate, dtype=np.int8),
            "transfer_nature": np.full(n, -1, dtype=np.int8),
            "transfer_requested_on": never,
            "appeal_won_on": never,
            "registered_on": self.arrives.astype("datetime64[D]"),
        }
        assert columns.keys() <= {c.name for c in schema}
        return cast(Population, _Listed(identifiers, columns))

    def _assessed(self) -> Assessed:
        n, none = len(self.arrives), np.zeros(0, dtype=np.int64)
        places = {pool: i for i, pool in enumerate(self.pools)}
        demands = tuple(
            Demand(1, "any", False, False, False, tuple((p, "") for p in one.pools), ())
            for one in self.classes
        )
        chosen = np.array([[p in one.pools for p in places] for one in self.classes])
        marks = np.zeros(len(demands), dtype=np.bool_)
        wanted = Wanted(
            demands,
            of=self.kind,
            bedrooms=np.ones(n, dtype=np.int64),
            chosen=chosen[self.kind],
            places=places,
            is_disabled=marks,
            is_over_65=marks,
        )
        category = np.array([one.category for one in self.classes])[self.kind]
        values = {"points": self.points, "income_category": category}
        return Assessed(none, none, none, values, wanted)

    def _vacancies(self, day: int) -> list[Vacancy]:
        found = []
        for pool, rate in self.pools.items():
            self.due[pool] += rate * EVERY / DAYS_OF_A_YEAR
            while self.due[pool] >= 1:
                self.due[pool] -= 1
                self.n_let[pool] += 1
                name = f"{pool}{self.n_let[pool]:06d}"
                found.append(
                    Vacancy(name, pool, "", "flat", 1, "ordinary", False, "", "vacated", _date(day))
                )
        return found


@dataclass(frozen=True)
class _Listed:
    """The part of a population that a committee looks at."""

    identifiers: npt.NDArray[np.object_]
    applications: dict[str, Any]

    def __len__(self) -> int:
        return len(self.identifiers)


def _date(day: int) -> date:
    found: date = np.datetime64(day, "D").astype(object)
    return found
