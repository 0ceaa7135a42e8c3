"""The dwellings of a company: where, how large, of which kind, how accessible, at what rent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import numpy.typing as npt

from allocation.territory import Company, communes, sections
from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure, pick, shares
from scenarios.synthetic.choices import own_weights
from scenarios.synthetic.sizes import spread

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

HOUSE, FLAT = 0, 1
ORDINARY, ACCESSIBLE, ADAPTABLE, ADAPTED = range(4)
SOCIAL, BALANCE_RENT, TRANSIT, INSERTION, PARTNER_LEASE = range(5)
_CENTS = 100
_FITTING_STEPS = 40


@dataclass(frozen=True, eq=False)
class Stock:
    """
    Dwellings in columns, one element per dwelling.

    ``kind``, ``accessibility`` and ``regime`` are positions in the choices of the register's
    columns; ``company`` is a position in the list of companies.
    """

    company: Int
    nis5: Texts
    section_id: Texts
    kind: Int
    bedrooms: Int
    accessibility: Int
    designed_for_over_65: Flags
    floor: Int
    has_lift: Flags
    rent_cents: Int
    regime: Int

    def __len__(self) -> int:
        return len(self.company)

    def part(self, first: int) -> Stock:
        """The dwellings from that one on."""
        return Stock(*(getattr(self, name)[first:] for name in self.__dataclass_fields__))


def draw_stock(streams: Streams, companies: tuple[Company, ...]) -> Stock:
    """Draw the whole stock of the companies, company after company."""
    parts, first = [], 0
    for idx, company in enumerate(companies):
        entities = np.arange(first, first + company.stock)
        parts.append(_draw_one(streams, entities, company, company_idx=idx))
        first += company.stock
    return Stock(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Stock))
    )


def house_share(nis5: str) -> float:
    """
    Share of houses expected in a commune.

    The classes of ``stock.house_share_by_area`` are moved by one factor on their odds so that
    the estimated dwellings of the Region give ``stock.house_share``.
    """
    return _odds_moved(_share_by_area(nis5), _house_factor())


def _draw_one(streams: Streams, entities: Int, company: Company, *, company_idx: int) -> Stock:
    nis5, section_id = _addresses(streams, entities, company)
    by_commune = {n: house_share(n) for n in company.communes}
    is_house = streams.uniforms("house", entities) < np.array([by_commune[n] for n in nis5])
    bedrooms = _bedrooms(streams, entities, is_house=is_house)
    accessibility = _accessibility(streams, entities)
    floor, has_lift = _floors(streams, entities, is_house=is_house, access=accessibility)
    over_65 = (bedrooms <= 2) & (
        streams.uniforms("over 65", entities) < figure("generator.stock.over_65_design_share")
    )
    regimes = shares("generator.stock.regime_share")
    return Stock(
        company=np.full(len(entities), company_idx, dtype=np.int64),
        nis5=nis5,
        section_id=section_id,
        kind=np.where(is_house, HOUSE, FLAT),
        bedrooms=bedrooms,
        accessibility=accessibility,
        designed_for_over_65=over_65,
        floor=floor,
        has_lift=has_lift,
        rent_cents=_rents(streams, entities, bedrooms=bedrooms),
        regime=pick(streams.uniforms("regime", entities), regimes),
    )


def _addresses(streams: Streams, entities: Int, company: Company) -> tuple[Texts, Texts]:
    weights = own_weights(company)
    counts = spread(len(entities), np.array(list(weights.values())))
    nis5 = np.repeat(np.array(list(weights), dtype=object), counts)
    section_id = np.full(len(entities), "", dtype=object)
    drawn = streams.uniforms("section", entities)
    for code in weights:
        names = [s.section_id for s in sections().values() if s.nis5 == code]
        if names:
            here = np.flatnonzero(nis5 == code)
            even = dict.fromkeys(names, 1.0)
            section_id[here] = np.array(names, dtype=object)[pick(drawn[here], even)]
    return nis5, section_id


def _bedrooms(streams: Streams, entities: Int, *, is_house: Flags) -> Int:
    """One to six; the class 0-1 counts as one bedroom, 5+ as five or six."""
    drawn = streams.uniforms("bedrooms", entities)
    in_house = pick(drawn, shares("stock.bedrooms_share_house"))
    in_flat = pick(drawn, shares("stock.bedrooms_share_apartment"))
    found: Int = 1 + np.where(is_house, in_house, in_flat)
    six = streams.uniforms("sixth bedroom", entities) < figure(
        "generator.stock.six_bedrooms_given_five_or_more"
    )
    return np.where((found == 5) & six, 6, found)


def _accessibility(streams: Streams, entities: Int) -> Int:
    total = figure("stock.dwellings_managed")
    among = {
        name: figure(f"stock.{name}") / total for name in ("accessible", "adaptable", "adapted")
    }
    return pick(
        streams.uniforms("accessibility", entities),
        {"ordinary": 1 - sum(among.values()), **among},
    )


def _floors(streams: Streams, entities: Int, *, is_house: Flags, access: Int) -> tuple[Int, Flags]:
    """Houses are on the ground; an accessible flat is on the ground or has a lift."""
    among = shares("generator.stock.floors_of_flats")
    levels = np.array([int(level) for level in among])
    floor = np.where(is_house, 0, levels[pick(streams.uniforms("floor", entities), among)])
    lift = figure("generator.stock.lift_share")
    drawn = streams.uniforms("lift", entities)
    has_lift = drawn < np.where(floor <= 2, lift["low"], lift["high"])
    return floor, (floor > 0) & (has_lift | (access != ORDINARY))


def mean_rents() -> tuple[float, ...]:
    """
    Mean monthly rent in euros of each class of ``stock.bedrooms_share``.

    The class of five and more mixes five and six bedrooms; the whole is scaled so that the
    Region has ``stock.average_rent``.
    """
    by_size = _rents_by_size()
    six = figure("generator.stock.six_bedrooms_given_five_or_more")
    return (*by_size[:4], (1 - six) * by_size[4] + six * by_size[5])


@cache
def _rents_by_size() -> tuple[float, ...]:
    written = figure("generator.stock.rent_by_bedroom_euros")
    by_size = [float(written[str(size)]) for size in range(1, len(written) + 1)]
    known = list(shares("stock.bedrooms_share").values())
    scale = figure("stock.average_rent") / sum(
        share * rent for share, rent in zip(known, by_size, strict=False)
    )
    return tuple(rent * scale for rent in by_size)


def _rents(streams: Streams, entities: Int, *, bedrooms: Int) -> Int:
    """Monthly rent in whole euros around the mean of the size."""
    mean = np.array(_rents_by_size())[bedrooms - 1]
    around = 2 * streams.uniforms("rent", entities) - 1
    euros = np.round(mean * (1 + figure("generator.stock.rent_spread") * around))
    found: Int = euros.astype(np.int64) * _CENTS
    return found


def _share_by_area(nis5: str) -> float:
    by_area = figure("stock.house_share_by_area")
    population = communes()[nis5].population
    if nis5 in figure("generator.stock.urban_core"):
        area = "urban_core"
    elif population >= figure("generator.stock.urban_other_from"):
        area = "urban_other"
    elif population >= figure("generator.stock.small_town_from"):
        area = "small_town"
    else:
        area = "rural"
    return float(by_area[area])


def _odds_moved(share: float, factor: float) -> float:
    odds = factor * share / (1 - share)
    return odds / (1 + odds)


@cache
def _house_factor() -> float:
    """Factor on the odds, by bisection on its logarithm."""
    served = [c for c in communes().values() if c.social_dwellings_est]
    weights = np.array([c.social_dwellings_est or 0 for c in served], dtype=np.float64)
    plain = [_share_by_area(c.nis5) for c in served]
    low, high = -3.0, 3.0
    for _ in range(_FITTING_STEPS):
        middle = (low + high) / 2
        moved = np.array([_odds_moved(share, float(np.exp(middle))) for share in plain])
        if float((weights * moved).sum() / weights.sum()) < figure("stock.house_share"):
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))
