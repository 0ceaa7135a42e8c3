"""The bare matching problem as files give it (schema ``matching-vectors/1``), in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from allocation.errors import HousingError
from allocation.matching import mip
from allocation.matching.problem import InfeasibleError, Problem, Quota, bits, group_types
from allocation.matching.reasons import Reasons
from allocation.matching.serial import Label, serial
from allocation.matching.solve import LEX, LEX_UNITS, Levels, solve


@dataclass(frozen=True)
class Vector:
    """One instance: the problem in ranked order and the resolved seats of its quotas."""

    vector_id: str
    problem: Problem
    seats: Mapping[str, int]
    labels: Mapping[str, tuple[str, str]]
    listed: tuple[str, ...]
    members: Mapping[str, frozenset[int]]


def read_vector(data: Mapping[str, Any]) -> Vector:
    """Rank the households, group the dwellings into types, resolve the quotas into seats."""
    households = sorted(
        data["households"],
        key=lambda h: (-Fraction(h["points"]), h["date"], h["lottery"], h["id"]),
    )
    units = [u["id"] for u in data["units"]]
    quotas = data.get("quotas", [])
    seats = {q["id"]: _seats(q, data, len(units)) for q in quotas}
    types, type_of = group_types({h["id"]: h["accepts"] for h in households}, units)
    counting = data.get("counting", "each")
    resolved = tuple(
        Quota(
            q["id"],
            q["kind"],
            seats[q["id"]],
            counting=counting,
            is_hard=bool(q.get("hard", False)),
            weight=int(q.get("weight", 1)),
        )
        for q in quotas
    )
    groups: dict[str, int] = {}
    for i, q in enumerate(quotas):
        groups[q["group"]] = groups.get(q["group"], 0) | 1 << i
    problem = Problem(
        tuple(h["id"] for h in households),
        tuple(_mask(type_of, h["accepts"]) for h in households),
        tuple(sum({groups.get(g, 0) for g in h["groups"]}) for h in households),
        types,
        resolved,
    )
    labels = {
        u["id"]: (u["label"], u.get("label_mode", "soft")) for u in data["units"] if "label" in u
    }
    position = {h["id"]: p for p, h in enumerate(households)}
    members = {
        group: frozenset(position[h["id"]] for h in households if group in h["groups"])
        for group, _ in labels.values()
    }
    return Vector(data["id"], problem, seats, labels, tuple(units), members)


def _mask(type_of: Mapping[str, int], accepted: Sequence[str]) -> int:
    mask = 0
    for unit in accepted:
        if unit in type_of:
            mask |= 1 << type_of[unit]
    return mask


def _seats(quota: Mapping[str, Any], data: Mapping[str, Any], n_units: int) -> int:
    """Seats of this round, net of the ledger, exact."""
    ledger = data.get("ledger", {"total": 0, "by_group": {}})
    done = ledger["by_group"].get(quota["group"], 0)
    if "seats" in quota:
        return int(quota["seats"])
    if "period_seats" in quota:
        return max(0, int(quota["period_seats"]) - int(done))
    share = Fraction(quota["share"])
    whole = share * (ledger["total"] + n_units)
    target: int = floor(whole) if quota["kind"] == "cap" else ceil(whole)
    return max(0, int(target) - int(done))


def answer(vector: Vector, wanted: Sequence[str] = ()) -> dict[str, Any]:
    """
    The outcome of a vector, with the keys of its ``expected`` block (all when ``wanted`` is empty).

    Keys and shapes: ``science.md`` 6.1 as kept in ``docs/reference/matching_vectors.md``.
    """
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "lex": lambda: _outcome(vector, LEX),
        "lex_units": lambda: _outcome(vector, LEX_UNITS),
        "serial_units": lambda: _serial(vector),
        "rank_sum": lambda: _rank_sum(vector),
        "resolved_seats": lambda: dict(vector.seats),
    }
    grounds = ("why_unserved", "seat", "must_outrank", "hall", "without_quota")
    keys = list(wanted) or [*(k for k in makers if k != "rank_sum"), *grounds]
    found: dict[str, Any] = {"id": vector.vector_id}
    unknown = [k for k in keys if k not in makers and k not in grounds]
    if unknown:
        raise VectorError(f"Unknown key(s) in the expected block: {', '.join(unknown)}.")
    try:
        solution = solve(vector.problem)
    except InfeasibleError:
        return found | {k: makers[k]() for k in keys if k in makers}
    reasons = Reasons(vector.problem, solution)
    for key in keys:
        found[key] = makers[key]() if key in makers else _GROUNDS[key](vector, reasons)
    return found


class VectorError(HousingError):
    """A vector asks for something that does not exist."""

    code = "matching.unknown_key"


def _names(problem: Problem, positions: Sequence[int]) -> list[str]:
    return [problem.households[p] for p in positions]


def _outcome(vector: Vector, levels: Levels) -> dict[str, Any]:
    try:
        solution = solve(vector.problem, levels=levels)
    except InfeasibleError:
        return {"error": "infeasible"}
    return {"served": _names(vector.problem, solution.served), "shortage": solution.shortage}


def _serial(vector: Vector) -> dict[str, Any]:
    def label(dwelling: str, counts: Sequence[int]) -> list[Label]:
        del counts
        if dwelling not in vector.labels:
            return []
        group, mode = vector.labels[dwelling]
        members = vector.members[group]
        return [Label(members, is_hard=mode == "hard")]

    found = serial(vector.problem, vector.listed, label)
    served = sorted(found)
    return {
        "served": _names(vector.problem, served),
        "assignment": {vector.problem.households[p]: found[p] for p in served},
    }


def _rank_sum(vector: Vector) -> dict[str, Any]:
    """The deliberately wrong rule: least shortage, most served, largest sum of ranks."""
    served, shortage = mip.rank_sum(vector.problem)
    return {"served": _names(vector.problem, served), "shortage": shortage}


def _why(vector: Vector, reasons: Reasons) -> dict[str, str]:
    return {
        h: reasons.why_unserved(p)
        for p, h in enumerate(vector.problem.households)
        if p not in reasons.served
    }


def _seat(vector: Vector, reasons: Reasons) -> dict[str, str]:
    return {vector.problem.households[p]: reasons.seat(p) for p in reasons.solution.served}


def _must_outrank(vector: Vector, reasons: Reasons) -> dict[str, str | None]:
    found = {}
    for p, h in enumerate(vector.problem.households):
        if p not in reasons.served:
            other = reasons.must_outrank(p)
            found[h] = None if other is None else vector.problem.households[other]
    return found


def _hall(vector: Vector, reasons: Reasons) -> dict[str, dict[str, list[str]]]:
    found = {}
    for p, h in enumerate(vector.problem.households):
        if p not in reasons.served and reasons.why_unserved(p) == "outranked":
            witness = reasons.hall(p)
            units = [u for t in bits(witness.types) for u in vector.problem.types[t]]
            found[h] = {
                "households": _names(vector.problem, witness.households),
                "units": sorted(units),
            }
    return found


def _without_quota(vector: Vector, reasons: Reasons) -> dict[str, list[str]]:
    return {
        q.quota_id: _names(vector.problem, reasons.without_quota(i).served)
        for i, q in enumerate(vector.problem.quotas)
    }


_GROUNDS: dict[str, Callable[[Vector, Reasons], Any]] = {
    "why_unserved": _why,
    "seat": _seat,
    "must_outrank": _must_outrank,
    "hall": _hall,
    "without_quota": _without_quota,
}
