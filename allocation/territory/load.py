"""Reads the data files of the territory once, checks them, and hands out frozen records."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import ClassVar, TypeVar, cast, get_args

from allocation.errors import HousingError
from allocation.territory.places import Commune, Company, Competence, Holiday, HolidayKind, Section

_NIS5 = re.compile(r"\d{5}")

Row = Mapping[str, str]
T = TypeVar("T")


class TerritoryDataError(HousingError):
    """A data file of the territory is damaged: file, line and what is wrong."""

    code: ClassVar[str] = "territory.damaged_data"


def data_text(name: str) -> str:
    """Text of one data file of this package (UTF-8)."""
    return files("allocation.territory").joinpath("data", name).read_text(encoding="utf-8")


@cache
def communes() -> Mapping[str, Commune]:
    """
    Every commune by REFNIS code, in the order of the codes.

    Raises
    ------
    TerritoryDataError
        ``territory.damaged_data``: a cell of ``communes.csv`` cannot be what it says.
    """
    return MappingProxyType(_read("communes.csv", _commune, lambda c: c.nis5))


@cache
def companies() -> Mapping[str, Company]:
    """
    Every housing company by identifier.

    Raises
    ------
    TerritoryDataError
        ``territory.damaged_data``: also when companies and communes disagree on who serves whom.
    """
    found = _read("slsp.csv", _company, lambda c: c.slsp_id)
    served = {(s, c.nis5) for c in communes().values() for s in c.slsp_ids}
    named = {(c.slsp_id, nis5) for c in found.values() for nis5 in c.communes}
    if served != named:
        raise TerritoryDataError(
            "slsp.csv and communes.csv disagree on the communes served",
            pairs=sorted(served ^ named),
        )
    return MappingProxyType(found)


@cache
def sections() -> Mapping[str, Section]:
    """Every known section by identifier."""
    return MappingProxyType(_read("sections.csv", _section, lambda s: s.section_id))


@cache
def postal_codes() -> Mapping[str, tuple[str, ...]]:
    """Postal code -> REFNIS codes of the communes that use it."""
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(data_text("postal_codes.csv").splitlines()):
        found[row["postal_code"]] = (*found.get(row["postal_code"], ()), row["nis5"])
    return MappingProxyType(found)


@cache
def holidays() -> tuple[Holiday, ...]:
    """Public holidays of 2020 to 2035, by date."""
    found = _read("holidays.csv", _holiday, lambda h: (h.holiday_on, h.kind))
    return tuple(found[key] for key in sorted(found))


def _read(name: str, parse: Callable[[Row], T], key: Callable[[T], object]) -> dict[str, T]:
    found: dict[object, T] = {}
    for line, row in enumerate(csv.DictReader(data_text(name).splitlines()), start=2):
        try:
            record = parse(row)
        except (KeyError, ValueError) as error:
            raise TerritoryDataError(f"{name}, line {line}: {error}", file=name, line=line) from (
                error
            )
        if key(record) in found:
            raise TerritoryDataError(f"{name}, line {line}: repeated key {key(record)}", file=name)
        found[key(record)] = record
    return cast("dict[str, T]", found)


def _commune(row: Row) -> Commune:
    competence = row["housing_competence"]
    if competence not in get_args(Competence):
        raise ValueError(f"unknown competence {competence!r}")
    rent = row["median_registered_rent"]
    return Commune(
        nis5=_nis5(row["nis5"]),
        name_fr=row["name_fr"],
        name_nl=row["name_nl"] or row["name_fr"],
        name_de=row["name_de"] or row["name_fr"],
        province=row["province"],
        arrondissement=row["arrondissement"],
        competence=cast("Competence", competence),
        population=_positive(row["population"]),
        area_km2=float(row["area_km2"]),
        houses=_count(row["dwellings_houses"]),
        flats=_count(row["dwellings_apartments"]),
        mean_taxable_income_eur=_count(row["mean_taxable_income"]),
        median_rent_cents=round(float(rent) * 100) if rent else None,
        social_dwellings_est=_count(row["dwellings_social_est"]),
        slsp_ids=_list(row["slsp_ids"]),
        postal_codes=_list(row["postal_codes"]),
        lon=_between(row["lon"], 2.0, 7.0),
        lat=_between(row["lat"], 49.0, 52.0),
    )


def _company(row: Row) -> Company:
    served = tuple(_nis5(n) for n in _list(row["communes_nis5"]))
    unknown = [n for n in served if n not in communes()]
    if unknown or not served:
        raise ValueError(f"communes unknown or missing: {unknown}")
    return Company(
        slsp_id=row["slsp_id"],
        name=row["name"],
        name_status=row["name_status"],
        seat=row["seat"],
        province=row["province"],
        stock=_positive(row["stock"]),
        stock_year=_count(row["stock_year"]),
        stock_status=row["stock_status"],
        communes=served,
        communes_status=row["communes_status"],
        candidates_known=_count(row["candidates_known"]),
    )


def _section(row: Row) -> Section:
    code = row["postal_code"]
    if row["nis5"] not in postal_codes().get(code, ()):
        raise ValueError(f"postal code {code} is not one of commune {row['nis5']}")
    return Section(row["section_id"], row["nis5"], row["name"], code)


def _holiday(row: Row) -> Holiday:
    kind = row["kind"]
    if kind not in get_args(HolidayKind):
        raise ValueError(f"unknown kind {kind!r}")
    day = date.fromisoformat(row["date"])
    return Holiday(day, row["name_fr"], row["name_nl"], row["name_de"], cast("HolidayKind", kind))


def _nis5(text: str) -> str:
    if not _NIS5.fullmatch(text):
        raise ValueError(f"not a REFNIS code: {text!r}")
    return text


def _count(text: str) -> int | None:
    return int(text) if text else None


def _positive(text: str) -> int:
    if (number := int(text)) <= 0:
        raise ValueError(f"not a positive number: {number}")
    return number


def _between(text: str, low: float, high: float) -> float:
    if not low <= (number := float(text)) <= high:
        raise ValueError(f"{number} is not between {low} and {high}")
    return number


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
