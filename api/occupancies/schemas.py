"""Stays as they are sent and told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Day, Entry, Page, PageQuery, Query, View

Words = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Status = Literal[
    "planned", "emergency", "transit", "insertion", "sliding_lease", "standard_lease",
    "support_only", "left_by_choice", "moved_via_bridge", "stay_ended", "never_entered",
]  # fmt: skip
ActName = Literal[
    "enter_emergency", "enter_transit", "renew_transit", "enter_insertion", "sign_sliding_lease",
    "extend_sliding_lease", "slide", "end_without_slide", "sign_standard_lease", "start_support",
    "end_support", "leave_by_choice", "move_via_bridge", "end_stay", "end_lease", "give_up",
]  # fmt: skip
ObjectiveState = Literal["open", "moving", "reached", "dropped"]
Document = Literal[
    "precarious_occupancy", "insertion_lease", "main_lease", "sub_lease", "slide", "standard_lease"
]


class OccupancyEntry(Entry):
    """A stay to prepare: who, where, and the partner that will hold it, if one does."""

    application_id: Name
    dwelling_id: Name
    operator_id: str = Field(default="", max_length=100)
    agreement_id: str = Field(default="", max_length=100)
    continues_id: str = Field(
        default="", max_length=100, description="The stay that this one continues by a bridge."
    )


class StayAct(Entry):
    """
    A named person's act on a stay, with what it records; nothing happens by the calendar.

    An act needs a few of these only; what is missing is told all at once.
    """

    act: ActName
    on: Day = Field(description="Day it takes effect.")
    until_on: Day | None = Field(default=None, description="End of its term; the longest if empty.")
    signed_on: Day | None = None
    informed_on: Day | None = Field(default=None, description="Temporary nature explained.")
    household_agreed_on: Day | None = None
    landlord_agreed_on: Day | None = None
    receiver_agreed_on: Day | None = None
    salubrity_on: Day | None = Field(default=None, description="Salubrity attested.")
    notice_on: Day | None = Field(default=None, description="Notice given to the household.")
    is_subtenant_named: bool = False
    situation_persists: bool = False
    public: Literal["income_category", "force_majeure"] = "income_category"
    objectives: list[Name] = Field(default=[], max_length=20)
    crisis: Literal["", "home_lost", "home_unfit", "leaving_institution", "other"] = ""
    agreement_id: str = Field(default="", max_length=100, description="Of temporary support.")
    exit_class: Literal[
        "", "moved_by_choice", "moved_for_fit", "end_of_term_without_slide", "contract_ended",
        "eviction", "death", "unknown",
    ] = ""  # fmt: skip
    no_alternative: Literal[
        "", "own_choice", "found_by_the_household", "none_found", "not_reached", "death"
    ] = Field(default="", description="Why no alternative was offered, where none was.")
    decided_by: str = Field(
        default="",
        max_length=200,
        description="Who decides; asked of a program for an end, a slide or a longer term.",
    )
    reason: Words = ""
    support_change: Words = Field(default="", description="What changes in the support.")
    decided_without_place: Words = ""
    receiving_landlord: Words = ""
    household_comment: Words = ""


class ReviewEntry(Entry):
    """A review of a stay: the household's view first."""

    household_says: Words = ""
    held_on: Day
    is_household_present: bool = Field(description="In person, by telephone or by whom it named.")
    invited_on: list[Day] = Field(default=[], max_length=20)
    service_says: Words = ""
    landlord_says: Words = ""
    objectives: dict[str, ObjectiveState] = Field(default={}, description="Number -> state.")
    outside_obstacles: Words = Field(default="", description="Beyond the household's control.")
    proposals: Words = ""
    disagreement: Words = ""
    next_on: Day | None = None
    copy_delivered: Literal["", "by_hand", "post", "e_mail"] = ""


class PaperEntry(Entry):
    """A paper of the file that is held since a day."""

    paper: Name
    held_on: Day


class AlternativeEntry(Entry):
    """Something offered to the household in the place of this stay."""

    kind: Literal[
        "another_dwelling", "another_landlord", "transit", "insertion", "shelter",
        "family_or_friends", "care_institution", "other",
    ]  # fmt: skip
    offered_by: Name
    offered_on: Day


class AlternativeAnswer(Entry):
    """What the household answered."""

    answer: Literal["accepted", "declined"]
    answered_on: Day


class OccupanciesQuery(PageQuery):
    """Which stays."""

    status: Literal["", Status] = ""
    application_id: str = Field(default="", max_length=100)
    is_running: bool | None = None


class DocumentQuery(Query):
    """How a contract is written: its language, and the first day of a draft."""

    lang: Literal["", "fr", "nl", "de", "en"] = ""
    on: Day | None = None


class OccupancyView(View):
    """A stay as it stands."""

    occupancy_id: str
    application_id: str
    dwelling_id: str
    operator_id: str | None
    agreement_id: str | None
    status: str
    planned_on: date
    entered_on: date | None
    until_on: date | None = Field(description="End of the term in force; nothing ends by it.")
    longest_end_on: date | None = Field(description="The last day every longer term may reach.")
    days_over: int = Field(description="Days since the term was over; a person decides.")
    ended_on: date | None
    exit_class: str
    continues_id: str | None
    possible: list[str] = Field(description="Acts possible now for the reader.")


class ActView(View):
    """An act as recorded; `said` is for the operator and the company's social workers alone."""

    sequence: int
    act: str
    status: str
    on: date
    until_on: date | None
    signed_on: date | None
    recorded: dict[str, str]
    said: dict[str, str]
    by_organisation: str
    by_actor: str
    recorded_at: datetime


class ReviewView(View):
    """A review as recorded; `said` as for acts, the household's view first."""

    sequence: int
    held_on: date
    is_household_present: bool
    is_contradictory: bool
    invited_on: list[date]
    objectives: dict[str, str]
    said: dict[str, str]
    next_on: date | None
    copy_delivered: str
    by_organisation: str


class ObjectiveView(View):
    """An objective of the sliding lease, in the household's words."""

    number: int
    wording: str
    state: str


class PaperView(View):
    """A paper of the file, held or missing; a missing one never takes away the right to slide."""

    paper: str
    label: str
    held_on: date | None


class AlternativeView(View):
    """An alternative and the household's answer."""

    sequence: int
    kind: str
    offered_by: str
    offered_on: date
    answer: str
    answered_on: date | None


class OccupancyFile(OccupancyView):
    """A stay with its acts, objectives, reviews, papers and alternatives."""

    acts: list[ActView]
    objectives: list[ObjectiveView]
    reviews: list[ReviewView]
    papers: list[PaperView]
    alternatives: list[AlternativeView]


class OccupancyList(Page[OccupancyView]):
    """A page of stays."""


class ReminderView(View):
    """A day that matters to a stay; it reminds and does nothing."""

    due_on: date
    kind: str = Field(
        description="`review`, `slide_or_extension`, `term_end`, `longest_end`, `support_end`, "
        "`lease_end`."
    )
    occupancy_id: str
    application_id: str
    status: str


class ReminderList(View):
    """What to be reminded of, the soonest first."""

    items: list[ReminderView]


class ExitPointsView(View):
    """
    Points that the end of a transit or insertion stay is worth, not in the household's file yet.

    Nothing is entered by itself: with the household's agreement, a person records the facts.
    """

    occupancy_id: str
    application_id: str
    until_on: date
    facts: dict[str, str]
    proof: str
    lines: list[str]
    points_now: int
    points_then: int


class ExitPointsList(View):
    """Households to propose it to, the soonest end first."""

    items: list[ExitPointsView]


class RuleView(View):
    """A rule of stays with what it rests on."""

    key: str
    label: str
    value: int | bool | None
    source: str
    address: str
    mark: str
    note: str


class RuleList(View):
    """The rules of stays in force on a day."""

    on: date
    items: list[RuleView]


class ApprovalEntry(Entry):
    """The act that approves an operator by name, as a person read it."""

    operator_id: Name
    approving_act: Name
    source: Name
    from_on: Day
    to_on: Day | None = None


class ApprovalView(View):
    """An approval as recorded."""

    operator_id: str
    approving_act: str
    source: str
    from_on: date
    to_on: date | None


class ApprovalList(View):
    """The operators that may hold sliding leases with this company."""

    items: list[ApprovalView]


class ReturnView(View):
    """A dwelling that stays with its operator, to be offered again."""

    occupancy_id: str
    operator_id: str
    agreement_id: str | None
    dwelling_id: str
    from_on: date
    state: str
    settled_on: date | None


class ReturnList(View):
    """Dwellings to be offered again, the longest wait first."""

    items: list[ReturnView]


class HandBack(Entry):
    """The operator gives the dwelling back to the company."""

    on: Day
