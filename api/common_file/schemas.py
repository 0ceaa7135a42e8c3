"""The common file as the API takes and tells it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from allocation.exchange.common_file import CommonFileMapping
from api.applications.change_schemas import Sentence
from api.schemas import Entry, Page, PageQuery, View

EXAMPLE = {
    "name": "Fichier commun (exemple)",
    "key": "NUMERO",
    "columns": [
        {"column": "INSCRIT_LE", "field": "registered_on", "day": "%d/%m/%Y"},
        {"column": "STATUT", "field": "status", "codes": {"A": "admitted", "I": "incomplete"}},
        {"column": "COMMUNE_1", "field": "choice_1"},
    ],
}


class MappingEntry(Entry):
    """The mapping, and how often a file is looked for."""

    mapping: CommonFileMapping = Field(examples=[EXAMPLE])
    every_days: int | None = Field(
        default=None,
        ge=1,
        le=366,
        description="Days between two comparisons; left out: only when a file is sent.",
    )


class MappingView(View):
    """The mapping in use."""

    mapping: CommonFileMapping
    every_days: int | None
    set_by: str
    set_at: datetime


class FileEntry(Entry):
    """A common file to compare with the register."""

    content: str = Field(
        min_length=1, max_length=8_000_000, description="The file as text.", examples=["NUMERO;…"]
    )


class FaultView(View):
    """A fault of the file: nothing was compared."""

    row: int
    column: str
    code: str
    sentence: str


class ReconciliationView(View):
    """A comparison and its totals, which add up; `state` is `waiting`, `done` or `refused`."""

    reconciliation_id: str
    state: str
    master: str
    file_sha256: str
    totals: dict[str, int] = Field(
        description="`n_ours` = `n_both` + `n_only_ours`; `n_theirs` = `n_both` + `n_only_theirs`; "
        "`n_both` = `n_same` + `n_different`."
    )
    open: int = Field(description="Differences nobody has decided yet.")
    faults: list[FaultView]
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None


class ReconciliationList(View):
    """Comparisons, the latest first."""

    items: list[ReconciliationView]


class DifferenceView(View):
    """Something that differs."""

    application_id: str
    kind: str = Field(description="`only_ours`, `only_theirs`, `different`.")
    field: str
    ours: str
    theirs: str
    state: str = Field(description="`open`, `applied`, `left`.")
    decided_by: str
    decided_on: date | None


class DifferencesQuery(PageQuery):
    """Which differences."""

    kind: Literal["", "only_ours", "only_theirs", "different"] = ""
    state: Literal["", "open", "applied", "left"] = ""


DifferenceList = Page[DifferenceView]


class DifferenceDecision(Entry):
    """What a person decides of the open differences of one application."""

    application_id: str = Field(min_length=1, max_length=64)
    decision: Literal["apply", "leave"]
    fields: list[str] = Field(
        default=[], max_length=60, description="Fields concerned; left out: all that are open."
    )
    reason: Sentence


class DecisionView(View):
    """What became of them; a change that takes from the household waits for its hearing."""

    application_id: str
    decided: list[DifferenceView]
    change_id: str = Field(description="The change of the file; empty when there is none.")
    change_state: str
