"""Reports as they are asked for and told."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.quotas.schemas import RegisterQuery
from api.schemas import Day, Page, PageQuery, View

Counted = Literal["allocations", "refusals"]
Dataset = Literal["allocations", "derogations", "refusals", "housed", "waiting"]
Key = Literal["nis5", "income_category", "bedrooms", "kind", "month"]


class RowsFilter(RegisterQuery):
    """Which rows: of what days, and of which key a report is told by (``none``: no such key)."""

    from_day: Day | None = Field(default=None, examples=["2026-01-01"])
    to_day: Day | None = Field(default=None, description="Included.", examples=["2026-06-30"])
    nis5: str = Field(default="", pattern=r"^(none|\d{5})?$")
    income_category: str = Field(
        default="", pattern=r"^(none|-1|\d)?$", description="1 to 3; 0; -1 not known."
    )
    bedrooms: str = Field(default="", pattern=r"^(none|-1|\d{1,2})?$", examples=["2"])
    kind: str = Field(default="", pattern=r"^[a-z0-9_.:-]{0,40}$", examples=["list"])
    month: str = Field(default="", pattern=r"^(none|\d{4}-\d{2})?$", examples=["2026-05"])


class ReportQuery(RowsFilter):
    """Which rows, and by what they are told."""

    by: Key = "nis5"


class DerogationsQuery(ReportQuery):
    """As for every report; the ceiling of one commune needs what no register holds."""

    social_share: str = Field(
        default="",
        pattern=r"^([01](\.\d{1,6})?)?$",
        description="Share of social dwellings in the commune `nis5`, for its ceiling.",
        examples=["0.12"],
    )
    stock_growth: str = Field(default="0", pattern=r"^\d{1,2}(\.\d{1,6})?$")


class RowsQuery(RowsFilter, PageQuery):
    """Which rows, page by page."""


class Waits(View):
    """Days from the registration to the allocation, or to today."""

    mean: int
    median: int
    nine_tenths: int = Field(description="Nine in ten waited no longer.")


class Cell(View):
    """One value of what the report is told by."""

    key: str = Field(description="`none` when the rows do not say.")
    n: int | None = Field(description="Empty when too small to be shown to this reader.")
    waits: Waits | None = None


class Report(View):
    """Figures of a period; every one is the number of rows at `/reports/{name}/rows`."""

    name: str
    register_id: str
    from_day: date | None
    to_day: date | None
    by: str
    total: int | None
    cells: tuple[Cell, ...]
    waits: Waits | None = None
    hides_below: int = Field(description="Cells under this number are hidden; 0: none is.")


class Ceiling(View):
    """Derogations of the calendar year in one commune, against its ceiling."""

    nis5: str
    year: int
    allocations: int
    used: dict[str, int] = Field(description="By ground.")
    total: int = Field(description="Most derogations under the ceiling.")
    urgency: int
    cohesion: int
    left: int = Field(description="Below zero: the ceiling is exceeded.")
    warning: str


class DerogationReport(Report):
    """Derogations by ground; `ceiling` when one commune and its share were given."""

    ceiling: Ceiling | None = None


class WaitReport(View):
    """The waits of those housed and of those still waiting, never one without the other."""

    housed: Report
    waiting: Report
    warning: str = Field(description="How to read the first beside the second.")


class ReportRow(View):
    """One row behind a figure."""

    row_id: str
    day: date = Field(description="Of the decision, the answer, or the registration.")
    application_id: str | None = Field(
        description="Empty once forgotten, and where a place would tell of a protected household."
    )
    dwelling_id: str | None
    nis5: str | None = Field(description="Of the dwelling; of the first choice while waiting.")
    income_category: str | None
    bedrooms: int | None = Field(description="Of the dwelling; due to the household while waiting.")
    kind: str = Field(description="Channel, answer, or list.")
    registered_on: date | None
    until: date | None
    wait_days: int | None


class ReportRowList(Page[ReportRow]):
    """A page of rows, by identifier."""
