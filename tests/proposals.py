"""
A small meeting made by hand, with one case of everything a document has to print.

Seven dwellings, fourteen households, four quotas; nothing is computed, so that documents are
tested apart from the engine.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np

from allocation.model import Forecast, Group, Meeting, QuotaRule, Register
from allocation.model.proposal import (
    Alternative,
    Argument,
    Caveat,
    Counterfactual,
    Cut,
    DwellingLine,
    Hall,
    LowerChoice,
    NextInLine,
    NotRanked,
    Proposal,
    QuotaLine,
    RankedHousehold,
    Refusal,
    Unserved,
    Vacancy,
)
from allocation.model.schema import TABLE_BY_NAME
from allocation.model.table import Table
from allocation.rules.outcome import Assessments

MEETING_ON = date(2026, 11, 24)
CHARLEROI, FARCIENNES = "52011", "52018"
SECRET = "5ec4e7" * 8


def a_meeting() -> Meeting:
    return Meeting(
        slsp_id="la-sambrienne",
        meeting_on=MEETING_ON,
        draw_seed="tirage-2026-11",
        pseudonym_secret=SECRET,
        forecast=Forecast(allocations=90, vacated=60, made_on=date(2026, 1, 10)),
    )


def a_ranked(name: str, rank: int, **changes: object) -> RankedHousehold:
    points = {"housing_points": 5, "personal_points": 3, "seniority_points": 4}
    values: dict[str, object] = {
        "application_id": name,
        "rank": rank,
        "tier": 1,
        "nature": 0,
        **points,
        "points": sum(points.values()) - rank // 3,
        "order_date": date(2019, 3, rank),
        "draw": f"{rank:016x}",
        "bedrooms": 2,
        "income_category": 1,
        "groups": ("cat1",),
        "preferences": (),
        "agreements": (),
        "accepts": {"D1": (0, 1), "D2": (0, 2)},
        "kind_wanted": "any",
        "needs_adapted": False,
        "choices": (0, 1),
    }
    return RankedHousehold(**(values | changes))  # type: ignore[arg-type]  # a builder by name


HOUSEHOLDS = (
    a_ranked("A01", 1, tier=0, nature=1, points=0, groups=("transfers",)),
    *(a_ranked(f"A{i:02}", i) for i in range(2, 8)),
    a_ranked("A08", 8, groups=("cat1", "relais"), agreements=("G1",)),
    a_ranked("A09", 9, groups=("cat3",), income_category=3),
    a_ranked("A10", 10, groups=("cat3",), income_category=3),
    a_ranked("A11", 11, accepts={}),
    a_ranked("A12", 12),
    a_ranked("A13", 13, preferences=("adapted",)),
    a_ranked("A14", 14, preferences=("over_65",)),
)


def a_dwelling_line(name: str, served: str | None, **changes: object) -> DwellingLine:
    values: dict[str, object] = {
        "dwelling_id": name,
        "application_id": served,
        "round": "main" if served else "",
        "channel": "list" if served else "",
        "seat": "open" if served else "",
        "seat_quota": "",
        "critical_for": (),
        "choice_rank": 1 if served else None,
        "next": (),
    }
    return DwellingLine(**(values | changes))  # type: ignore[arg-type]  # a builder by name


DWELLINGS = (
    a_dwelling_line(
        "D1",
        "A01",
        channel="transfer",
        next=(
            NextInLine("A02", "served_elsewhere", dwelling_id="D2"),
            NextInLine("A04", "refusal"),
            NextInLine("A08", "reserve", ("relais",)),
            NextInLine("A09", "cap", ("cat3",)),
            NextInLine("A05", "refusal"),
        ),
    ),
    a_dwelling_line("D2", "A02", choice_rank=2, next=(NextInLine("A04", "refusal"),)),
    a_dwelling_line(
        "D3",
        "A08",
        channel="reserve",
        seat="reserve",
        seat_quota="relais",
        critical_for=("relais",),
    ),
    a_dwelling_line("D4", "A13", round="adapted", channel="adapted"),
    a_dwelling_line("D5", None, ground="no_candidate"),
    a_dwelling_line("D6", None, ground="cap", ground_quotas=("cat3",)),
    a_dwelling_line("D7", None, ground="excluded_regime", agreement_id="G1"),
)


def a_vacancy(line: DwellingLine) -> Vacancy:
    place = FARCIENNES if line.dwelling_id == "D2" else CHARLEROI
    home = (place, "", "flat", 2, "ordinary", False)
    return Vacancy(line.dwelling_id, *home, line.agreement_id, "vacated", MEETING_ON)


def a_quota_line(name: str, kind: str, ground: str, **changes: object) -> QuotaLine:
    values: dict[str, object] = {
        "quota_id": name,
        "kind": kind,
        "counting": "each",
        "is_hard": False,
        "weight": 1,
        "mark": "O",
        "base": "allocations",
        "share": Fraction(1, 2),
        "opening": 20,
        "base_done": 41,
        "base_planned": 45,
        "interim": 2,
        "closing": 5,
        "seats": 3,
        "used": 3,
        "shortage": 0,
        "ground": ground,
        "shortage_witness": {},
        "passed_over": (),
        "instead": (),
        "group": Group(),
        "period_seats": None,
        "counts_transfers": True,
    }
    return QuotaLine(**(values | changes))  # type: ignore[arg-type]  # a builder by name


QUOTAS = (
    a_quota_line("cat1", "floor", "met"),
    a_quota_line(
        "cat3",
        "cap",
        "reached",
        share=Fraction(7, 50),
        interim=None,
        closing=None,
        opening=6,
        seats=0,
        used=0,
        passed_over=("A09",),
        instead=("A13",),
    ),
    a_quota_line(
        "relais",
        "floor",
        "short",
        counting="once",
        share=None,
        opening=1,
        seats=2,
        used=1,
        shortage=1,
        places=3,
        mark="assumed",
        shortage_witness={"kind": "too_few_compatible", "at_most": 1},
    ),
    a_quota_line("transfers", "cap", "open", base="vacated", share=Fraction(3, 10), used=1),
)

UNSERVED = (
    Unserved("A03", "reserve", ("relais",), "A02"),
    Unserved("A04", "outranked", (), "A02", 0),
    Unserved("A05", "outranked", (), "A02", 0),
    Unserved("A06", "preferential"),
    Unserved("A07", "joint", ("cat1", "relais")),
    Unserved("A09", "cap", ("cat3",)),
    Unserved("A10", "cap", ("cat3",)),
    Unserved("A11", "no_compatible_dwelling"),
    Unserved("A12", "outranked", (), "A02", 0),
    Unserved("A14", "outranked", (), None, 0),
)


def an_argument() -> Argument:
    """Why one round serves the best set: one refusal, by one addition."""
    proof = {"cuts": [[0, 1]], "quotas": [["low", 1]], "shortage": 1, "served": 0}
    cuts = (Cut((0, 1), ("D1", "D2")),)
    refusals = (Refusal(1, 1, None, proof), Refusal(2, 0, ("D1",), proof))
    return Argument("main", ((), ("low",)), cuts, None, None, refusals, ("A03",))


def a_proposal() -> Proposal:
    served = {d.dwelling_id: d.application_id for d in DWELLINGS if d.application_id}
    return Proposal(
        kind="demo",
        slsp_id="la-sambrienne",
        meeting={
            "slsp_id": "la-sambrienne",
            "meeting_on": MEETING_ON,
            "draw_seed": "tirage-2026-11",
            "pseudonym_secret": SECRET,
            "rulebook": "wallonia",
            "mode": "joint",
            "levels": ("floors", "priority", "fit"),
            "basis": "planned",
            "pacing": "linear",
            "forecast": None,
        },
        register_hash="a" * 64,
        rulebook_hash="b" * 64,
        places=((CHARLEROI, ""), (FARCIENNES, "")),
        sections={},
        households=HOUSEHOLDS,
        vacancies=tuple(a_vacancy(line) for line in DWELLINGS),
        dwellings=DWELLINGS,
        quotas=QUOTAS,
        unserved=UNSERVED,
        halls=(Hall(("A01", "A02"), ("D1", "D2")),),
        not_ranked=(
            NotRanked("B01", "not_confirmed"),
            NotRanked("B02", "not_admissible", "A_INCOME"),
            NotRanked("B03", "unknown", "A_INCOME"),
            NotRanked("B04", "open_offer"),
        ),
        counterfactuals=(Counterfactual("without_quotas", {"A01": "D1", "A02": "D2"}),),
        arguments=(an_argument(),),
        alternatives=(
            Alternative("lex_units", {**served, "D6": "A12"}, 1),
            Alternative("serial", {**served, "D2": "A03"}, 2),
        ),
        lower_choices=(
            LowerChoice("A02", 2, 1),
            LowerChoice("A05", 0, 1),
            LowerChoice("A06", 0, 2),
        ),
        warnings=(
            Caveat("rule.known_at", {"on": "2024-02-08"}),
            Caveat("quota.fictional_basis", {"agreement_id": "G1"}),
            Caveat("rule.assumed_value", {"name": "adult_room_rule", "value": "one_each"}),
        ),
    )


def a_register() -> Register:
    applications = [
        {
            "application_id": h.application_id,
            "registered_on": h.order_date,
            "status": "admitted",
            "list": "transfer" if h.tier == 0 else "candidate",
            "kind_wanted": "any",
            "adapted_wanted": "yes" if h.application_id == "A13" else "no",
        }
        for h in HOUSEHOLDS
    ]
    members = [
        {
            "application_id": h.application_id,
            "member_id": f"{h.application_id}-1",
            "role": "applicant",
            "family_name": f"Exemple-{h.rank}",
            "given_name": "Alix",
            "born_on": date(1990, 5, 1),
        }
        for h in HOUSEHOLDS
    ]
    members.append(
        {
            "application_id": "A13",
            "member_id": "A13-2",
            "role": "child",
            "family_name": "Exemple-13",
            "given_name": "Camille",
            "born_on": date(2019, 12, 1),
        }
    )
    choices = [{"application_id": "A13", "rank": 1, "nis5": CHARLEROI}]
    dwellings = [
        {
            "dwelling_id": d.dwelling_id,
            "slsp_id": "la-sambrienne",
            "nis5": CHARLEROI if i < 5 else FARCIENNES,
            "address": f"Rue des Exemples {i + 1}",
            "kind": "flat" if i % 2 else "house",
            "bedrooms": 1 + i % 3,
            "accessibility": "adapted" if d.dwelling_id == "D4" else "ordinary",
            "floor": i % 3,
            "rent_cents": 41250 + i,
            "regime": "transit" if d.dwelling_id == "D7" else "social",
        }
        for i, d in enumerate(DWELLINGS)
    ]
    vacancies = [
        {"dwelling_id": d.dwelling_id, "origin": "vacated", "available_on": date(2026, 12, 1)}
        for d in DWELLINGS
    ]
    partners = [{"partner_id": "P1", "name": "Relais fictif", "kind": "relais_social"}]
    agreements = [
        {
            "agreement_id": "G1",
            "partner_id": "P1",
            "kind": "reserved_allocation",
            "in_force_from": date(2026, 1, 1),
            "basis": "fictional",
        }
    ]
    rows = {
        "applications": applications,
        "household_members": members,
        "choices": choices,
        "dwellings": dwellings,
        "vacancies": vacancies,
        "partners": partners,
        "agreements": agreements,
    }
    quotas = (
        QuotaRule("cat1", "floor", Group(income_categories=(1,)), share=Fraction(1, 2)),
        QuotaRule("cat3", "cap", Group(income_categories=(3,)), share=Fraction(7, 50)),
        QuotaRule("relais", "floor", Group(agreement_id="G1"), seats=2, counting="once"),
        QuotaRule("transfers", "cap", Group(list="transfer"), share=Fraction(3, 10)),
    )
    tables = {name: Table.of(TABLE_BY_NAME[name], r) for name, r in rows.items()}  # type: ignore[arg-type]  # rows are plain dicts
    return Register.of("demo", "la-sambrienne", tables, quotas=quotas, meeting=a_meeting())


def some_assessments() -> Assessments:
    n = len(HOUSEHOLDS)
    whole = np.int64
    return Assessments(
        application_ids=np.array([h.application_id for h in HOUSEHOLDS], dtype=object),
        admissible=np.ones(n, dtype=whole),
        ground=np.array([""] * n, dtype=object),
        income_category=np.array([h.income_category for h in HOUSEHOLDS], dtype=whole),
        counted_income_cents=np.full(n, 1_500_000, dtype=whole),
        housing_line=np.array([0 if i % 4 else -1 for i in range(n)], dtype=whole),
        housing_points=np.full(n, 5, dtype=whole),
        personal_line=np.array([1 if i % 3 else -1 for i in range(n)], dtype=whole),
        personal_points=np.full(n, 3, dtype=whole),
        seniority_points=np.full(n, 4, dtype=whole),
        points=np.array([h.points for h in HOUSEHOLDS], dtype=whole),
        bedrooms=np.full(n, 2, dtype=whole),
        has_disabled_member=np.zeros(n, dtype=bool),
        has_member_over_65=np.zeros(n, dtype=bool),
        n_unknown=np.zeros(n, dtype=whole),
        open_points=np.zeros(n, dtype=whole),
        is_blocked=np.zeros(n, dtype=bool),
        lines=("H_HOMELESS", "P_DISABLED"),
    )
