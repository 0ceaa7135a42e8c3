"""What the territory is made of: communes, their sections, housing companies, holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Competence = Literal["RW", "DG", "RBC"]
HolidayKind = Literal["legal", "community_fr", "community_de"]


@dataclass(frozen=True)
class Commune:
    """
    One commune of the map of 2025.

    ``competence`` says whose housing law applies: ``RW`` Walloon Region, ``DG`` German-speaking
    Community (nine communes, outside the Walloon rules since 2020), ``RBC`` Brussels.
    ``social_dwellings_est`` is an estimate and is printed as such; ``None`` where unknown.
    ``mean_taxable_income_eur`` is a mean per declaration, not a median.
    ``median_rent_cents`` is per month, of the leases registered in one quarter.
    """

    nis5: str
    name_fr: str
    name_nl: str
    name_de: str
    province: str
    arrondissement: str
    competence: Competence
    population: int
    area_km2: float
    houses: int | None
    flats: int | None
    mean_taxable_income_eur: int | None
    median_rent_cents: int | None
    social_dwellings_est: int | None
    slsp_ids: tuple[str, ...]
    postal_codes: tuple[str, ...]
    lon: float
    lat: float

    def name(self, lang: str) -> str:
        """The name in that language (``fr``, ``nl``, ``de``; anything else reads French)."""
        return {"nl": self.name_nl, "de": self.name_de}.get(lang, self.name_fr)

    @property
    def is_in_walloon_scheme(self) -> bool:
        """Whether a household may choose it under the Walloon allocation rules."""
        return self.competence == "RW"


@dataclass(frozen=True)
class Section:
    """A former commune that a household may choose instead of the whole commune."""

    section_id: str
    nis5: str
    name: str
    postal_code: str


@dataclass(frozen=True)
class Company:
    """
    One public-service housing company (SLSP).

    ``stock`` is the number of dwellings managed; ``stock_status`` is ``sourced`` or
    ``estimated``. ``candidates_known`` is the published number of pending applications.
    """

    slsp_id: str
    name: str
    name_status: str
    seat: str
    province: str
    stock: int
    stock_year: int | None
    stock_status: str
    communes: tuple[str, ...]
    communes_status: str
    candidates_known: int | None


@dataclass(frozen=True)
class Holiday:
    """A public holiday; names are empty in languages whose communities do not keep it."""

    holiday_on: date
    name_fr: str
    name_nl: str
    name_de: str
    kind: HolidayKind
