"""Mandates and acts under them, as a partner sends and reads them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.applications.change_schemas import Sentence
from api.schemas import Day, Entry, Page, PageQuery, View

Cover = Literal["answer_offers", "confirm", "supply_proofs"]
Covers = Annotated[
    list[Cover],
    Field(min_length=1, max_length=3, examples=[["confirm", "supply_proofs"]]),
]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class Given(Entry):
    """The mandate itself: what the household lets the partner do, and until when."""

    covers: Covers
    given_on: Day = Field(examples=["2026-06-10"])
    until_on: Day = Field(
        description="Last day; a mandate always has one.", examples=["2027-06-09"]
    )
    form: Literal["signed", "recorded"] = Field(
        description="`signed` on paper, or `recorded`: said before a worker who wrote it down."
    )


class MandateEntry(Given):
    """A mandate of a household whose application exists, with the proof that it is known."""

    application_id: str = Field(min_length=1, max_length=64, examples=["A2"])
    born_on: Day = Field(
        description="Date of birth of a member of the household.", examples=["1998-07-28"]
    )


class Reach(Entry):
    """Where letters go: no domicile is needed."""

    address_kind: Literal["reference", "partner", "own"] = Field(
        description="`reference`: a reference address (of a CPAS, for example); `partner`: care of "
        "the partner; `own`: where the person lives."
    )
    address: Line | None = Field(default=None, description="Left out with `partner`.")


class PersonEntry(Entry):
    """A person of the household; only what the rules need."""

    role: Literal["applicant", "partner", "child", "ascendant", "other"]
    known_as: Line = Field(description="A name or an alias.", examples=["Le Grand"])
    born_on: Day | None = Field(default=None, examples=["1990-04-02"])


class ChoiceEntry(Entry):
    """A commune that would be accepted, the first one first."""

    nis5: str = Field(pattern=r"^\d{5}$", examples=["52011"])


class Registration(Entry):
    """A person registered by a partner, under the mandate given at the same time."""

    register_id: str = Field(
        min_length=1, max_length=100, description="Reference company.", examples=["la-sambrienne"]
    )
    mandate: Given
    reach: Reach
    members: list[PersonEntry] = Field(min_length=1, max_length=20)
    choices: list[ChoiceEntry] = Field(min_length=1, max_length=5)
    kind_wanted: Literal["house", "flat", "any"] = "any"


class Ending(Entry):
    """The end of a mandate, today."""

    asked_by: Literal["household", "partner"] = Field(
        description="At the desk of the company it is the household; a partner gives it back."
    )


class Confirmed(Entry):
    """The household confirms its application through the partner."""

    confirmed_on: Day = Field(examples=["2027-01-20"])


class Answered(Entry):
    """The household's answer to an offer, told by the partner."""

    answer: Literal["accept", "refuse", "refuse_with_ground"]
    answered_on: Day = Field(examples=["2026-12-09"])
    ground: str = Field(
        default="", max_length=4000, pattern=r"^[^\x00]*$", description="With a ground."
    )


class ProofEntry(Entry):
    """A fact and the proof of it."""

    fact: str = Field(min_length=1, max_length=64, examples=["homeless_since"])
    value: str = Field(min_length=1, max_length=100, examples=["2026-04-15"])
    proof: str = Field(min_length=1, max_length=64, examples=["cpas_certificate"])
    issued_on: Day = Field(examples=["2026-05-20"])
    issuer: Line = Field(description="Who issued it, by function.", examples=["CPAS"])
    born_on: Day | None = Field(
        default=None, description="Date of birth of the member it is about; the household without."
    )


class ProofState(View):
    """A proof the partner handed in: what it says is not repeated."""

    proof_id: str
    handed_in_on: date
    state: str = Field(description="`received`, `taken_in`, `declined`.")


class WantedProof(View):
    """Proofs the company asks for before a meeting, told to who may supply them."""

    request_id: str
    due_on: date
    conditions: list[str] = Field(description="Conditions to prove again.")
    facts: list[str] = Field(description="Facts to prove again; then `POST` each proof.")
    n_closed: int = Field(description="Facts of health or violence: ask the company which.")


class MandateView(View):
    """A mandate, and what it lets the partner do today."""

    mandate_id: str
    organisation_id: str = Field(description="The partner.")
    register_id: str = Field(description="Reference company of the application.")
    application_id: str
    covers: list[str]
    given_on: date
    until_on: date
    form: str
    state: str = Field(description="`in_force`, `revoked`, `given_back`.")
    is_in_force: bool
    ended_on: date | None
    address_kind: str
    proofs: list[ProofState]
    wanted: list[WantedProof] = Field(
        default=[], description="With `supply_proofs`, while the mandate is in force."
    )


class MandatesQuery(PageQuery):
    """Which mandates."""

    application_id: str = Field(default="", max_length=64)


MandateList = Page[MandateView]


class ProofView(View):
    """A proof handed in, as the company reads it."""

    proof_id: str
    application_id: str
    mandate_id: str | None
    state: str
    handed_in_on: date
    change_id: str | None = Field(description="The change of the file it became.")
    fact: str | None = Field(description="Empty once the person was erased.")
    value: str | None
    proof: str | None
    issued_on: date | None
    issuer: str | None
    born_on: date | None
    member_id: str | None


class ProofList(View):
    """Proofs of an application, the latest first."""

    items: list[ProofView]


class Acceptance(Entry):
    """The proof enters the file, as a change of it."""

    row_version: Annotated[int, Field(ge=1, description="`row_version` of the file that was read.")]
    member_id: str = Field(
        default="", max_length=64, description="Member it is about, when the birth did not say it."
    )


class Declining(Entry):
    """Why a proof does not enter the file."""

    reason: Sentence
