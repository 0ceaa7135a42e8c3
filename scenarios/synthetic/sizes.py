"""How many applications, dwellings and vacancies each company gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from allocation.errors import HousingError
from allocation.territory import Company, companies
from scenarios.synthetic.calibration import figure

REGION = "region"
_MONTHS = 12
_MOST_HOUSEHOLDS = 1_000_000


class UnknownCompanyError(HousingError):
    """No housing company has that identifier."""

    code: ClassVar[str] = "synth.unknown_company"


class SizeError(HousingError):
    """A number of households or vacancies is out of range."""

    code: ClassVar[str] = "synth.number_out_of_range"


@dataclass(frozen=True)
class Sizes:
    """
    The register to make.

    ``companies`` are in the order of their identifiers; ``applications``, ``dwellings`` and
    ``vacancies`` have one number for each.
    """

    slsp_id: str
    on: date
    companies: tuple[Company, ...]
    applications: tuple[int, ...]
    dwellings: tuple[int, ...]
    vacancies: tuple[int, ...]


def plan_sizes(
    slsp_id: str, *, on: date, households: int | None = None, vacancies: int | None = None
) -> Sizes:
    """
    Sizes of the register of one company, or of the Region.

    Parameters
    ----------
    slsp_id
        A company of the territory, or ``region`` for all of them.
    on
        Date of the meeting.
    households, vacancies
        Totals wanted; by default the calibration's candidates per dwelling and a month of the
        calibration's turnover.

    Raises
    ------
    UnknownCompanyError
        ``synth.unknown_company``.
    SizeError
        ``synth.number_out_of_range``: no register has that many households or vacancies.
    """
    known = companies()
    if slsp_id != REGION and slsp_id not in known:
        raise UnknownCompanyError(f"no housing company {slsp_id!r}", slsp_id=slsp_id)
    chosen = [known[i] for i in sorted(known)] if slsp_id == REGION else [known[slsp_id]]
    stock = np.array([company.stock for company in chosen], dtype=np.float64)
    turnover = figure("generator.vacancies.turnover_rate")
    n_applications = _candidates(slsp_id) if households is None else households
    n_vacancies = round(stock.sum() * turnover / _MONTHS) if vacancies is None else vacancies
    _check(n_applications, _MOST_HOUSEHOLDS, option="households")
    _check(n_vacancies, int(stock.sum()) // _MONTHS, option="vacancies")
    return Sizes(
        slsp_id=slsp_id,
        on=on,
        companies=tuple(chosen),
        applications=spread(n_applications, stock),
        dwellings=tuple(company.stock for company in chosen),
        vacancies=spread(n_vacancies, stock),
    )


def _check(found: int, most: int, *, option: str) -> None:
    if not 1 <= found <= most:
        raise SizeError(
            f"{option}: {found} is not between 1 and {most}", option=option, found=found, most=most
        )


def _candidates(slsp_id: str) -> int:
    """Applications of the Region, or those published or expected for one company."""
    total: int = figure("demand.candidates")
    if slsp_id == REGION:
        return total
    company = companies()[slsp_id]
    expected = company.stock * total / figure("stock.dwellings_managed")
    return company.candidates_known or round(expected)


def spread(total: int, weights: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Split a total by weights, largest remainders first (ties by position)."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return tuple(whole.tolist())
