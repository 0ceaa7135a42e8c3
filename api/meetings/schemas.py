"""Meetings as they are sent and told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from allocation.model import Forecast, Meeting, Setting
from api.schemas import Day, Entry, View

Level = Literal["floors", "units", "priority", "fit"]


def _usual_levels() -> list[Level]:
    return ["floors", "priority", "fit"]


class ForecastEntry(Entry):
    """What the company expects of the whole year; an input with a date, never estimated."""

    allocations: int = Field(ge=0)
    vacated: int = Field(ge=0)
    made_on: Day
    source: str = Field(default="", max_length=500)


class SettingEntry(Entry):
    """One switch of the rulebook fixed by the company, with its legal basis."""

    key: str = Field(min_length=1, max_length=100)
    value: bool | int | str
    basis: str = Field(default="", max_length=500)
    decided_on: Day | None = None


class MeetingPlan(Entry):
    """A meeting to prepare: what is fixed before names are seen."""

    meeting_on: Day = Field(examples=["2026-12-01"])
    draw_seed: str = Field(
        min_length=1, max_length=200, description="Published before the meeting."
    )
    rulebook: Literal["wallonia"] = "wallonia"
    mode: Literal["joint", "serial"] = "joint"
    levels: list[Level] = Field(default_factory=_usual_levels)
    basis: Literal["planned", "realised"] = "planned"
    pacing: Literal["linear", "year_end", "prefix"] = "linear"
    forecast: ForecastEntry | None = None
    settings: list[SettingEntry] = Field(default=[], max_length=100)
    settings_basis: str = Field(default="", max_length=500)
    settings_decided_on: Day | None = None

    def meeting(self, slsp_id: str, *, pseudonym_secret: str) -> Meeting:
        """The record of the engine."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["levels"] = tuple(self.levels)
        values["forecast"] = self.forecast and Forecast(**self.forecast.model_dump())
        values["settings"] = tuple(Setting(**s.model_dump()) for s in self.settings)
        return Meeting(slsp_id=slsp_id, pseudonym_secret=pseudonym_secret, **values)


class FileView(View):
    """A file of the meeting."""

    name: str
    sha256: str


class MeetingView(View):
    """A meeting, without the secret behind its pseudonyms."""

    meeting_id: str
    register_id: str
    state: str = Field(description="`draft`, `frozen`, `proposed`, `decided`, `posted`, `closed`.")
    meeting_on: date
    draw_seed: str
    rulebook: str
    mode: str
    levels: tuple[str, ...]
    basis: str
    pacing: str
    register_version: int | None = Field(description="Version of the register it was frozen at.")
    content_hash: str | None = Field(description="SHA-256 of the frozen snapshot.")
    frozen_at: datetime | None
    posted_on: date | None = Field(description="Day it was posted on the notice board.")
    row_version: int
    files: tuple[FileView, ...]


class MeetingList(View):
    """The meetings of a register, latest first."""

    items: tuple[MeetingView, ...]


class RunAsked(View):
    """Work was asked for; follow it at `/runs/{run_id}`."""

    run_id: str
