"""The ledger: what the committee decided since the first of January."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure, pick, shares
from scenarios.synthetic.sizes import Sizes
from scenarios.synthetic.stock import SOCIAL, Stock
from scenarios.synthetic.vacancies import ORIGINS, VACATED, Free

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
_MONTHS = 12
_TUESDAY = 1


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
    origin = np.array([ORIGINS.index(name) for name in among])[
        pick(streams.uniforms("origin in the ledger", entities), among)
    ]
    transfer_share = figure("generator.ledger.transfer_share_of_vacated")
    is_transfer = (origin == VACATED) & (
        streams.uniforms("transfer in the ledger", entities) < transfer_share
    )
    agreement = _seats_used(
        streams, entities, is_transfer, seats=seats, elapsed=len(months) / _MONTHS
    )
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
