"""Strike-offs, appeals and deadlines as they are sent and told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Day, Entry, View

Reason = Annotated[str, Field(min_length=1, max_length=4000)]


class StrikeOffAct(Entry):
    """A named person's act on a strike-off; nothing about it happens by itself."""

    act: Literal["decide", "dismiss", "ask_to_lift", "lift", "maintain", "record_end"]
    reason: Reason


class StrikeOffView(View):
    """A strike-off: proposed by the rule, decided by a person."""

    strike_off_id: str
    application_id: str
    state: str
    offers: list[str] = Field(description="The refusals that led to it.")
    from_on: date
    until_on: date = Field(description="First day on which a person may record its end.")
    reason: str
    possible: list[str]


class StrikeOffList(View):
    """The strike-offs of the company, latest first."""

    items: tuple[StrikeOffView, ...]


class AppealEntry(Entry):
    """A complaint received by the company."""

    application_id: str = Field(min_length=1, max_length=100)
    about: Literal["allocation", "strike_off", "non_admission", "non_confirmation"]
    known_on: Day = Field(description="Notification, or posting on the notice board.")
    lodged_on: Day
    received_on: Day | None = None
    reason: Reason


class AppealAct(Entry):
    """What happened to a complaint, and on which day."""

    act: Literal[
        "uphold",
        "reject",
        "record_silence_of_company",
        "refer_to_chamber",
        "win",
        "lose",
        "record_silence_of_chamber",
        "withdraw",
    ]
    on: Day


class AppealView(View):
    """A complaint or an appeal, with every last day."""

    appeal_id: str
    application_id: str
    about: str
    state: str
    known_on: date
    lodged_on: date
    received_on: date | None
    answered_on: date | None
    referred_on: date | None
    decided_on: date | None
    complaint_by: date
    answer_by: date | None = Field(description="Silence after it is unfavourable.")
    chamber_by: date
    decision_by: date | None = Field(description="Silence after it is favourable.")
    possible: list[str]


class AppealList(View):
    """The complaints and appeals of the company, latest first."""

    items: tuple[AppealView, ...]


class Deadline(View):
    """A day by which something is due."""

    on: date
    kind: str = Field(
        description="`offer_answer`, `complaint_answer`, `appeal_referral`, `chamber_decision`, "
        "`strike_off_end`."
    )
    subject: str
    application_id: str


class DeadlineList(View):
    """Every day that matters, the soonest first."""

    items: tuple[Deadline, ...]
