"""Plans, consents and what follows, as they are sent and told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from allocation.accompaniment.consents import Datum, Kind
from allocation.accompaniment.plans import Again, Coupling
from api.accompaniment.self_employment import DoorView, SelfEmploymentEntry
from api.schemas import Day, Entry, Query, View

Identifier = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=4000)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Role = Literal["accompanier", "rent_manager"]
Programme = Literal["voluntary", "housing_first", "sub_contract"]


class ActingAs(Entry):
    """In which role an act is done: one worker may hold both, each act says which."""

    acting_as: Role = "accompanier"


class SettingEntry(Entry):
    """The association's own scale; every value of the proposal may be changed."""

    full_time_hundredths: int = Field(ge=0, le=100_000, description="350 = 3.5 full-time workers.")
    units_per_full_time: int = Field(ge=1, le=1_000_000, description="Hundredths of a unit.")
    weights: dict[str, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(
        min_length=1, max_length=20, description="Intensity -> weight, in hundredths."
    )
    decided_on: Day


class LevelView(View):
    """An intensity, its weight, and how many more of it can be promised."""

    code: str
    label: str
    weight: int
    contacts: str = Field(description="Contacts aimed at, in words; empty when none.")
    places: int | None = Field(description="Unknown until the association says its workers.")


class CapacityView(View):
    """What the service has, uses, and can still promise, in hundredths of a unit."""

    mark: str = Field(description="`proposal` of the project, or `setting` of the association.")
    source: str
    full_time_hundredths: int | None
    total: int | None
    used: int
    free: int | None
    levels: list[LevelView]
    plans: dict[str, int] = Field(description="Plans that hold a place, by state.")
    by_mode: dict[str, int]


class Objective(Entry):
    """One objective, and whose words it is in."""

    words: str = Field(min_length=1, max_length=1000)
    worded_by: Literal["household", "service", "together"]
    service_id: Identifier | None = Field(
        default=None,
        description="Service of the directory that may help with it, if one was found.",
    )


class PlanEntry(ActingAs):
    """A first contact: of a household of the register, or of somebody known by an alias."""

    application_id: Identifier | None = None
    alias: str = Field(default="", max_length=60)
    agreement_id: Identifier | None = None
    programme: Programme = "voluntary"
    coupling: Coupling = "none"
    mode: Code = "individual"
    intensity: Code = "R"
    first_contact_on: Day
    accompanier: str = Field(
        default="", max_length=100, description="Who accompanies, by function or team."
    )
    until_on: Day | None = Field(default=None, description="Of a sub-contract: its last day.")


class PlanChange(ActingAs):
    """What the household and the service write together, as it stands from now on."""

    row_version: int = Field(ge=1)
    application_id: Identifier | None = None
    mode: Code
    intensity: Code
    accompanier: str = Field(max_length=100)
    objectives: list[Objective] = Field(default=[], max_length=30)
    self_employment: SelfEmploymentEntry | None = Field(
        default=None, description="What the person wants kept of it; left out, nothing is."
    )
    next_review_on: Day | None = None
    until_on: Day | None = None
    entered_home_on: Day | None = None
    left_home_on: Day | None = None
    overbooking_reason: Text = ""


class AlternativeEntry(Entry):
    """What a service that stops offers instead, or why there is nothing."""

    offered: Text = ""
    none_because: Text = ""


class PlanAct(ActingAs):
    """One act of the plan; who leaves is asked nothing but the day."""

    act: Literal[
        "offer",
        "accept",
        "decline",
        "note_no_answer",
        "take_back",
        "begin",
        "pause",
        "stand_by",
        "resume",
        "close",
        "withdraw",
        "end_by_service",
    ]
    on: Day
    reason: Text = ""
    alternative: AlternativeEntry | None = None
    again: Again | None = None
    overbooking_reason: Text = ""


class ActView(View):
    """An act of a plan."""

    act: str
    state: str
    on: date
    acted_as: str


class PlanView(View):
    """A plan as its service reads it."""

    plan_id: str
    application_id: str | None
    alias: str
    agreement_id: str | None
    programme: str
    coupling: str
    coupling_sentence: str = Field(description="What a text couples, and what it does not.")
    mode: str
    intensity: str
    state: str
    first_contact_on: date
    began_on: date | None
    ended_on: date | None
    until_on: date | None
    next_review_on: date | None
    accompanier: str
    entered_home_on: date | None
    left_home_on: date | None
    is_overbooked: bool
    row_version: int
    possible: list[str]


class PlanList(View):
    """The plans of the service, latest first."""

    items: list[PlanView]


class PlanQuery(Query):
    """Which plans."""

    state: str = Field(default="", max_length=40)
    application_id: str = Field(default="", max_length=100)


class ContactEntry(ActingAs):
    """A contact: no field for what was said."""

    on: Day
    channel: Literal["home", "office", "outside", "phone", "message", "letter"]
    outcome: Literal["done", "not_met", "moved"]
    proposed_by: Literal["household", "service"]


class ContactView(View):
    """A contact."""

    contact_id: str
    on: date
    channel: str
    outcome: str
    proposed_by: str
    acted_as: str


class ProgressEntry(Entry):
    """Where an objective of the plan stands."""

    number: int = Field(ge=0, le=29, description="Place in the plan's objectives, from 0.")
    progress: Literal["open", "moving", "reached", "dropped"]


class ReviewEntry(ActingAs):
    """A review: what the household says comes first."""

    household_says: Text = ""
    on: Day
    present: list[Literal["household", "service", "landlord", "trusted_person", "interpreter"]] = (
        Field(min_length=1, max_length=5)
    )
    service_says: Text = ""
    landlord_says: Text = ""
    objectives: list[ProgressEntry] = Field(default=[], max_length=30)
    obstacles: list[Code] = Field(default=[], max_length=20)
    resolved: list[Code] = Field(
        default=[], max_length=20, description="Obstacles of former reviews that are gone."
    )
    proposals: Text = ""
    disagreement: Text = ""
    next_on: Day | None = None
    copy_given: Literal["in_hand", "post", "electronic", "refused_by_household"]


class ReviewView(View):
    """A review as it was written."""

    household_says: str
    review_id: str
    on: date
    due_on: date | None
    present: list[str]
    service_says: str
    landlord_says: str
    objectives: list[ProgressEntry]
    obstacles: list[str]
    resolved: list[str]
    proposals: str
    disagreement: str
    next_on: date | None
    copy_given: str


class PreparationEntry(ActingAs):
    """One item of what is prepared before a household enters."""

    item: Code
    state: Literal["to_do", "done", "not_needed"]
    on: Day | None = None


class PreparationView(View):
    """An item of the checklist."""

    item: str
    label: str
    state: str
    on: date | None


class ConsentEntry(ActingAs):
    """A record of consent; accompaniment has its own by being accepted."""

    kind: Literal["data_sharing", "information", "contract"]
    on: Day
    is_given: bool = True
    datum: Datum | None = None
    partner_id: Identifier | None = None
    purpose: Literal["", "accompaniment", "orientation", "case_conference", "housing"] = ""
    until_on: Day | None = None


class ConsentView(View):
    """A record of consent: four kinds, each with its own day."""

    consent_id: str
    kind: Kind
    state: str
    on: date
    ended_on: date | None
    datum: str | None
    partner_id: str | None
    purpose: str
    until_on: date | None
    possible: list[str]


class OnDay(ActingAs):
    """A day, and nothing else is asked."""

    on: Day


class SupportEntry(ActingAs):
    """A support a household asks for."""

    kind: Code
    language: str = Field(default="", max_length=40, description="Of an interpreter.")
    asked_on: Day


class SupportAct(OnDay):
    """What became of it."""

    act: Literal["arrange", "note_none_available", "note_done", "drop"]


class SupportView(View):
    """A support asked for."""

    support_id: str
    kind: str
    label: str
    language: str
    state: str
    asked_on: date
    settled_on: date | None
    possible: list[str]


class PlanFile(View):
    """A plan with all that its service keeps of it; the household has its copy."""

    plan: PlanView
    objectives: list[Objective]
    self_employment: SelfEmploymentEntry | None
    doors: list[DoorView]
    ended_because: str
    alternative: AlternativeEntry | None
    overbooked_because: str
    acts: list[ActView]
    consents: list[ConsentView]
    contacts: list[ContactView]
    reviews: list[ReviewView]
    preparation: list[PreparationView]
    supports: list[SupportView]


class ContactOfferEntry(Entry):
    """An event of the tenancy, passed on so that somebody may offer a contact."""

    application_id: Identifier
    event: Literal["first_missed_rent", "repair_not_reported", "neighbour_complaint"]
    happened_on: Day
    acting_as: Role = "rent_manager"


class ContactOfferSent(View):
    """It was passed on; its sender reads no more of it."""

    contact_offer_id: str
    sentence: str


class ContactOfferAct(OnDay):
    """What was done with it; a household that does not take it up risks nothing."""

    act: Literal["make", "note_taken_up", "note_not_taken_up", "drop"]


class ContactOfferView(View):
    """An offer of contact to make."""

    contact_offer_id: str
    application_id: str
    event: str
    happened_on: date
    state: str
    settled_on: date | None
    possible: list[str]


class ContactOfferList(View):
    """Offers of contact of the service, those still to make first."""

    items: list[ContactOfferView]


class PresenceView(View):
    """What the rent manager reads: whether there is support, if the household agreed to say so."""

    is_told: bool
    contact: str = Field(description="Who to write to, if the household agreed; else empty.")
    sentence: str
