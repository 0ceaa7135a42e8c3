"""This month's vacancies, and the present homes of those who ask for a transfer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.applications import (
    CONVENIENCE,
    OVER_OCCUPATION,
    UNDER_OCCUPATION,
    Wishes,
)
from scenarios.synthetic.calibration import figure, pick, shares
from scenarios.synthetic.sizes import Sizes
from scenarios.synthetic.stock import (
    ADAPTED,
    BALANCE_RENT,
    ORDINARY,
    PARTNER_LEASE,
    SOCIAL,
    Stock,
)

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]

VACATED, NEW, RENOVATED = range(3)
ORIGINS = ("vacated", "new", "renovated")
FEWEST_FOR_EVERY_CASE = 20
_NO_DATE = np.datetime64("NaT", "D")


@dataclass(frozen=True, eq=False)
class Vacancies:
    """Dwellings of the month: positions in the stock, origin, dates; one element per vacancy."""

    dwelling: Int
    origin: Int
    vacated_on: Days
    available_on: Days


class Free:
    """Dwellings not yet used by anything, picked in a drawn order so that none serves twice."""

    def __init__(self, streams: Streams, stock: Stock) -> None:
        self.order = np.argsort(
            streams.uniforms("order of dwellings", np.arange(len(stock))), kind="stable"
        )
        self.is_free = np.ones(len(stock), dtype=np.bool_)

    def take(self, among: Flags, n: int) -> Int:
        """Up to ``n`` free dwellings among those marked, in the drawn order."""
        found = self.order[(self.is_free & among)[self.order]][:n]
        self.is_free[found] = False
        return found


def draw_vacancies(streams: Streams, stock: Stock, free: Free, *, sizes: Sizes) -> Vacancies:
    """
    Draw the vacancies of the month, company by company, among social dwellings.

    From twenty vacancies on, the largest company also shows every case: an adapted dwelling,
    two designed for over 65, one let to a partner, one at balance rent (``at_least``).
    """
    wanted = list(sizes.vacancies)
    forced: list[Int] = []
    if sum(wanted) >= FEWEST_FOR_EVERY_CASE:
        largest = int(np.argmax(wanted))
        forced = _forced(stock, free, company=largest)
        wanted[largest] = max(0, wanted[largest] - sum(len(f) for f in forced))
    plain = [
        free.take((stock.company == idx) & (stock.regime == SOCIAL), n)
        for idx, n in enumerate(wanted)
    ]
    dwelling = np.sort(np.concatenate([*forced, *plain]))
    among = shares("generator.vacancies.origin_share")
    origin = np.array([ORIGINS.index(name) for name in among])[
        pick(streams.uniforms("origin of the vacancy", dwelling), among)
    ]
    available, vacated = _entry_dates(streams, dwelling, origin, on=sizes.on)
    return Vacancies(dwelling, origin, vacated, available)


def _forced(stock: Stock, free: Free, *, company: int) -> list[Int]:
    here = stock.company == company
    at_least = figure("generator.vacancies.at_least")
    social = here & (stock.regime == SOCIAL)
    return [
        free.take(social & (stock.accessibility == ADAPTED), at_least["adapted"]),
        free.take(social & stock.designed_for_over_65, at_least["over_65"]),
        free.take(here & (stock.regime == PARTNER_LEASE), at_least["partner_lease"]),
        free.take(here & (stock.regime == BALANCE_RENT), at_least["balance_rent"]),
    ]


def _entry_dates(streams: Streams, dwelling: Int, origin: Int, *, on: date) -> tuple[Days, Days]:
    """When the next tenant may enter, and when the last one left (never, for new dwellings)."""
    drawn = streams.uniforms("entry", dwelling, width=2)
    low, high = figure("generator.vacancies.days_before_entry")
    available = np.datetime64(on, "D") + np.floor(low + drawn[:, 0] * (high - low)).astype(
        "timedelta64[D]"
    )
    ready, works = figure("flows.days_relet_ready"), figure("flows.days_relet_works")
    usual = np.where(origin == RENOVATED, works, ready)
    empty = np.ceil(usual * (0.5 + drawn[:, 1])).astype("timedelta64[D]")
    return available, np.where(origin == NEW, _NO_DATE, available - empty)


def ordinary_vacancies(stock: Stock, vacancies: Vacancies) -> Int:
    """Positions of the vacancies open to every household, the smallest first."""
    dwelling = vacancies.dwelling
    is_ordinary = (
        (stock.regime[dwelling] == SOCIAL)
        & (stock.accessibility[dwelling] == ORDINARY)
        & ~stock.designed_for_over_65[dwelling]
    )
    order = np.lexsort((dwelling, stock.bedrooms[dwelling]))
    found: Int = order[is_ordinary[order]]
    return found


def homes_of_transfers(
    stock: Stock, free: Free, *, wishes: Wishes, company: Int
) -> tuple[Int, Int]:
    """
    A present dwelling for every transfer, in line with its nature.

    Returns
    -------
    tuple
        Position of the dwelling (-1 outside transfers, or when the company has none left), and
        the nature: a transfer whose dwelling turned out of the right size asks by convenience.

    Shapes
    ------
    company : (n,), position of each application's company; results : (n,)
    """
    home = np.full(len(company), -1, dtype=np.int64)
    nature = wishes.nature.copy()
    shift = np.zeros(len(company), dtype=np.int64)
    shift[nature == UNDER_OCCUPATION], shift[nature == OVER_OCCUPATION] = 1, -1
    wanted = np.where(wishes.is_transfer, wishes.rooms + shift, 0)
    for idx in np.unique(company[wishes.is_transfer]).tolist():
        here = wishes.is_transfer & (company == idx)
        for rooms in np.unique(wanted[here]).tolist():
            rows = np.flatnonzero(here & (wanted == rooms))
            found = free.take((stock.company == idx) & (stock.bedrooms == rooms), len(rows))
            home[rows[: len(found)]] = found
            rest = rows[len(found) :]
            other = free.take((stock.company == idx) & (stock.regime == SOCIAL), len(rest))
            home[rest[: len(other)]] = other
            nature[rest] = CONVENIENCE
    return home, nature
