"""Incomes that put each household in the category drawn for it, by the ceilings of the rulebook."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_INTEGER
from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure, pick, shares
from scenarios.synthetic.households import (
    APPLICANT,
    COUPLE,
    COUPLE_CHILDREN,
    FIRST_CHILD,
    N_SLOTS,
    OTHER,
    OTHER_ADULT,
    PARTNER,
    SHARED_PRIVATE,
    Households,
)

Int = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

PRECARIOUS, MODEST, AVERAGE, ABOVE = range(4)
_CATEGORIES = ("cat1_precarious", "cat2_modest", "cat3_average", "above")
_ADULT = 18
_LAST_AGE_OF_WORK = 65
# Members counted half: what they bring to the household's income is half of what they earn.
_COUNTED_HALF = 2
_GROWN_CHILD_PART = 0.15
_OTHER_ADULT_PART = (0.2, 0.5)
_LOSSES_CENTS = (100_000, 1_200_000)
_MAINTENANCE_CENTS = (60_000, 360_000)
_PAST_INCOME_CENTS = (600_000, 1_500_000)


@dataclass(frozen=True)
class Ceilings:
    """
    Income ceilings in whole cents, as the rulebook gives them on one date.

    ``single`` and ``several``: categories 1, 2, 3; ``per_child`` is added for each dependent
    child; ``single_parent_is_single`` is the reading of the two limbs (U05).
    """

    single: tuple[int, int, int]
    several: tuple[int, int, int]
    per_child: int
    single_parent_is_single: bool = True


@dataclass(frozen=True, eq=False)
class Incomes:
    """
    Category meant for each household, and what its members declare.

    Shapes
    ------
    category : (n,), 0 precarious, 1 modest, 2 average, 3 above the ceilings, -1 unknown
    n_dependent : (n,), dependent children
    taxable, current, maintenance : (n, 9), cents, ``MISSING_INTEGER`` when not declared
    works, is_self_employed : (n, 9)
    """

    category: Int
    n_dependent: Int
    taxable: Int
    current: Int
    maintenance: Int
    works: Flags
    is_self_employed: Flags


def draw_incomes(
    streams: Streams, entities: Int, *, households: Households, ceilings: Ceilings
) -> Incomes:
    """Draw a category, then an income inside its band, shared between those who earn."""
    category = _categories(streams, entities)
    earns_young = _grown_children_earning(streams, entities, households)
    n_dependent = _dependent_children(households, earns_young)
    counted = _counted(
        streams,
        entities,
        category=category,
        bands=_bands(households, n_dependent, ceilings=ceilings),
    )
    parts = _parts(streams, entities, households=households, earns_young=earns_young)
    income = np.round(parts * counted[:, None]).astype(np.int64)
    works, self_employed = _workers(
        streams, entities, category=category, households=households, income=income
    )
    income = _losses(
        streams,
        entities,
        income=income,
        category=category,
        works=works,
        self_employed=self_employed,
    )
    unknown = streams.uniforms("unknown income", entities) < figure(
        "generator.incomes.unknown_income_share"
    )
    taxable, current, maintenance = (
        _declared(cents, households, unknown=unknown)
        for cents in _statements(streams, entities, income)
    )
    return Incomes(
        category=np.where(unknown, -1, category),
        n_dependent=n_dependent,
        taxable=taxable,
        current=current,
        maintenance=maintenance,
        works=works,
        is_self_employed=self_employed,
    )


def _statements(streams: Streams, entities: Int, income: Int) -> tuple[Int, Int, Int]:
    """Taxable income of the reference year, present income, maintenance paid."""
    taxable, current = _years(streams, entities, income)
    maintenance = _maintenance(streams, entities, income=income, current=current)
    taxable[:, APPLICANT] += np.maximum(maintenance[:, APPLICANT], 0)
    return taxable, current, maintenance


def _declared(cents: Int, households: Households, *, unknown: Flags) -> Int:
    """Hide what nobody declares: children under age, empty places, applicants left unknown."""
    hidden = ~households.present | (households.age < _ADULT)
    hidden[:, APPLICANT] = unknown
    return np.where(hidden, MISSING_INTEGER, cents)


def _categories(streams: Streams, entities: Int) -> Int:
    above = figure("generator.incomes.above_ceilings_share")
    known = shares("demand.income_category_share")
    among = {**{k: v * (1 - above) for k, v in known.items()}, "above": above}
    return pick(streams.uniforms("income category", entities), among)


def _grown_children_earning(streams: Streams, entities: Int, households: Households) -> Flags:
    earns = (
        streams.uniforms("grown child earns", entities, width=N_SLOTS)
        < figure("generator.incomes.grown_child_earns_share")
    ) & (households.age >= _ADULT)
    earns[:, :FIRST_CHILD] = False
    found: Flags = earns & households.present
    return found


def _dependent_children(households: Households, earns_young: Flags) -> Int:
    """Children living here by law, under age or without an income of their own."""
    counted = households.present & (households.lodging != SHARED_PRIVATE) & ~earns_young
    found: Int = counted[:, FIRST_CHILD:].sum(axis=1)
    return found


def _bands(households: Households, n_dependent: Int, *, ceilings: Ceilings) -> Floats:
    """Bounds of the four bands, (n, 5): from nothing to twice the highest ceiling."""
    several = np.isin(households.kind, (COUPLE, COUPLE_CHILDREN, OTHER))
    if not ceilings.single_parent_is_single:
        several |= households.size > 1
    limits = np.where(several[:, None], np.array(ceilings.several), np.array(ceilings.single))
    limits = limits + (n_dependent * ceilings.per_child)[:, None]
    return np.column_stack([np.zeros(len(households)), limits, 2 * limits[:, -1]])


def _counted(streams: Streams, entities: Int, *, category: Int, bands: Floats) -> Floats:
    """Income counted by the rules, in cents, inside the band of the category."""
    fractions = figure("generator.incomes.fraction_of_band")
    bounds = np.array([fractions[name] for name in _CATEGORIES], dtype=np.float64)[category]
    drawn = streams.uniforms("income in the band", entities)
    fraction = bounds[:, 0] + drawn * (bounds[:, 1] - bounds[:, 0])
    rows = np.arange(len(category))
    low, high = bands[rows, category], bands[rows, category + 1]
    none = (category == PRECARIOUS) & (
        streams.uniforms("no taxable income", entities)
        < figure("generator.incomes.no_taxable_income_share")
    )
    return np.where(none, 0.0, low + fraction * (high - low))


def _parts(
    streams: Streams, entities: Int, *, households: Households, earns_young: Flags
) -> Floats:
    """What each person earns for one unit of counted income, half-counted members doubled."""
    low, high = figure("generator.incomes.partner_share_of_income")
    drawn = streams.uniforms("part of the income", entities, width=2)
    parts = np.zeros(households.present.shape)
    parts[:, PARTNER] = (low + drawn[:, 0] * (high - low)) * households.present[:, PARTNER]
    least, most = _OTHER_ADULT_PART
    parts[:, OTHER_ADULT] = (least + drawn[:, 1] * (most - least)) * households.present[
        :, OTHER_ADULT
    ]
    first_earner = earns_young & (np.cumsum(earns_young, axis=1) == 1)
    parts[first_earner] = _GROWN_CHILD_PART
    parts[:, APPLICANT] = 1 - parts[:, PARTNER:].sum(axis=1)
    parts[:, FIRST_CHILD:] *= _COUNTED_HALF
    parts[:, OTHER_ADULT] *= np.where(households.is_ascendant, _COUNTED_HALF, 1)
    return parts


def _workers(
    streams: Streams, entities: Int, *, category: Int, households: Households, income: Int
) -> tuple[Flags, Flags]:
    """Who lives from work, by category and never past the usual age, and who is self-employed."""
    by_category = figure("generator.circumstances.works_share")
    share = np.array([by_category.get(name, by_category["cat3_average"]) for name in _CATEGORIES])
    household_works = streams.uniforms("works", entities) < share[category]
    works: Flags = household_works[:, None] & (households.age < _LAST_AGE_OF_WORK)
    works &= (income > 0) & (households.age >= _ADULT)
    works[:, OTHER_ADULT] &= ~households.is_ascendant
    self_employed = works & (
        streams.uniforms("self-employed", entities, width=N_SLOTS)
        < figure("generator.incomes.self_employed_share")
    )
    return works, self_employed


def _losses(
    streams: Streams,
    entities: Int,
    *,
    income: Int,
    category: Int,
    works: Flags,
    self_employed: Flags,
) -> Int:
    """Some live on a business that lost money: a negative income, legal and flagged."""
    alone = self_employed[:, APPLICANT] & (works.sum(axis=1) == 1) & (category == PRECARIOUS)
    drawn = streams.uniforms("business loss", entities, width=2)
    low, high = _LOSSES_CENTS
    loses = alone & (drawn[:, 0] < figure("generator.incomes.negative_income_share"))
    found = income.copy()
    found[loses, APPLICANT] = -np.round(low + drawn[loses, 1] * (high - low)).astype(np.int64)
    return found


def _years(streams: Streams, entities: Int, income: Int) -> tuple[Int, Int]:
    """
    Taxable income of the reference year and, where declared, the present one.

    A change of 15 % or more makes the present income count, so the counted income is put there
    and the reference year is made to differ; a smaller one leaves the reference year counting.
    """
    changed_share = figure("generator.incomes.changed_income_share")
    small_share = figure("generator.incomes.small_change_share")
    drawn = streams.uniforms("income change", entities, width=3)
    big = drawn[:, 0] < changed_share
    small = ~big & (drawn[:, 0] < changed_share + small_share)
    factor = np.where(drawn[:, 1] < 0.5, 0.45 + 0.35 * drawn[:, 2], 1.25 + 0.6 * drawn[:, 2])
    past = np.round(income * factor[:, None]).astype(np.int64)
    low, high = _PAST_INCOME_CENTS
    lost_all = big & (income.sum(axis=1) == 0)
    past[lost_all, APPLICANT] = np.round(low + drawn[lost_all, 2] * (high - low)).astype(np.int64)
    taxable = np.where(big[:, None], past, income)
    drift = np.round(income * (0.95 + 0.1 * drawn[:, 2:3])).astype(np.int64)
    current = np.where(small[:, None], drift, income)
    return taxable, np.where((big | small)[:, None], current, MISSING_INTEGER)


def _maintenance(streams: Streams, entities: Int, *, income: Int, current: Int) -> Int:
    """Maintenance paid by applicants whose income did not change, deducted from what they earn."""
    drawn = streams.uniforms("maintenance", entities, width=2)
    low, high = _MAINTENANCE_CENTS
    pays = (
        (drawn[:, 0] < figure("generator.incomes.maintenance_paid_share"))
        & (income[:, APPLICANT] > high)
        & (current[:, APPLICANT] == MISSING_INTEGER)
    )
    found = np.full(income.shape, MISSING_INTEGER, dtype=np.int64)
    found[pays, APPLICANT] = np.round(low + drawn[pays, 1] * (high - low)).astype(np.int64)
    return found
