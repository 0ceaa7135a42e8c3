"""Worklists as the API tells them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from api.applications.schemas import MissingView
from api.schemas import Query, View


class WorklistQuery(Query):
    """How much of the list."""

    limit: int = Field(default=50, ge=1, le=200)


class MissingLine(View):
    """An application with facts missing, and how far the weightiest one could bring it."""

    application_id: str
    applicant: str
    rank: int | None = Field(description="Empty when it takes no part.")
    points: int
    best_points: int = Field(description="With the one missing fact that adds most.")
    best_rank: int = Field(description="Rank among the candidates with those points.")
    gain: int = Field(description="Places gained; from the end of the list when not ranked.")
    is_blocked: bool = Field(description="Admission itself waits for a fact.")
    missing: list[MissingView]


class MissingList(View):
    """Applications whose missing facts change most, first; in the list as it was worked out."""

    version: int = Field(description="Version of the register the list was worked out from.")
    is_current: bool = Field(description="Whether the register is still at that version.")
    total: int
    items: list[MissingLine]


class DeadlineView(View):
    """Something a person is to do, and since or until when."""

    kind: str = Field(
        description="change.to_hear, change.to_decide, strike_off.over, campaign.to_close, "
        "confirmation.to_decide."
    )
    subject: str
    due_on: date


class DeadlineList(View):
    """What is to be done, the oldest first."""

    items: list[DeadlineView]


class AnomalyView(View):
    """What the import would say of a row that is in the register."""

    table: str
    key: list[str]
    column: str
    code: str
    severity: str
    sentence: str


class AnomalyList(View):
    """Anomalies of the register, errors first; of one version of it."""

    version: int
    total: int
    items: list[AnomalyView]
