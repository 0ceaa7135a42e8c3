"""Small sound things to vary by one line: a register with a little of everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from allocation.model import (
    TABLE_BY_NAME,
    Confirmation,
    Forecast,
    Group,
    Meeting,
    QuotaRule,
    Register,
    Setting,
    Table,
)

Rows = list[dict[str, Any]]
CHARLEROI, CHATELET = "52011", "52012"


def a_meeting(**changes: Any) -> Meeting:
    """A meeting of La Sambrienne in June 2026."""
    values: dict[str, Any] = {
        "slsp_id": "la-sambrienne",
        "meeting_on": date(2026, 6, 30),
        "draw_seed": "tirage 2026-06",
        "pseudonym_secret": "0123456789abcdef0123456789abcdef",
        "forecast": Forecast(90, 80, date(2026, 1, 5), "council"),
        "settings": (Setting("quota.transfer_is_at_least", False, "council", date(2026, 1, 5)),),
        "settings_basis": "council of 5 January 2026",
        "settings_decided_on": date(2026, 1, 5),
    }
    return Meeting(**(values | changes))


def some_quotas() -> tuple[QuotaRule, ...]:
    """A floor by income, a cap on transfers, the seats of an agreement."""
    return (
        QuotaRule("income-1", "floor", Group(income_categories=(1,)), share=Fraction(1, 2)),
        QuotaRule(
            "partner-1",
            "floor",
            Group(agreement_id="C1"),
            from_agreement="seats_per_year",
            counting="once",
            is_hard=True,
            weight=2,
            label=(("fr", "Places du CPAS"), ("en", "Seats of the CPAS")),
        ),
        QuotaRule(
            "transfers", "cap", Group(list="transfer"), parameter="quota.transfer_share",
            base="vacated", mark="S",
        ),
    )  # fmt: skip


def a_register(
    kind: str = "demo", tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, **rest: Any
) -> Register:
    """A sound register with a row or two in every table; `tables` replaces whole tables."""
    rows = some_rows() | dict(tables or {})
    values: dict[str, Any] = {
        "quotas": some_quotas(),
        "meeting": a_meeting(),
        "confirmations": (
            Confirmation(
                "ceilings", 2026, ("Agent Un", "Agent Deux"), "circular", date(2026, 1, 9)
            ),
        ),
    }
    built = {name: Table.of(TABLE_BY_NAME[name], found) for name, found in rows.items()}
    return Register.of(kind, "la-sambrienne", built, **(values | rest))  # type: ignore[arg-type]


def some_rows() -> dict[str, Rows]:
    """Rows of the sound register: a family on the list, a tenant who asks for a transfer."""
    return _households() | _dwellings() | _partners()


def _households() -> dict[str, Rows]:
    slsp = {"reference_slsp_id": "la-sambrienne", "status": "admitted"}
    return {
        "applications": [
            {
                **slsp, "application_id": "A1", "registered_on": date(2021, 3, 1),
                "last_confirmed_on": date(2026, 1, 20), "confirmations": 5,
                "list": "candidate", "kind_wanted": "any", "adapted_wanted": "no",
                "owns_dwelling": "no", "dependent_children": 1,
            },
            {
                **slsp, "application_id": "A2", "registered_on": date(2018, 5, 2),
                "last_confirmed_on": date(2026, 2, 3), "list": "transfer", "kind_wanted": "flat",
                "transfer_nature": "medical", "transfer_requested_on": date(2024, 9, 9),
                "tenant_since_on": date(2019, 1, 1), "current_dwelling_id": "D9",
            },
        ],
        "household_members": [
            {
                "application_id": "A1", "member_id": "M1", "role": "applicant",
                "family_name": "Exemple, l'aîné", "given_name": "Zoé \"Z\"",
                "national_number": "85073003328", "sex": "m", "born_on": date(1985, 7, 30),
                "is_married": "no", "is_self_employed": "no", "income_year": 2024,
                "taxable_income_cents": 1850000,
            },
            {
                "application_id": "A1", "member_id": "M2", "role": "child", "lodging": "full",
                "family_name": "Exemple", "given_name": "Noa", "born_on": date(2017, 7, 30),
                "national_number": "17073003384",
            },
            {
                "application_id": "A2", "member_id": "M3", "role": "applicant",
                "family_name": "Modèle", "given_name": "Léo", "born_on": date(1998, 7, 28),
                "national_number": "98472899765",
            },
        ],
        "facts": [
            {
                "application_id": "A1", "fact": "homeless_since", "value": "2026-01-10",
                "proof": "cpas_certificate", "issued_on": date(2026, 1, 12), "issuer": "CPAS",
            },
            {
                "application_id": "A2", "member_id": "M3", "fact": "disabled", "value": "yes",
                "proof": "federal_disability_certificate",
            },
        ],
        "choices": [
            {"application_id": "A1", "rank": 1, "nis5": CHARLEROI, "section_id": "S1"},
            {"application_id": "A1", "rank": 2, "nis5": CHATELET},
            {"application_id": "A2", "rank": 1, "nis5": CHARLEROI},
        ],
        "sections": [{"section_id": "S1", "nis5": CHARLEROI, "name": "Couillet"}],
    }  # fmt: skip


def _dwellings() -> dict[str, Rows]:
    home = {
        "slsp_id": "la-sambrienne", "nis5": CHARLEROI, "kind": "flat", "bedrooms": 2,
        "regime": "social",
    }  # fmt: skip
    return {
        "dwellings": [
            {**home, "dwelling_id": "D1", "section_id": "S1", "accessibility": "ordinary",
             "floor": -1, "has_lift": "yes", "rent_cents": 31250, "address": "rue Inventée 1"},
            {**home, "dwelling_id": "D2", "accessibility": "adapted"},
            {**home, "dwelling_id": "D3", "accessibility": "ordinary"},
        ],
        "vacancies": [
            {"dwelling_id": "D1", "origin": "vacated", "vacated_on": date(2026, 4, 30),
             "available_on": date(2026, 7, 15)},
            {"dwelling_id": "D2", "origin": "new", "available_on": date(2026, 7, 1),
             "agreement_id": "C1"},
        ],
        "offers": [
            {"offer_id": "O1", "application_id": "A1", "dwelling_id": "D3",
             "made_on": date(2026, 3, 2), "answer": "refused", "answered_on": date(2026, 3, 9)},
            {"offer_id": "O2", "application_id": "A2", "dwelling_id": "D3",
             "made_on": date(2026, 6, 2), "answer": "open"},
        ],
        "allocations_ytd": [
            {"allocation_id": "L1", "decided_on": date(2026, 2, 24), "dwelling_id": "D8",
             "nis5": CHARLEROI, "list": "candidate", "income_category": "1", "channel": "list",
             "origin": "vacated"},
        ],
    }  # fmt: skip


def _partners() -> dict[str, Rows]:
    return {
        "partners": [{"partner_id": "P1", "name": "CPAS inventé", "kind": "cpas"}],
        "agreements": [
            {
                "agreement_id": "C1", "partner_id": "P1", "kind": "reserved_allocation",
                "signed_on": date(2024, 12, 1), "in_force_from": date(2025, 1, 1),
                "in_force_to": date(2027, 12, 31), "seats_per_year": 4,
                "accompaniment_places": 10, "accompaniment_used": 7, "basis": "fictional",
            },
        ],
        "presentations": [
            {
                "agreement_id": "C1", "application_id": "A1", "presented_on": date(2026, 5, 4),
                "household_agreed_on": date(2026, 5, 2),
            },
        ],
    }  # fmt: skip
