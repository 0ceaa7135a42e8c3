"""Agreements as they are sent and told: the terms in full, and every act."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter

from allocation.accompaniment import ALTERNATIVES, Terms
from allocation.exchange.entries import share_text
from api.schemas import Day, Entry, View

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Kind = Literal[
    "partner_lease",
    "sliding_lease",
    "reserved_allocation",
    "derogation",
    "accompaniment_subcontract",
    "transit",
    "housing_first",
    "collective_partnership",
    "ais_management",
    "network_charter",
]
Payer = Literal["household", "partner", "landlord", "owner", "nobody"]
Alternative = Literal[
    "another_dwelling",
    "another_landlord",
    "transit",
    "insertion",
    "shelter",
    "family_or_friends",
    "care_institution",
    "other",
]
if get_args(Alternative) != ALTERNATIVES:
    raise RuntimeError("the alternatives of a stay and of an agreement are the same")

# The entries below say what may come in; the record of the domain is made from them.
_TERMS = TypeAdapter(Terms)
EXAMPLE: dict[str, Any] = {
    "kind": "reserved_allocation",
    "in_force_from": "2027-01-01",
    "in_force_to": "2029-12-31",
    "signatories": [
        {"side": "landlord", "organisation": "La Sambrienne", "function": "director"},
        {"side": "partner", "organisation": "CPAS", "function": "president"},
    ],
    "basis": {"article": "Article (example)", "act": "Act (example)", "standing": "fictional"},
    "public": "Households leaving a shelter",
    "capacity": {"seats_per_year": 4, "places": 10},
    "data_sharing": {
        "fields": ["household_agreed_on"],
        "purposes": ["presentation"],
        "retention_months": 12,
    },
    "notice_months": 3,
    "answer_days": 14,
    "unfilled_place": {"policy": "next_in_turn", "hold_days": 45},
}


class SignatoryEntry(Entry):
    """Who signs for a side, by function."""

    side: Literal["landlord", "partner", "owner", "network"]
    organisation: Line
    function: Line


class BasisEntry(Entry):
    """What the seats rest on."""

    article: str = Field(default="", max_length=500)
    act: str = Field(default="", max_length=500)
    standing: Literal["recorded", "fictional", "none"] = "none"


class FilterEntry(Entry):
    """Dwellings it is about; what is left out leaves everything in."""

    communes: list[Name] = Field(default=[], max_length=300)
    bedrooms_from: int | None = Field(default=None, ge=0, le=20)
    bedrooms_to: int | None = Field(default=None, ge=0, le=20)
    accessibility: list[Literal["ordinary", "accessible", "adaptable", "adapted"]] = Field(
        default=[], max_length=4
    )


class CapacityEntry(Entry):
    """What it reserves: named dwellings, seats or a share of the year's flow, support places."""

    named_dwellings: list[Name] = Field(default=[], max_length=500)
    seats_per_year: int | None = Field(default=None, ge=0, le=100_000)
    share: str | None = Field(default=None, pattern=r"^[0-9]{1,6}/[1-9][0-9]{0,5}$")
    places: int | None = Field(default=None, ge=0, le=100_000)


class SupportEntry(Entry):
    """The support offered."""

    modes: list[Literal["individual", "collective", "community"]] = Field(
        min_length=1, max_length=3
    )
    weekly_hours: int | None = Field(default=None, ge=0, le=10_000)
    caseload_ceiling: int | None = Field(default=None, ge=1, le=1_000)


class MoneyEntry(Entry):
    """Who pays what."""

    rent: Payer
    charges: Payer
    damage: Payer
    vacancy: Payer


class SharingEntry(Entry):
    """Annex on data: fields, purposes, months they are kept."""

    fields: list[Line] = Field(max_length=50)
    purposes: list[Line] = Field(max_length=20)
    retention_months: int = Field(ge=0, le=600)


class ReviewEntry(Entry):
    """Months between two reviews."""

    every_months: int = Field(ge=1, le=120)


class UnfilledPlaceEntry(Entry):
    """What becomes of a place taken up that no household presented fills."""

    policy: Literal["release", "next_in_turn", "reassign", "report_only"] = "release"
    to: str = Field(default="", max_length=64, description="`reassign`: agreement it goes to.")
    hold_days: int | None = Field(
        default=None,
        ge=1,
        le=365,
        description="Days it is kept once taken up; empty: until a meeting has found nobody.",
    )


class TermsEntry(Entry):
    """The whole text of an agreement."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: Kind
    in_force_from: Day
    in_force_to: Day | None = None
    signatories: list[SignatoryEntry] = Field(default=[], max_length=10)
    basis: BasisEntry = BasisEntry()
    public: str = Field(default="", max_length=2000)
    dwellings: FilterEntry = FilterEntry()
    capacity: CapacityEntry = CapacityEntry()
    support: SupportEntry | None = None
    requires_support: bool = False
    money: MoneyEntry | None = None
    data_sharing: SharingEntry | None = None
    review_calendar: ReviewEntry | None = None
    slide_conditions: list[Text] = Field(default=[], max_length=30)
    exit_without_slide: str = Field(default="", max_length=2000)
    alternatives: list[Alternative] = Field(default=[], max_length=8)
    renewal: Literal["none", "by_agreement", "tacit"] = "none"
    renewal_months: int | None = Field(default=None, ge=1, le=600)
    notice_months: int = Field(default=0, ge=0, le=120)
    answer_days: int | None = Field(
        default=None, ge=1, le=365, description="Days to answer when a place is offered."
    )
    unfilled_place: UnfilledPlaceEntry | None = Field(
        default=None, description="Left out: the general list, after a meeting found nobody."
    )

    def terms(self) -> Terms:
        """The record of the domain."""
        return _TERMS.validate_python(self.model_dump())


def terms_text(terms: Terms) -> str:
    """The terms as a row keeps them."""
    return json.dumps(asdict(terms), default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    return share_text(value) if isinstance(value, Fraction) else str(value)


class NewAgreement(Entry):
    """
    A draft with a partner, or the text of an agreement that the register's files brought.

    The latter is in force at once: the identifier, the partner and the type are the register's.
    """

    agreement_id: Name = Field(examples=["C-2027-APL"])
    partner_id: Name = Field(examples=["P1"])
    terms: TermsEntry


class ActEntry(Entry):
    """An act on an agreement, with what it records."""

    act: Literal[
        "negotiate",
        "sign_agreement",
        "take_effect",
        "amend",
        "suspend",
        "resume_agreement",
        "near_the_end",
        "renew_agreement",
        "expire",
        "terminate_early",
        "abandon",
    ]
    on: Day = Field(examples=["2026-12-15"])
    row_version: int = Field(ge=1, description="Version that was read.")
    reason: str = Field(default="", max_length=2000)
    notice_on: Day | None = None
    signed_on: Day | None = None
    terms: TermsEntry | None = Field(default=None, description="New text, where it changes it.")
    destinations: dict[Name, str] = Field(
        default={}, max_length=2000, description="Stay -> what becomes of it, at the end."
    )


class DocumentView(View):
    """An agreement as it stands."""

    agreement_id: str
    register_id: str
    partner_id: str
    state: str
    version: int
    signed_on: date | None
    row_version: int
    terms: TermsEntry
    reviews: tuple[date, ...] = Field(description="Days of its reviews in the year to come.")
    stays: tuple[str, ...] = Field(description="Stays that depend on it; for its two parties.")
    possible: tuple[str, ...] = Field(description="Acts possible in its state.")


class DocumentList(View):
    """Agreements, by identifier."""

    items: tuple[DocumentView, ...]


class VersionView(View):
    """One version of the text."""

    version: int
    act: str
    on_day: date
    recorded_at: datetime
    terms: TermsEntry


class VersionList(View):
    """Every version, the latest first."""

    items: tuple[VersionView, ...]
