"""
What `register.yaml`, `meeting.yaml` and `quotas.yaml` may hold: strict models at the edge.

Strict means that nothing is guessed: `false` is not an income, 52011 is not the text "52011",
an unknown key is refused. The models only carry values across; what the values mean together
is checked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from allocation.model import (
    Confirmation,
    Forecast,
    Group,
    Meeting,
    QuotaRule,
    Setting,
    ShareStep,
    Unused,
)
from allocation.model.meeting import Scalar
from allocation.model.quota import MOST_SEATS, MOST_WEIGHT

REGISTER_SCHEMA = "register/1"
MEETING_SCHEMA = "meeting/1"
QUOTAS_SCHEMA = "quotas/1"
LABEL_LANGUAGES: tuple[Literal["fr", "nl", "de", "en"], ...] = ("fr", "nl", "de", "en")


class Entry(BaseModel):
    """Base of every model read from a file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ConfirmationEntry(Entry):
    """One value of the rulebook confirmed for a year."""

    key: str = Field(min_length=1)
    year: int
    confirmed_by: list[str]
    source: str
    confirmed_on: date

    def confirmation(self) -> Confirmation:
        """The record of the model."""
        return Confirmation(
            self.key, self.year, tuple(self.confirmed_by), self.source, self.confirmed_on
        )


class RegisterEntry(Entry):
    """The file `register.yaml`."""

    format: Literal["register/1"] = Field(alias="schema")
    kind: Literal["demo", "real"]
    slsp_id: str = Field(min_length=1)
    confirmations: list[ConfirmationEntry] = []


class ForecastEntry(Entry):
    """What the SLSP expects of the whole year."""

    allocations: int = Field(ge=0)
    vacated: int = Field(ge=0)
    made_on: date
    source: str = ""


class SettingEntry(Entry):
    """One switch of the rulebook fixed by the SLSP."""

    key: str = Field(min_length=1)
    value: bool | int | str
    basis: str = ""
    decided_on: date | None = None


class MeetingEntry(Entry):
    """The file `meeting.yaml`."""

    format: Literal["meeting/1"] = Field(alias="schema")
    slsp_id: str = Field(min_length=1)
    meeting_on: date
    draw_seed: str = Field(min_length=1)
    pseudonym_secret: str = Field(min_length=1)
    rulebook: str = "wallonia"
    mode: Literal["joint", "serial"] = "joint"
    levels: list[Literal["floors", "units", "priority", "fit"]] = ["floors", "priority", "fit"]
    basis: Literal["planned", "realised"] = "planned"
    pacing: Literal["linear", "year_end", "prefix"] = "linear"
    forecast: ForecastEntry | None = None
    settings: list[SettingEntry] = []
    settings_basis: str = ""
    settings_decided_on: date | None = None

    def meeting(self) -> Meeting:
        """The record of the model."""
        values = {f.name: getattr(self, f.name) for f in fields(Meeting)}
        values["levels"] = tuple(self.levels)
        values["forecast"] = self.forecast and Forecast(**self.forecast.model_dump())
        values["settings"] = tuple(Setting(**s.model_dump()) for s in self.settings)
        return Meeting(**values)


class GroupEntry(Entry):
    """Whom a quota counts."""

    income_categories: list[int] = []
    list_: Literal["", "candidate", "transfer"] = Field("", alias="list")
    agreement_id: str = ""
    agreement_ids: list[str] = []
    channels: list[str] = []


class StepEntry(Entry):
    """A share from a day on."""

    from_on: date = Field(alias="from")
    share: str


Seats = Annotated[int, Field(ge=0, le=MOST_SEATS)]


class UnusedEntry(Entry):
    """What becomes of the seats of a floor that the year does not fill."""

    policy: Literal["lapse", "carry_over", "release", "reassign", "report_only"]
    most: Seats | None = None
    on: date | None = None
    to: str = ""

    def unused(self) -> Unused:
        """The record of the model."""
        return Unused(self.policy, self.most, self.on, self.to)


class QuotaEntry(Entry):
    """One quota of `quotas.yaml`; more seats or weight than any register has is a mistake."""

    id: str = Field(min_length=1)
    kind: Literal["floor", "cap"]
    group: GroupEntry = Field(default_factory=lambda: GroupEntry.model_validate({}))
    share: str | None = None
    parameter: str = ""
    seats: Seats | None = None
    period_seats: Seats | None = None
    from_agreement: Literal["", "seats_per_year"] = ""
    base: Literal["allocations", "vacated"] = "allocations"
    nis5: str = ""
    counting: Literal["each", "once"] = "each"
    hard: bool = False
    weight: int = Field(1, ge=1, le=MOST_WEIGHT)
    mark: str = "assumed"
    source: str = ""
    label: dict[Literal["fr", "nl", "de", "en"], str] = {}
    steps: Sequence[StepEntry] = ()
    previous_base: Seats | None = None
    carried_in: Seats = 0
    unused: UnusedEntry | None = None
    also_counts: list[str] = []

    def quota(self, share: Fraction | None, steps: Iterable[Fraction] = ()) -> QuotaRule:
        """The record of the model, with the shares already read as fractions."""
        begun = zip(self.steps, steps, strict=True)
        return QuotaRule(
            quota_id=self.id,
            kind=self.kind,
            group=Group(
                tuple(self.group.income_categories),
                self.group.list_,
                self.group.agreement_id,
            ),
            agreement_ids=tuple(self.group.agreement_ids),
            channels=tuple(self.group.channels),
            share=share,
            is_hard=self.hard,
            steps=tuple(ShareStep(step.from_on, read) for step, read in begun),
            unused=self.unused.unused() if self.unused else Unused(),
            also_counts=tuple(self.also_counts),
            label=tuple((n, self.label[n]) for n in LABEL_LANGUAGES if n in self.label),
            **{name: getattr(self, name) for name in _PLAIN_QUOTA_FIELDS},
        )


_PLAIN_QUOTA_FIELDS = (
    "parameter",
    "seats",
    "period_seats",
    "from_agreement",
    "base",
    "nis5",
    "counting",
    "weight",
    "mark",
    "source",
    "previous_base",
    "carried_in",
)


class QuotasEntry(Entry):
    """The file `quotas.yaml`, its quotas not yet read (each is read alone)."""

    format: Literal["quotas/1"] = Field(alias="schema")
    quotas: list[dict[str, Any]]


def register_values(
    kind: str, slsp_id: str, confirmations: tuple[Confirmation, ...]
) -> dict[str, Any]:
    """`register.yaml` as plain values."""
    return {
        "schema": REGISTER_SCHEMA,
        "kind": kind,
        "slsp_id": slsp_id,
        "confirmations": [
            {
                "key": c.key,
                "year": c.year,
                "confirmed_by": list(c.confirmed_by),
                "source": c.source,
                "confirmed_on": c.confirmed_on,
            }
            for c in confirmations
        ],
    }


def meeting_values(meeting: Meeting) -> dict[str, Any]:
    """`meeting.yaml` as plain values; what is absent is left out."""
    values: dict[str, Any] = {"schema": MEETING_SCHEMA}
    values |= {f.name: getattr(meeting, f.name) for f in fields(Meeting)}
    values["levels"] = list(meeting.levels)
    values["forecast"] = _filled(meeting.forecast) if meeting.forecast else None
    values["settings"] = [_filled(s) for s in meeting.settings]
    return _said(values, Meeting)


def quotas_values(quotas: tuple[QuotaRule, ...]) -> dict[str, Any]:
    """`quotas.yaml` as plain values; what says nothing is left out."""
    return {"schema": QUOTAS_SCHEMA, "quotas": [quota_values(q) for q in quotas]}


def quota_values(quota: QuotaRule) -> dict[str, Any]:
    """One quota as plain values."""
    group: dict[str, Any] = {
        "income_categories": list(quota.group.income_categories),
        "list": quota.group.list,
        "agreement_id": quota.group.agreement_id,
        "agreement_ids": list(quota.agreement_ids),
        "channels": list(quota.channels),
    }
    values: dict[str, Any] = {
        "id": quota.quota_id,
        "kind": quota.kind,
        "group": {name: v for name, v in group.items() if v},
        "share": None if quota.share is None else share_text(quota.share),
    }
    values |= {name: getattr(quota, name) for name in _PLAIN_QUOTA_FIELDS}
    values["hard"] = quota.is_hard
    label = dict(quota.label)
    values["label"] = {lang: label[lang] for lang in LABEL_LANGUAGES if lang in label}
    values["steps"] = [{"from": s.from_on, "share": share_text(s.share)} for s in quota.steps]
    values["unused"] = {} if quota.unused == Unused() else _said(asdict(quota.unused), Unused)
    values["also_counts"] = list(quota.also_counts)
    for name in ("steps", "also_counts", "carried_in"):
        if not values[name]:
            del values[name]
    return {name: v for name, v in _said(values, QuotaRule).items() if v != {}}


def share_text(share: Fraction) -> str:
    """A share as files hold it: `1/2`."""
    return f"{share.numerator}/{share.denominator}"


def _filled(record: Forecast | Setting) -> dict[str, Scalar | date]:
    return _said({f.name: getattr(record, f.name) for f in fields(record)}, type(record))


def _said(values: Mapping[str, Any], record: type) -> dict[str, Any]:
    """Leave out what is absent: ``None``, and the empty text where that is the default."""
    empty = {f.name for f in fields(record) if f.default == ""}
    return {n: v for n, v in values.items() if v is not None and not (v == "" and n in empty)}
