"""Random small registers with a meeting: everything that decides, on a few households."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from allocation.model import TABLE_BY_NAME, Forecast, Group, Meeting, QuotaRule, Register, Table
from allocation.rules import Assessments

ON = date(2026, 6, 30)
COMMUNES = ("52011", "52012")


def a_small_meeting(
    rng: random.Random,
    *,
    n_households: int = 7,
    n_dwellings: int = 5,
    with_quotas: bool = True,
    with_preferences: bool = True,
) -> tuple[Register, Assessments]:
    """A register of a few households and dwellings, and what the rules would say of them."""
    n_h, n_d = rng.randint(2, n_households), rng.randint(1, n_dwellings)
    quotas = tuple(_quotas(rng)) if with_quotas else ()
    return _meet(rng, n_h, n_d, quotas, with_preferences=with_preferences)


def a_full_meeting(
    rng: random.Random, *, n_households: int, n_dwellings: int
) -> tuple[Register, Assessments]:
    """A meeting of that very size, floors only, nobody with a round of their own."""
    floors = tuple(q for q in _every_quota(rng) if q.kind == "floor")
    return _meet(rng, n_households, n_dwellings, floors, with_preferences=False)


def _meet(
    rng: random.Random, n_h: int, n_d: int, quotas: tuple[QuotaRule, ...], *, with_preferences: bool
) -> tuple[Register, Assessments]:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLE_BY_NAME}
    rows["agreements"] = [_agreement(a) for a in ("C1", "C2")]
    for i in range(n_d):
        _dwelling(rng, rows, f"D{i:04d}", with_preferences=with_preferences)
    for i in range(n_h):
        _application(rng, rows, f"A{i:04d}", with_preferences=with_preferences)
    if rng.random() < 0.2 and with_preferences:
        rows["offers"].append(
            {
                "offer_id": "O1",
                "application_id": "A0000",
                "dwelling_id": "D0000",
                "made_on": ON,
                "answer": "open",
            }
        )
    for i in range(rng.choice((0, 0, 7, 20))):
        rows["allocations_ytd"].append(_allocation(rng, i))
    register = Register.of(
        "demo",
        "la-sambrienne",
        {name: Table.of(TABLE_BY_NAME[name], r) for name, r in rows.items()},
        quotas=quotas,
        meeting=_meeting(rng, len(rows["allocations_ytd"]) + n_d),
    )
    return register, _assessments(rng, register, with_preferences=with_preferences)


def _meeting(rng: random.Random, n: int) -> Meeting:
    forecast = Forecast(n + rng.randint(0, 9), n + rng.randint(0, 9), ON, "council")
    return Meeting(
        "la-sambrienne",
        ON,
        f"seed {rng.random()}",
        "00" * 16,
        levels=rng.choice((("floors", "priority", "fit"), ("floors", "units", "priority", "fit"))),
        pacing=rng.choice(("linear", "year_end")),
        basis=rng.choice(("planned", "planned", "planned", "realised")),
        forecast=forecast if rng.random() < 0.6 else None,
    )


def _agreement(name: str) -> dict[str, Any]:
    return {
        "agreement_id": name,
        "partner_id": "P1",
        "kind": "reserved_allocation",
        "in_force_from": date(2026, 1, 1),
        "seats_per_year": 3,
    }


def _dwelling(
    rng: random.Random, rows: dict[str, list[dict[str, Any]]], name: str, *, with_preferences: bool
) -> None:
    special = with_preferences and rng.random() < 0.35
    rows["dwellings"].append({
        "dwelling_id": name, "slsp_id": "la-sambrienne", "nis5": rng.choice(COMMUNES),
        "section_id": rng.choice(("", "S1")), "kind": rng.choice(("house", "flat")),
        "bedrooms": rng.choice((1, 1, 2)),
        "accessibility": rng.choice(("adapted", "adaptable")) if special else "ordinary",
        "designed_for_over_65": "yes" if special and rng.random() < 0.4 else "no",
        "regime": "social",
    })  # fmt: skip
    rows["vacancies"].append({
        "dwelling_id": name, "origin": rng.choice(("vacated", "vacated", "new")),
        "available_on": ON + timedelta(days=rng.randint(0, 30)),
        "agreement_id": rng.choice(("", "", "", "", "C1")),
    })  # fmt: skip


def _application(
    rng: random.Random, rows: dict[str, list[dict[str, Any]]], name: str, *, with_preferences: bool
) -> None:
    is_transfer = rng.random() < 0.3
    rows["applications"].append({
        "application_id": name, "reference_slsp_id": "la-sambrienne",
        "registered_on": date(2021 + rng.randint(0, 3), rng.randint(1, 2), 1),
        "status": "admitted", "list": "transfer" if is_transfer else "candidate",
        "kind_wanted": rng.choice(("any", "any", "house", "flat")),
        "adapted_wanted": "yes" if with_preferences and rng.random() < 0.1 else "no",
        "appeal_won_on": ON if with_preferences and rng.random() < 0.08 else None,
        "transfer_nature": rng.choice(
            ("under_occupation", "over_occupation", "medical", "convenience")
        ) if is_transfer else None,
        "transfer_requested_on": date(2020, rng.randint(1, 3), 1) if is_transfer else None,
    })  # fmt: skip
    places = [(c, s) for c in COMMUNES for s in ("", "S1")]
    for rank, (nis5, section) in enumerate(rng.sample(places, rng.randint(1, 3)), 1):
        rows["choices"].append(
            {"application_id": name, "rank": rank, "nis5": nis5, "section_id": section}
        )
    for agreement in ("C1", "C2"):
        if rng.random() < 0.25:
            rows["presentations"].append({
                "agreement_id": agreement, "application_id": name, "presented_on": ON,
                "household_agreed_on": ON if rng.random() < 0.8 else None,
            })  # fmt: skip


def _allocation(rng: random.Random, i: int) -> dict[str, Any]:
    return {
        "allocation_id": f"L{i:04d}", "decided_on": ON, "nis5": rng.choice(COMMUNES),
        "list": rng.choice(("candidate", "candidate", "transfer")),
        "income_category": rng.choice(("1", "1", "2", "3")), "channel": "list",
        "agreement_id": rng.choice(("", "", "C1")), "origin": rng.choice(("vacated", "new")),
    }  # fmt: skip


def _quotas(rng: random.Random) -> list[QuotaRule]:
    everything = _every_quota(rng)
    return rng.sample(everything, rng.randint(1, 4))


def _every_quota(rng: random.Random) -> list[QuotaRule]:
    return [
        QuotaRule("cat1", "floor", Group(income_categories=(1,)),
                  share=Fraction(rng.choice((1, 3)), 4)),
        QuotaRule("cat3", "cap", Group(income_categories=(3,)), share=Fraction(14, 100)),
        QuotaRule("transfers", "cap", Group(list="transfer"), share=Fraction(3, 10),
                  base="vacated"),
        QuotaRule("C1-seats", "floor", Group(agreement_id="C1"), period_seats=rng.randint(1, 4),
                  counting="once", weight=rng.choice((1, 2))),
        QuotaRule("C2-seats", "floor", Group(agreement_id="C2"), seats=rng.randint(0, 2),
                  counting="once"),
        QuotaRule("C1-places", "cap", Group(agreement_id="C1"), seats=rng.randint(0, 3)),
        QuotaRule("cat1-52011", "cap", Group(income_categories=(1,)), share=Fraction(1, 2),
                  nis5="52011"),
        QuotaRule("cat2", "floor", Group(income_categories=(2,)), seats=rng.randint(0, 2),
                  weight=rng.choice((0, 1, 5))),
    ]  # fmt: skip


def _full_years(registered_on: date) -> int:
    had = (ON.month, ON.day) >= (registered_on.month, registered_on.day)
    return ON.year - registered_on.year - (not had)


def _assessments(rng: random.Random, register: Register, *, with_preferences: bool) -> Assessments:
    names = register["applications"]["application_id"]
    n = len(names)

    def draw(values: tuple[int, ...]) -> np.ndarray:
        return np.array([rng.choice(values) for _ in range(n)], dtype=np.int64)

    housing, personal = draw((0, 4, 5)), draw((0, 3))
    registered = register["applications"]["registered_on"].astype(object)
    seniority = np.array([min(6, _full_years(d)) for d in registered], dtype=np.int64)
    chance = 0.25 if with_preferences else 0.0
    return Assessments(
        names,
        draw((1, 1, 1, 1, 1, 1, 1, 0, -1)),
        np.array([""] * n, dtype=object),
        draw((1, 1, 2, 3)),
        draw((1_000_000,)),
        draw((-1,)),
        housing,
        draw((-1,)),
        personal,
        seniority,
        housing + personal + seniority,
        draw((1, 1, 2)),
        np.array([rng.random() < chance for _ in range(n)], dtype=bool),
        np.array([rng.random() < chance for _ in range(n)], dtype=bool),
        draw((0,)),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=bool),
        (),
    )
