"""What moves in the stock: this month's vacancies, homes of transfers, the ledger, offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.applications import (
    ADMITTED,
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
    PARTNER_LEASE,
    SOCIAL,
    Stock,
)

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]

VACATED, NEW, RENOVATED = range(3)
_ORIGINS = ("vacated", "new", "renovated")
_FEWEST_VACANCIES_FOR_EVERY_CASE = 20
_REFERENCE_VACANCIES = 45
_NO_DATE = np.datetime64("NaT", "D")
_TUESDAY = 1


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
    if sum(wanted) >= _FEWEST_VACANCIES_FOR_EVERY_CASE:
        largest = int(np.argmax(wanted))
        forced = _forced(stock, free, company=largest)
        wanted[largest] = max(0, wanted[largest] - sum(len(f) for f in forced))
    plain = [
        free.take((stock.company == idx) & (stock.regime == SOCIAL), n)
        for idx, n in enumerate(wanted)
    ]
    dwelling = np.sort(np.concatenate([*forced, *plain]))
    among = shares("generator.vacancies.origin_share")
    origin = np.array([_ORIGINS.index(name) for name in among])[
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


@dataclass(frozen=True, eq=False)
class Ledger:
    """
    Allocations of the year before the meeting, one element each.

    ``agreement`` is a position in the agreements with seats, -1 without; ``is_transfer``,
    ``income_category`` (1 to 3), ``channel`` (code), ``origin`` as in ``Vacancies``.
    """

    decided_on: Days
    dwelling: Int
    is_transfer: Flags
    income_category: Int
    channel: npt.NDArray[np.object_]
    agreement: Int
    origin: Int


def draw_ledger(
    streams: Streams,
    stock: Stock,
    free: Free,
    *,
    sizes: Sizes,
    seats: Mapping[int, int],
) -> Ledger:
    """
    Draw the meetings of the year so far: one each month, on its first Tuesday.

    ``seats``: agreement (position) -> seats of the year; those due by now are mostly used.
    """
    n_month = sum(sizes.vacancies)
    months = np.arange(1, sizes.on.month)
    low, high = figure("generator.ledger.month_size")
    drawn = streams.uniforms("size of the month", months)
    counts = np.round(n_month * (low + drawn * (high - low))).astype(np.int64)
    days = np.array(
        [_first_tuesday(sizes.on.year, m) for m in months.tolist()], dtype="datetime64[D]"
    )
    dwelling = free.take(stock.regime == SOCIAL, int(counts.sum()))
    n = len(dwelling)
    entities = np.arange(n)
    decided = np.repeat(days, counts)[:n]
    among = shares("generator.vacancies.origin_share")
    origin = np.array([_ORIGINS.index(name) for name in among])[
        pick(streams.uniforms("origin in the ledger", entities), among)
    ]
    transfer_share = figure("generator.ledger.transfer_share_of_vacated")
    is_transfer = (origin == VACATED) & (
        streams.uniforms("transfer in the ledger", entities) < transfer_share
    )
    agreement = _seats_used(streams, entities, is_transfer, seats=seats, elapsed=len(months) / 12)
    return Ledger(
        decided_on=decided,
        dwelling=dwelling,
        is_transfer=is_transfer,
        income_category=1
        + pick(
            streams.uniforms("category in the ledger", entities),
            shares("generator.ledger.income_category_share"),
        ),
        channel=_channels(streams, entities, is_transfer=is_transfer, agreement=agreement),
        agreement=agreement,
        origin=origin,
    )


def _first_tuesday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_TUESDAY - first.weekday()) % 7)


def _seats_used(
    streams: Streams, entities: Int, is_transfer: Flags, *, seats: Mapping[int, int], elapsed: float
) -> Int:
    """Spread the used seats of each agreement over the allocations to candidates."""
    found = np.full(len(entities), -1, dtype=np.int64)
    pace = figure("generator.ledger.reserve_pace")
    order = np.argsort(
        np.where(is_transfer, 2.0, streams.uniforms("seat in the ledger", entities)), kind="stable"
    )[: int((~is_transfer).sum())]
    first = 0
    for agreement, n_seats in seats.items():
        used = int(n_seats * elapsed * pace)
        found[order[first : first + used]] = agreement
        first += used
    return found


def _channels(
    streams: Streams, entities: Int, *, is_transfer: Flags, agreement: Int
) -> npt.NDArray[np.object_]:
    among = shares("generator.ledger.channel_share")
    drawn = pick(streams.uniforms("channel in the ledger", entities), among)
    found = np.array(list(among), dtype=object)[drawn]
    found[agreement >= 0] = "reserve"
    found[is_transfer] = "transfer"
    return found


@dataclass(frozen=True, eq=False)
class Offers:
    """Offers since the last meeting; ``answer`` is a code, ``answered_on`` NaT while open."""

    household: Int
    dwelling: Int
    made_on: Days
    answer: npt.NDArray[np.object_]
    answered_on: Days


def draw_offers(
    streams: Streams,
    stock: Stock,
    free: Free,
    *,
    sizes: Sizes,
    wishes: Wishes,
    vacancies: Vacancies,
) -> Offers:
    """Draw refusals of the past months and the offers still open, one of them on a vacancy."""
    scale = sum(sizes.vacancies) / _REFERENCE_VACANCIES
    n_open = max(1, round(figure("generator.offers.open") * scale))
    answers = ["open"] * n_open
    for answer, count in figure("generator.offers.answered").items():
        answers += [answer] * round(count * scale)
    can_be_offered = (wishes.status == ADMITTED) & np.isnat(wishes.appeal_won_on)
    entities = np.arange(len(can_be_offered))
    keys = np.where(can_be_offered, streams.uniforms("offered", entities), 2.0)
    household = np.argsort(keys, kind="stable")[: min(len(answers), int(can_be_offered.sum()))]
    answers = answers[: len(household)]
    n_locked = _locked_vacancies(vacancies)
    social = vacancies.dwelling[stock.regime[vacancies.dwelling] == SOCIAL]
    dwelling = np.concatenate(
        [social[-n_locked:] if n_locked else social[:0],
         free.take(stock.regime == SOCIAL, len(household) - n_locked)]
    )  # fmt: skip
    n = min(len(household), len(dwelling))
    household, dwelling, answers = household[:n], dwelling[:n], answers[:n]
    is_open = np.array([answer == "open" for answer in answers], dtype=np.bool_)
    drawn = streams.uniforms("dates of the offer", household, width=2)
    today = np.datetime64(sizes.on, "D")
    age = np.where(is_open, 3 + drawn[:, 0] * 7, 30 + drawn[:, 0] * 250)
    made = np.maximum(
        today - np.ceil(age).astype("timedelta64[D]"), wishes.registered_on[household]
    )
    answered = made + np.ceil(drawn[:, 1] * figure("flows.days_to_answer_offer")).astype(
        "timedelta64[D]"
    )
    return Offers(
        household=household,
        dwelling=dwelling,
        made_on=made,
        answer=np.array(answers, dtype=object),
        answered_on=np.where(is_open, _NO_DATE, np.minimum(answered, today)),
    )


def _locked_vacancies(vacancies: Vacancies) -> int:
    if len(vacancies.dwelling) < _FEWEST_VACANCIES_FOR_EVERY_CASE:
        return 0
    found: int = figure("generator.offers.open_on_a_vacancy")
    return found
