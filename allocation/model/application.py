"""An application seen as objects: the household, its members, its facts, its choices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Member:
    """One person of the household (columns of ``household_members``)."""

    member_id: str
    role: str
    born_on: date | None = None
    sex: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    national_number: str | None = None
    is_married: bool | None = None
    is_pensioner: bool | None = None
    lodging: str | None = None
    is_self_employed: bool | None = None
    income_year: int | None = None
    taxable_income_cents: int | None = None
    current_income_cents: int | None = None
    maintenance_paid_cents: int | None = None


@dataclass(frozen=True)
class Fact:
    """
    A fact with its evidence. ``value`` is the text of the register (``yes``, ``no``, a date, a
    number, a code) and ``None`` when unknown; ``proof`` is ``None`` when no proof is held.
    """

    fact: str
    value: str | None
    member_id: str | None = None
    proof: str | None = None
    issued_on: date | None = None
    issuer: str | None = None


@dataclass(frozen=True)
class Choice:
    """A commune, or one section of it, accepted by the household; rank 1 is the first."""

    rank: int
    nis5: str
    section_id: str | None = None


@dataclass(frozen=True)
class Application:
    """
    One application with all that the rules may look at.

    Columns of ``applications`` plus the household's members, facts and choices. Consent to
    accompaniment is not here and never will be: ranking must not see it.
    """

    application_id: str
    registered_on: date
    reference_slsp_id: str = ""
    last_confirmed_on: date | None = None
    confirmations: int | None = None
    status: str = "admitted"
    status_until_on: date | None = None
    list: str = "candidate"
    kind_wanted: str = "any"
    adapted_wanted: bool | None = None
    owns_dwelling: str | None = None
    dependent_children: int | None = None
    bedrooms_exception: int | None = None
    bedrooms_exception_reason: str | None = None
    appeal_won_on: date | None = None
    transfer_nature: str | None = None
    transfer_requested_on: date | None = None
    tenant_since_on: date | None = None
    current_dwelling_id: str | None = None
    members: tuple[Member, ...] = ()
    facts: tuple[Fact, ...] = ()
    choices: tuple[Choice, ...] = ()
