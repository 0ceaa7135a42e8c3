"""Applications as the API tells them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, computed_field

from allocation.procedure.once_only import source_of_proofs
from api.schemas import Page, PageQuery, View


class ApplicationsQuery(PageQuery):
    """Which applications, of which list."""

    register_id: str = Field(
        default="", max_length=100, description="Whose list; the caller's own when left out."
    )
    q: str = Field(
        default="",
        max_length=100,
        description="Part of a name or of an identifier, any accents; a whole identifier finds "
        "that file alone.",
    )
    list: Literal["", "candidate", "transfer"] = ""
    status: Literal["", "admitted", "incomplete", "struck_off", "withdrawn"] = ""
    is_ranked: bool | None = Field(default=None, description="Taking part, or not.")
    bedrooms: int | None = Field(default=None, ge=0, le=20)
    income_category: int | None = Field(default=None, ge=-1, le=3)
    nis5: str = Field(default="", max_length=5, description="A commune that was chosen.")


class StandingView(View):
    """What a list was worked out from."""

    register_id: str
    version: int = Field(description="Version of the register it was worked out from.")
    is_current: bool = Field(description="Whether the register is still at that version.")
    on_day: date
    rulebook: str
    applications: int
    ranked: int


class ApplicationLine(View):
    """One line of the list."""

    application_id: str
    position: int
    rank: int | None = Field(description="Empty when it takes no part: `ground` says why.")
    ground: str
    rule: str
    list: str
    status: str
    applicant: str
    points: int
    housing_points: int
    personal_points: int
    seniority_points: int
    order_date: date
    draw: str
    income_category: int = Field(description="1 to 3; 0 above the ceilings; -1 not known.")
    bedrooms: int = Field(description="Bedrooms due; -1 not known.")
    n_unknown: int = Field(description="Missing facts that may change points or admission.")


class ApplicationList(Page[ApplicationLine]):
    """A page of the list, in its order."""

    standing: StandingView


class MemberView(View):
    """A person of the household."""

    member_id: str
    role: str
    family_name: str | None
    given_name: str | None
    national_number: str | None = Field(description="Empty for who may not read it.")
    sex: str | None
    born_on: date | None


class FactView(View):
    """A fact with its evidence; `is_masked`: it tells of health or violence and stays closed."""

    fact: str | None
    member_id: str | None
    value: str | None
    proof: str | None
    issued_on: date | None
    is_masked: bool


class ChoiceView(View):
    """A commune or section accepted."""

    rank: int
    nis5: str
    section_id: str | None


class PointsLineView(View):
    """A line of points as judged: `outcome` 1 met, 0 not met, -1 not known."""

    code: str | None = Field(description="Empty when the line is masked.")
    table: str
    label: str
    source: str
    outcome: int
    points: int
    counts: bool = Field(description="The best line of its table: lines never add up.")
    facts: list[str] = Field(description="Facts looked at.")


class MissingView(View):
    """A missing fact, and what it could change."""

    fact: str
    member_id: str | None
    reason: str
    accepted: list[str] = Field(description="Proofs that would do.")
    effect_points: int
    effect_bedrooms: int
    blocks: bool

    @computed_field(description="Authentic source to look it up in, not to ask of the household.")  # type: ignore[prop-decorator]  # as pydantic asks
    @property
    def look_up_at(self) -> str:
        """Code of the source; empty when the household is asked."""
        found = source_of_proofs(self.accepted)
        return found.code if found else ""


class ApplicationFile(View):
    """Everything about one application."""

    application_id: str
    reference_slsp_id: str
    row_version: int
    registered_on: date
    last_confirmed_on: date | None
    status: str
    list: str
    kind_wanted: str
    adapted_wanted: str | None
    members: tuple[MemberView, ...]
    facts: tuple[FactView, ...]
    choices: tuple[ChoiceView, ...]
    is_address_protected: bool = Field(
        description="Where this household looks for a home is not told to this reader."
    )
    standing: ApplicationLine | None = Field(description="Its place in the caller's list.")
    lines: tuple[PointsLineView, ...]
    missing: tuple[MissingView, ...]
