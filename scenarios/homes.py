"""
The dwellings of a company in time: tenancies, works, sales, new dwellings.

How long the k-th tenancy of a dwelling lasts, whether works follow and whether it is then sold
are drawn for that dwelling and that number: two arms meet the same vacancies as long as the same
dwellings are let.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil, log1p

import numpy as np

from allocation.model import TABLE_BY_NAME
from allocation.model.proposal import Vacancy
from scenarios.parameters import Parameters
from scenarios.population import DAYS_OF_A_YEAR, Place
from scenarios.start import Start
from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure
from scenarios.synthetic.stock import SOCIAL, Stock, draw_stock

# Occupants who are not households of the run: tenants there from the start.
EMPTY, SOMEBODY = -1, -2
_WIDTH = 8
_KINDS = TABLE_BY_NAME["dwellings"].column("kind").choices
_ACCESS = TABLE_BY_NAME["dwellings"].column("accessibility").choices
_NEW = 1 << 40


@dataclass(frozen=True)
class Vacant:
    """A dwelling to let: when it was left, when it can be entered, where it comes from."""

    vacancy: Vacancy
    vacated: int
    available: int


@dataclass
class Homes:
    """
    State of the stock.

    ``occupant``: household, ``SOMEBODY`` or ``EMPTY``. ``turn``: number of the tenancy, or of
    the next one. ``vacant``: dwelling -> what is to let. ``n_gone``: sold. ``vacant_days``:
    days without a tenant so far, of those let again.
    """

    stock: Stock
    place: Place
    streams: Streams
    parameters: Parameters
    built: list[int]
    occupant: list[int]
    turn: list[int]
    vacant: dict[int, Vacant] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    position: dict[str, int] = field(default_factory=dict)

    @staticmethod
    def of(
        streams: Streams, place: Place, parameters: Parameters, start: Start | None = None
    ) -> Homes:
        """
        The stock at the start, every social dwelling let; those built during the run after.

        With ``start`` its dwellings come first, those it has to let are empty; others are drawn
        only for what the company manages and its register does not hold.
        """
        old = draw_stock(streams.under("stock"), (place.company,))
        if start is not None:
            old = _stock_of([start.homes, old.part(len(start.homes))])
        built = _new_dwellings(streams, place, parameters)
        parts = [old]
        if built:
            company = replace(place.company, stock=len(built))
            parts.append(draw_stock(streams.under("new dwellings"), (company,)))
        stock, n = _stock_of(parts), len(old)
        homes = Homes(
            stock=stock,
            place=place,
            streams=streams,
            parameters=parameters,
            built=built,
            occupant=[SOMEBODY] * n + [EMPTY] * len(built),
            turn=[0] * len(stock),
        )
        homes.position = {homes.name(d): d for d in range(len(stock))}
        homes.is_social = (stock.regime == SOCIAL).tolist()
        entities = np.arange(len(stock))
        drawn = streams.uniforms("tenancy", entities, width=2 * _WIDTH)
        homes.lengths = -np.log1p(-drawn)
        homes.after = streams.uniforms("after a tenancy", entities, width=3 * _WIDTH)
        homes._facts()
        for dwelling, left, ready, origin in start.to_let if start is not None else ():
            homes.occupant[dwelling] = EMPTY
            homes._to_let(dwelling, left, ready, origin)
        return homes

    lengths: np.ndarray = field(init=False, repr=False)
    after: np.ndarray = field(init=False, repr=False)
    is_social: list[bool] = field(init=False, repr=False)

    def _facts(self) -> None:
        """What is asked for every vacancy, as plain values."""
        stock, p = self.stock, self.parameters
        self.nis5 = stock.nis5.tolist()
        self.section = stock.section_id.tolist()
        self.kind = [_KINDS[k] for k in stock.kind.tolist()]
        self.bedrooms = stock.bedrooms.tolist()
        self.access = [_ACCESS[a] for a in stock.accessibility.tolist()]
        self.over_65 = stock.designed_for_over_65.tolist()
        turnover = p["generator.vacancies.turnover_rate"] * (1 - p["flows.share_transfers"])
        self.eviction_rate = p["flows.eviction_rate"] / DAYS_OF_A_YEAR
        self.leaving_rate = turnover / DAYS_OF_A_YEAR - self.eviction_rate
        # Sales happen between two tenancies.
        stock_total = figure("stock.dwellings_managed")
        sold = p["stock.sales_per_year"] / stock_total
        self.sold_share = min(1.0, sold / p["generator.vacancies.turnover_rate"])

    @property
    def n_start(self) -> int:
        """Dwellings at the start."""
        return len(self.occupant) - len(self.built)

    def name(self, dwelling: int) -> str:
        """Identifier of a dwelling."""
        return f"{self.place.tag}D{dwelling:06d}"

    def tenancy_ends(
        self,
        dwelling: int,
        begins: int,
        *,
        followed_days: float = 0.0,
        effects: tuple[float, float] = (1.0, 1.0),
    ) -> tuple[int, str]:
        """
        Day and reason of the end of the tenancy now beginning.

        While the household is followed (``followed_days``) the hazards of eviction and of an
        early exit are multiplied by ``effects``.
        """
        turn = self.turn[dwelling]
        k = turn % _WIDTH
        evicted = _reached(
            self.lengths[dwelling, 2 * k], self.eviction_rate, effects[0], followed_days
        )
        left = _reached(
            self.lengths[dwelling, 2 * k + 1], self.leaving_rate, effects[1], followed_days
        )
        first = min(evicted, left)
        return begins + max(1, ceil(first)), "eviction" if evicted < left else "left"

    def leave(self, dwelling: int, day: int) -> Vacant | None:
        """A tenant leaves: the dwelling is sold (``None``) or will be to let again."""
        k = self.turn[dwelling] % _WIDTH
        sold, works, length = self.after[dwelling, 3 * k : 3 * k + 3]
        self.turn[dwelling] += 1
        self.occupant[dwelling] = EMPTY
        if sold < self.sold_share:
            self.gone.add(dwelling)
            return None
        p = self.parameters
        needs_works = works < p["flows.share_needing_works"]
        usual = p["flows.days_relet_works"] if needs_works else p["flows.days_relet_ready"]
        available = day + ceil(usual * (0.5 + length))
        return self._to_let(dwelling, day, available, "renovated" if needs_works else "vacated")

    def open_new(self, dwelling: int, day: int) -> Vacant:
        """A dwelling just built is to let."""
        return self._to_let(dwelling, day, day, "new")

    def _to_let(self, dwelling: int, vacated: int, available: int, origin: str) -> Vacant:
        on: date = np.datetime64(available, "D").astype(object)
        vacancy = Vacancy(
            self.name(dwelling),
            self.nis5[dwelling],
            self.section[dwelling],
            self.kind[dwelling],
            self.bedrooms[dwelling],
            self.access[dwelling],
            self.over_65[dwelling],
            "",
            origin,
            on,
        )
        self.vacant[dwelling] = Vacant(vacancy, vacated, available)
        return self.vacant[dwelling]

    def enter(self, dwelling: int, household: int) -> None:
        """A household moves in."""
        del self.vacant[dwelling]
        self.occupant[dwelling] = household

    def balance(self) -> tuple[int, int, int, int]:
        """Occupied, vacant, sold, not yet built: they make the stock of the run."""
        occupied = sum(o != EMPTY for o in self.occupant)
        return occupied, len(self.vacant), len(self.gone), len(self.occupant)


def _stock_of(parts: Sequence[Stock]) -> Stock:
    """Several stocks one after the other."""
    return Stock(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Stock.__dataclass_fields__
        )
    )


def _reached(target: float, rate: float, effect: float, followed: float) -> float:
    """Time at which a hazard, multiplied by ``effect`` at first, adds up to the target."""
    first = rate * effect * followed
    if target < first:
        return float(target / (rate * effect))
    return float(followed + (target - first) / rate)


def _new_dwellings(streams: Streams, place: Place, parameters: Parameters) -> list[int]:
    """Days on which new dwellings are ready, in order (the share of this company)."""
    total = figure("stock.dwellings_managed")
    rate = parameters["stock.new_dwellings_per_year"] * place.company.stock / total
    days: list[int] = []
    now, k = float(place.start_day), 0
    while rate > 0:
        drawn = float(streams.of("new dwelling", k).random())
        now += -log1p(-drawn) / rate * DAYS_OF_A_YEAR
        if now > place.end_day:
            break
        days.append(ceil(now))
        k += 1
    return days
