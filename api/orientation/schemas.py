"""Services, referrals, networks and their queue, as they are sent and told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas import Day, Entry, Query, View

Identifier = Annotated[str, Field(min_length=1, max_length=100)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Line = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=2000)]
Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class OpeningEntry(Entry):
    """Days and hours."""

    days: list[Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]] = Field(min_length=1)
    opens_at: Hour
    closes_at: Hour


class ServiceEntryIn(Entry):
    """A service as its own organisation describes it; contacts by function, no names."""

    name: str = Field(min_length=1, max_length=200)
    description: Text = ""
    kinds: list[Code] = Field(min_length=1, max_length=20)
    communes: list[Code] = Field(default=[], max_length=300, description="None: everywhere.")
    status: Literal["active", "inactive", "defunct", "temporarily closed"] = "active"
    modes: list[Code] = Field(default=[], max_length=10)
    intensities: list[Code] = Field(default=[], max_length=10)
    languages: list[Code] = Field(default=[], max_length=40)
    public: Text = ""
    how_to_apply: Text = ""
    fees: Line = ""
    email: Line = ""
    phone: Line = ""
    url: Line = ""
    contact_function: Line = ""
    openings: list[OpeningEntry] = Field(default=[], max_length=20)
    available_from: Day | None = None
    wait_days: int | None = Field(default=None, ge=0, le=3650)


class ServiceView(View):
    """A service of the directory."""

    service_id: str
    organisation_id: str = Field(description="Who keeps the entry up to date.")
    provider_name: str
    name: str
    description: str
    kinds: list[str]
    kind_labels: list[str]
    communes: list[str]
    status: str
    modes: list[str]
    intensities: list[str]
    languages: list[str]
    public: str
    how_to_apply: str
    fees: str
    email: str
    phone: str
    url: str
    contact_function: str
    openings: list[OpeningEntry]
    available_from: date | None
    wait_days: int | None
    checked_on: date | None


class ServiceList(View):
    """Services that answer the question; the shortest wait first, unknown last."""

    items: list[ServiceView]


class ServiceQuery(Query):
    """Who can do what, where, from when, in which language."""

    kind: str = Field(default="", max_length=40)
    nis5: str = Field(default="", max_length=10)
    mode: str = Field(default="", max_length=40)
    intensity: str = Field(default="", max_length=10)
    language: str = Field(default="", max_length=10)
    by: Day | None = None


class OpenReferralPage(Entry):
    """A page of services in the Open Referral form (HSDS 3), as a directory gives it."""

    contents: list[dict[str, Any]] = Field(max_length=5000)
    total_items: int | None = Field(default=None, ge=0)
    total_pages: int | None = Field(default=None, ge=0)
    page_number: int | None = Field(default=None, ge=0)
    size: int | None = Field(default=None, ge=0)
    first_page: bool | None = None
    last_page: bool | None = None
    empty: bool | None = None


class OpenReferralView(View):
    """The directory in the Open Referral form."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]]


class ReceivedView(View):
    """What was taken in, and which members had no place here."""

    received: int
    not_kept: list[str]


class ReferralEntry(Entry):
    """Somebody is sent on, with their agreement: to one service, for one day."""

    to: Identifier
    application_id: Identifier | None = None
    alias: str = Field(min_length=1, max_length=60)
    need: Code
    words: Text = Field(default="", description="The need in the person's own words.")
    agreed_on: Day
    due_on: Day


class ReferralAct(Entry):
    """One act; which of both services may do it follows from where the referral stands."""

    act: Literal[
        "accept",
        "send_back",
        "call_back",
        "hand_over",
        "answer",
        "answer_oneself",
        "close_unanswered",
        "leave",
    ]
    on: Day
    to: Identifier | None = None
    due_on: Day | None = None
    because: Literal[
        "", "not_our_field", "not_our_territory", "full", "other_language", "other"
    ] = Field(default="", description="About the service that sends it back, not the person.")
    answer: Literal[
        "", "helped", "helped_in_part", "right_opened", "no_right", "person_did_not_wish"
    ] = ""


class HandOverView(View):
    """One service it was handed to; read by the sender."""

    number: int
    to_id: str
    sent_on: date
    due_on: date
    accepted_on: date | None
    ended_on: date | None
    sent_back_because: str


class ReferralView(View):
    """A referral, to its sender or to the service that has it."""

    referral_id: str
    owner_id: str = Field(description="Who answers for the person now.")
    sender_id: str
    receiver_id: str
    application_id: str | None = Field(description="To the sender alone.")
    alias: str
    need: str
    words: str
    state: str
    agreed_on: date
    due_on: date
    is_overdue: bool
    answer: str
    ended_on: date | None
    n_hand_overs: int
    hand_overs: list[HandOverView] = Field(description="To the sender alone.")
    possible: list[str]


class ReferralList(View):
    """Referrals sent and received, those due first."""

    items: list[ReferralView]


class PingPongView(View):
    """Hand-overs before an answer, of the referrals the organisation sent."""

    answered: int | None = Field(description="Hidden under ten outside the organisation.")
    hand_overs: int | None
    in_one: int | None
    most: int | None
    open: int | None


class MemberEntry(Entry):
    """A service that signs the charter of the network."""

    member_id: Identifier
    charter_signed_on: Day


class PriorityEntry(Entry):
    """A priority of a year, set by the members."""

    year: int = Field(ge=2000, le=2100)
    code: Code
    title: str = Field(min_length=1, max_length=200)


class MemberView(View):
    """A member."""

    member_id: str
    name: str
    charter_signed_on: date
    left_on: date | None


class PriorityView(View):
    """A priority."""

    year: int
    code: str
    title: str


class NetworkView(View):
    """A network: who signed its charter, what it put first."""

    network_id: str
    name: str
    members: list[MemberView]
    priorities: list[PriorityView]


class QueueEntry(Entry):
    """A situation for the members the person named, until the day the person said."""

    alias: str = Field(min_length=1, max_length=60)
    need: Code
    nis5: Code
    agreed_on: Day
    until_on: Day
    readers: list[Identifier] = Field(min_length=1, max_length=50)


class QueueView(View):
    """All that a named member sees: alias, need, commune, owner."""

    entry_id: str
    alias: str
    need: str
    nis5: str
    owner_id: str
    state: str
    until_on: date


class QueueList(View):
    """What waits in the shared queue for the caller's eyes."""

    items: list[QueueView]


class QueueAct(Entry):
    """A named member takes it up and becomes its owner; the owner closes; the person leaves."""

    act: Literal["take_up", "close", "leave"]
    on: Day


class ConferenceEntry(Entry):
    """A case conference, with the text it rests on."""

    held_on: Day
    legal_article: Line = ""
    legal_act: Line = ""
    legal_on: Day | None = None
    present: list[Identifier] = Field(min_length=1, max_length=30)


class ConferenceView(View):
    """That a conference was held; nothing of what was said."""

    conference_id: str
    held_on: date
    legal_article: str
    legal_act: str
    legal_on: date


class YearQuery(Query):
    """Which year."""

    year: int = Field(ge=2000, le=2100)


class CountView(View):
    """A figure by value, ten or more."""

    key: str
    n: int


class NetworkReport(View):
    """A year of the network, from its data; a figure under ten, none included, is not told."""

    network_id: str
    year: int
    members: int
    joined: int
    entries: int | None
    by_need: list[CountView]
    by_commune: list[CountView]
    by_state: list[CountView]
    conferences: int | None
    priorities: list[PriorityView]
