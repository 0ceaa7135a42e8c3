"""The territory: communes, sections, housing companies, postal codes, holidays, the map."""

from allocation.territory.boundaries import boundaries, neighbours
from allocation.territory.load import (
    TerritoryDataError,
    communes,
    companies,
    holidays,
    postal_codes,
    sections,
)
from allocation.territory.places import Commune, Company, Competence, Holiday, Section

__all__ = [
    "Commune",
    "Company",
    "Competence",
    "Holiday",
    "Section",
    "TerritoryDataError",
    "boundaries",
    "communes",
    "companies",
    "holidays",
    "neighbours",
    "postal_codes",
    "sections",
]
