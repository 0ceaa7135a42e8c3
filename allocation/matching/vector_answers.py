"""The outcome of a vector, under the keys of its ``expected`` block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from allocation.matching import mip
from allocation.matching.conflicts import Conflict, types_named
from allocation.matching.dwellings import assign
from allocation.matching.problem import InfeasibleError, Problem
from allocation.matching.reasons import Reasons
from allocation.matching.serial import Label, serial
from allocation.matching.solve import LEX, LEX_UNITS, Levels, Solution, Tally, method_of, solve
from allocation.matching.vectors import Vector

INFEASIBLE = {"error": "infeasible"}


def answer(vector: Vector, wanted: Sequence[str] = ()) -> dict[str, Any]:
    """
    The outcome of a vector: the keys wanted, in that order; all but ``rank_sum`` when none is.

    When the hard quotas cannot hold together only the keys that do not need a solution are
    there, and ``conflict`` always. Keys and shapes: ``docs/reference/matching_vectors.md``.
    """
    keys = list(wanted) or [k for k in KEYS if k not in ("rank_sum", "conflict")]
    found: dict[str, Any] = {"id": vector.vector_id}
    try:
        solution = solve(vector.problem)
    except InfeasibleError as fault:
        found |= {k: _WITHOUT_SOLUTION[k](vector) for k in keys if k in _WITHOUT_SOLUTION}
        return found | {"conflict": _conflict(vector.problem, fault.conflict)}
    reasons = Reasons(vector.problem, solution)
    for key in keys:
        if key in _WITHOUT_SOLUTION:
            found[key] = _WITHOUT_SOLUTION[key](vector)
        else:
            found[key] = _OF_THE_SOLUTION[key](vector, reasons)
    return found


def _names(problem: Problem, positions: Sequence[int]) -> list[str]:
    return [problem.households[p] for p in positions]


def _outcome(vector: Vector, levels: Levels) -> dict[str, Any]:
    try:
        solution = solve(vector.problem, levels=levels)
    except InfeasibleError:
        return INFEASIBLE
    return {"served": _names(vector.problem, solution.served), "shortage": solution.shortage}


def _rank_sum(vector: Vector) -> dict[str, Any]:
    """The deliberately wrong rule: least shortage, most served, largest sum of ranks."""
    try:
        served, shortage = mip.rank_sum(vector.problem)
    except InfeasibleError:
        return INFEASIBLE
    return {"served": _names(vector.problem, served), "shortage": shortage}


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


def _method(vector: Vector) -> dict[str, Any]:
    method = method_of(vector.problem)
    return {"name": method.name, "because_of": list(method.quotas)}


def _conflict(problem: Problem, found: Conflict | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "quotas": [problem.quotas[i].quota_id for i in found.quotas],
        "is_smallest": found.is_smallest,
        "most": {problem.quotas[i].quota_id: n for i, n in found.most.items()},
        "hall": {
            "households": _names(problem, found.confined),
            "units": types_named(problem, found.types),
        },
    }


def _measure(vector: Vector, reasons: Reasons) -> dict[str, Any]:
    problem, solution = vector.problem, reasons.solution
    lacking = Tally(problem, solution.seats).shorts()
    return {
        "rule": problem.shortage_rule,
        "value": [n if isinstance(n, int) else str(n) for n in map(_plain, solution.measure)],
        "seats_lacking": {problem.quotas[i].quota_id: lacking[i] for i in sorted(lacking)},
    }


def _plain(n: int | Fraction) -> int | Fraction:
    return int(n) if n.denominator == 1 else n


def _lost_to_priority(vector: Vector, reasons: Reasons) -> dict[str, Any]:
    """Dwellings that strict priority leaves empty, and whom the other rule would serve."""
    strict = reasons.solution
    units = solve(vector.problem, levels=LEX_UNITS)
    return {
        "units": len(units.served) - len(strict.served),
        "only_lex": _names(vector.problem, sorted({*strict.served} - {*units.served})),
        "only_lex_units": _names(vector.problem, sorted({*units.served} - {*strict.served})),
    }


def _fitted(vector: Vector, solution: Solution, *, by_rank: bool) -> dict[str, str]:
    costs = [vector.ranks[p] for p in solution.served]
    found = assign(vector.problem, solution, costs, by_rank=by_rank)
    return {vector.problem.households[p]: found[p] for p in solution.served}


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
            found[h] = {
                "households": _names(vector.problem, witness.households),
                "units": types_named(vector.problem, witness.types),
            }
    return found


def _without_quota(vector: Vector, reasons: Reasons) -> dict[str, list[str]]:
    return {
        q.quota_id: _names(vector.problem, reasons.without_quota(i).served)
        for i, q in enumerate(vector.problem.quotas)
    }


_WITHOUT_SOLUTION: Mapping[str, Callable[[Vector], Any]] = {
    "lex": lambda vector: _outcome(vector, LEX),
    "lex_units": lambda vector: _outcome(vector, LEX_UNITS),
    "serial_units": _serial,
    "rank_sum": _rank_sum,
    "resolved_seats": lambda vector: dict(vector.seats),
    "method": _method,
    "conflict": lambda _: None,
}
_OF_THE_SOLUTION: Mapping[str, Callable[[Vector, Reasons], Any]] = {
    "lost_to_priority": _lost_to_priority,
    "measure": _measure,
    "fit": lambda vector, reasons: _fitted(vector, reasons.solution, by_rank=False),
    "priority_fit": lambda vector, reasons: _fitted(vector, reasons.solution, by_rank=True),
    "why_unserved": _why,
    "seat": _seat,
    "must_outrank": _must_outrank,
    "hall": _hall,
    "without_quota": _without_quota,
}
KEYS = (*_WITHOUT_SOLUTION, *_OF_THE_SOLUTION)
