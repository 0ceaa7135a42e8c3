"""Who a proposed household is, as far as a committee needs: how many, how old, what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from allocation.rules.periods import completed_years

if TYPE_CHECKING:
    from allocation.documents.reader import Reader

# Roles as the committee counts them; everybody else (ascendants, relatives) is another person.
_KINDS = {"applicant": "adults", "partner": "adults", "child": "children"}
KNOWN_CATEGORIES = (1, 2, 3)
UNKNOWN_AGE = "?"


@dataclass(frozen=True)
class HouseholdFacts:
    """
    Composition and needs in words; ``adapted`` tells of health and stays in internal papers.

    Nobody is named: persons are counts and ages in completed years on the day of the meeting.
    """

    composition: str
    due: str
    income: str
    adapted: str


def household_facts(application_id: str, reader: Reader) -> HouseholdFacts:
    """Composition, bedrooms due, income category and adapted need of a ranked household."""
    text = reader.words.text
    ranked = reader.reasons.households[application_id]
    applications = reader.register["applications"]
    row = applications.row(applications.index[application_id][0])
    category = ranked.income_category
    income = "reasons.income.unknown" if category < 0 else "reasons.income.above"
    if category in KNOWN_CATEGORIES:
        income = "reasons.income.category"
    return HouseholdFacts(
        composition=_composition(application_id, reader),
        due=text("documents.due", n=ranked.bedrooms),
        income=text(income, category=category),
        adapted=text("documents.adapted_wanted") if row["adapted_wanted"] == "yes" else "",
    )


def chosen_place(application_id: str, rank: int | None, reader: Reader) -> str:
    """The commune, and section if one was named, of a household's choice; empty if unknown."""
    choices = reader.register["choices"]
    for row in map(choices.row, choices.index.get(application_id, [])):
        if row["rank"] == rank:
            return reader.place(row)
    return ""


def _composition(application_id: str, reader: Reader) -> str:
    members = reader.register["household_members"]
    ages: dict[str, list[str]] = {"adults": [], "children": [], "others": []}
    for row in map(members.row, members.index.get(application_id, [])):
        ages[_KINDS.get(str(row["role"]), "others")].append(_age(row, reader))
    text, join = reader.words.text, reader.words.join
    return ", ".join(
        text(f"documents.composition.{kind}", n=len(found), ages=join(found))
        for kind, found in ages.items()
        if found
    )


def _age(row: Mapping[str, Any], reader: Reader) -> str:
    born = row["born_on"]
    if not isinstance(born, date):
        return UNKNOWN_AGE
    return str(completed_years(born, reader.meeting_on))
