"""
A bare round held as a meeting, so that its certificate can be made and checked.

Types of dwellings become sections of one commune, what a household accepts its choices, its rank
its points, each quota an agreement that presents its members and names the dwellings that nobody
else accepts, the ledger the allocations of the year, and whoever was served before the round an
appeal winner with a dwelling of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from allocation.matching import Problem, bits
from allocation.model import TABLE_BY_NAME, Group, Meeting, QuotaRule, Register, Table
from allocation.rules import Assessments
from tests.crossing_rounds import CrossingRound, Limit

ON = date(2026, 6, 30)
COMMUNE = "52011"
Rows = dict[str, list[dict[str, Any]]]


def can_be_a_meeting(problem: Problem) -> bool:
    """A meeting knows one shortage rule, one place a household, no quota on a list of types."""
    return problem.shortage_rule == "weighted" and not problem.places and not problem.has_scopes


def as_meeting(drawn: CrossingRound, levels: tuple[str, ...]) -> tuple[Register, Assessments]:
    """The register of that meeting and what the rules would say of its households."""
    problem = drawn.problem
    rows: Rows = {name: [] for name in TABLE_BY_NAME}
    for i, _ in enumerate(problem.quotas):
        rows["agreements"].append(_agreement(i))
    for t, dwellings in enumerate(problem.types):
        for d in dwellings:
            _dwelling(rows, d, f"S{t}", named_by=_only_partner(problem, t))
    for h, name in enumerate(problem.households):
        _household(rows, name, [f"S{t}" for t in bits(problem.accepts[h])], problem.members[h])
    for k, mask in enumerate(problem.locked):
        _dwelling(rows, f"won{k}", f"W{k}")
        _household(rows, f"winner{k}", [f"W{k}"], mask, appeal_won_on=ON)
    rows["allocations_ytd"] = [_allocation(k, i) for k, i in enumerate(drawn.ledger)]
    register = Register.of(
        "demo",
        "la-sambrienne",
        {name: Table.of(TABLE_BY_NAME[name], found) for name, found in rows.items()},
        quotas=tuple(_quota(problem, i, limit) for i, limit in enumerate(drawn.limits)),
        meeting=Meeting("la-sambrienne", ON, f"draw {drawn.number}", "00" * 16, levels=levels),
    )
    return register, _assessments(register, problem)


def _agreement(i: int) -> dict[str, Any]:
    return {
        "agreement_id": f"C{i}",
        "partner_id": "P1",
        "kind": "reserved_allocation",
        "in_force_from": date(2026, 1, 1),
        "seats_per_year": 3,
    }


def _only_partner(problem: Problem, t: int) -> str:
    """The agreement that may name these dwellings: one that presents all who accept them."""
    takers = [m for m, a in zip(problem.members, problem.accepts, strict=True) if a >> t & 1]
    partners = [i for i in range(len(problem.quotas)) if all(m >> i & 1 for m in takers)]
    return f"C{partners[0]}" if takers and partners else ""


def _dwelling(rows: Rows, name: str, section: str, *, named_by: str = "") -> None:
    rows["dwellings"].append({
        "dwelling_id": name, "slsp_id": "la-sambrienne", "nis5": COMMUNE, "section_id": section,
        "kind": "flat", "bedrooms": 1, "accessibility": "ordinary", "designed_for_over_65": "no",
        "regime": "social",
    })  # fmt: skip
    rows["vacancies"].append({
        "dwelling_id": name, "origin": "vacated", "available_on": ON, "agreement_id": named_by,
    })  # fmt: skip


def _household(rows: Rows, name: str, sections: list[str], mask: int, **more: Any) -> None:
    rows["applications"].append({
        "application_id": name, "reference_slsp_id": "la-sambrienne",
        "registered_on": date(2026, 1, 5), "status": "admitted", "list": "candidate",
        "kind_wanted": "any", "adapted_wanted": "no", **more,
    })  # fmt: skip
    for rank, section in enumerate(sections or ["elsewhere"], 1):
        rows["choices"].append(
            {"application_id": name, "rank": rank, "nis5": COMMUNE, "section_id": section}
        )
    for i in bits(mask):
        rows["presentations"].append(
            {"agreement_id": f"C{i}", "application_id": name, "presented_on": ON,
             "household_agreed_on": ON}
        )  # fmt: skip


def _allocation(k: int, i: int | None) -> dict[str, Any]:
    return {
        "allocation_id": f"L{k:03d}", "decided_on": ON, "nis5": COMMUNE, "list": "candidate",
        "income_category": 1, "channel": "list", "origin": "vacated",
        "agreement_id": "" if i is None else f"C{i}",
    }  # fmt: skip


def _quota(problem: Problem, i: int, limit: Limit) -> QuotaRule:
    quota = problem.quotas[i]
    return QuotaRule(
        quota.quota_id,
        quota.kind,
        Group(agreement_id=f"C{i}"),
        share=limit.share,
        seats=limit.seats,
        period_seats=limit.period_seats,
        counting=quota.counting,
        is_hard=quota.is_hard,
        weight=quota.weight,
    )


def _assessments(register: Register, problem: Problem) -> Assessments:
    """Points that fall with the rank; nothing else tells households apart."""
    names = register["applications"]["application_id"]
    n = len(names)
    place = {h: p for p, h in enumerate(problem.households)}
    points = np.array([n - place.get(name, 0) for name in names], dtype=np.int64)

    def every(value: int) -> np.ndarray:
        return np.full(n, value, dtype=np.int64)

    nobody = np.zeros(n, dtype=bool)
    return Assessments(
        names,
        every(1),
        np.array([""] * n, dtype=object),
        every(1),
        every(1_000_000),
        every(-1),
        points,
        every(-1),
        every(0),
        every(0),
        points,
        every(1),
        nobody,
        nobody,
        every(0),
        every(0),
        nobody,
        (),
    )
