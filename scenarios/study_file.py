"""What a study file may say: its arms, agreements, shares, leases and horizon."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from allocation.rules.draft import Draft
from allocation.territory import companies
from scenarios.search_file import SearchEntry

REGION = "region"
_MOST_YEARS = 30
_MOST_REPLICATIONS = 100_000


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", populate_by_name=True)


class Text(_Model):
    """One sentence in the four languages."""

    fr: str
    nl: str
    de: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in a language."""
        return str(getattr(self, language))


class StepEntry(_Model):
    """Another share from a day on."""

    from_: date = Field(alias="from")
    share: str | int


class BridgeEntry(_Model):
    """
    An agreement of an arm.

    ``steps``: other shares later on. ``base``: what the share is taken of. ``companies``: those
    that are party to it, all when empty.
    """

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    public: list[str] = Field(min_length=1)
    share: str | int = 0
    steps: list[StepEntry] = Field(default_factory=list)
    base: Literal["allocations", "previous_year"] = "allocations"
    named_share: str | int = 0
    companies: list[str] = Field(default_factory=list)
    places_per_1000: str | int | None = None
    accompanied: bool = True
    sliding: bool = False
    unused: Literal["lapse", "carry_over"] = "lapse"


class QuotaEntry(_Model):
    """
    A share of the law, on an income category or a list.

    ``commune``: its NIS code when only the dwellings of one commune are concerned.
    """

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    kind: Literal["floor", "cap"]
    income_categories: list[int] = Field(default_factory=list)
    of_list: Literal["", "candidate", "transfer"] = Field(default="", alias="list")
    share: str | int | None = None
    parameter: str = ""
    base: Literal["allocations", "vacated"] = "allocations"
    commune: str = ""


class LeaseEntry(_Model):
    """
    Leases of those housed in the run.

    ``terms_months``: their successive terms; the last one is renewed for as long again.
    ``trial_months``: 0 without a trial.
    """

    terms_months: list[int] = Field(min_length=1)
    trial_months: int = Field(default=0, ge=0)


class ArmEntry(_Model):
    """One policy to compare."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    label: Text
    bridges: list[BridgeEntry] = Field(default_factory=list)
    quotas: list[QuotaEntry] | None = None
    rules: dict[str, str | int | bool] = Field(default_factory=dict)
    draft: Draft | None = None
    leases: LeaseEntry | None = None
    behaviour: dict[str, str | int] = Field(default_factory=dict)
    mode: Literal["joint", "serial"] = "joint"
    pacing: Literal["linear", "year_end", "prefix"] = "linear"


class TargetEntry(_Model):
    """Replications go on until this interval is narrow enough."""

    measure: str
    half_width: str | int
    most_replications: int = Field(default=400, ge=1, le=_MOST_REPLICATIONS)


class StudyFile(_Model):
    """The content of a study file."""

    schema_: Literal["passerelle-study/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9-]{1,60}$")
    title: Text
    question: Text
    territory: str | list[str]
    start: date
    years: int = Field(ge=1, le=_MOST_YEARS)
    warm_up_years: int = Field(default=0, ge=0, le=_MOST_YEARS)
    replications: int = Field(default=20, ge=1, le=_MOST_REPLICATIONS)
    target: TargetEntry | None = None
    baseline: str
    arms: list[ArmEntry] = Field(min_length=2)
    primary: list[str] = Field(min_length=1)
    sensitivity: list[str] = Field(default_factory=list)
    search: SearchEntry | None = None

    @property
    def slsp_ids(self) -> tuple[str, ...]:
        """The companies of the study, in the order of their identifiers."""
        if self.territory == REGION:
            return tuple(sorted(companies()))
        named = [self.territory] if isinstance(self.territory, str) else self.territory
        return tuple(sorted(named))

    @property
    def communes(self) -> tuple[str, ...]:
        """NIS codes of the communes of its companies, sorted."""
        known = companies()
        return tuple(sorted({c for slsp_id in self.slsp_ids for c in known[slsp_id].communes}))


def number(value: str | int) -> Fraction | None:
    """A written number, exactly; ``None`` when it is not one."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None
