"""Dwellings and vacancies as the API takes and tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.applications.change_schemas import Sentence
from api.applications.record_schemas import WarningView
from api.register_rows import row_entry
from api.schemas import Entry, Page, View

if TYPE_CHECKING:  # made from the tables when the program runs

    class DwellingRow(Entry):
        """A row of `dwellings`."""

    class VacancyRow(Entry):
        """A row of `vacancies`."""

else:
    DwellingRow = row_entry("DwellingRow", "dwellings", without=("dwelling_id", "slsp_id"))
    VacancyRow = row_entry("VacancyRow", "vacancies", without=("dwelling_id",))

DWELLING = {
    "nis5": "52011",
    "address": "rue de l'Exemple 1",
    "kind": "flat",
    "bedrooms": 2,
    "accessibility": "ordinary",
    "regime": "social",
}
VACANCY = {"origin": "vacated", "vacated_on": "2026-05-31", "available_on": "2026-08-01"}


class NewDwelling(Entry):
    """A dwelling of the caller's company."""

    dwelling_id: str = Field(min_length=1, max_length=64, examples=["D-0042"])
    dwelling: DwellingRow = Field(examples=[DWELLING])


class DwellingChange(Entry):
    """A dwelling as it is to be."""

    row_version: int = Field(ge=1, description="Version that was read.")
    dwelling: DwellingRow = Field(examples=[DWELLING])


class VacancyEntry(Entry):
    """The dwelling is to let."""

    vacancy: VacancyRow = Field(examples=[VACANCY])


class VacancyWithdrawal(Entry):
    """The dwelling is not to let after all."""

    reason: Sentence


class DwellingView(View):
    """A dwelling, and its vacancy when it is to let."""

    dwelling_id: str
    slsp_id: str
    row_version: int
    dwelling: DwellingRow
    vacancy: VacancyRow | None
    warnings: tuple[WarningView, ...] = ()


class DwellingList(Page[DwellingView]):
    """A page of dwellings, by identifier."""
