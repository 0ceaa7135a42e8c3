"""The bare matching problem as files give it (schema ``matching-vectors/1``), read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from allocation.matching.problem import Problem, Quota, group_types
from allocation.quotas.pacing import meeting_seats

# What each kind of quota of a file is for the matching, and how it counts unless it says.
KINDS: Mapping[str, Literal["floor", "cap"]] = {
    "floor": "floor",
    "cap": "cap",
    "partner": "floor",
    "capacity": "cap",
}


@dataclass(frozen=True)
class Vector:
    """
    One instance: the problem in ranked order and the resolved seats of its quotas.

    ``ranks``: choice rank of each type, per household. ``labels``: group and mode of each
    labelled dwelling; ``members``: households of those groups; ``listed``: dwellings in the
    order of the file.
    """

    vector_id: str
    problem: Problem
    seats: Mapping[str, int]
    ranks: tuple[Mapping[int, int], ...]
    labels: Mapping[str, tuple[str, str]]
    listed: tuple[str, ...]
    members: Mapping[str, frozenset[int]]


def read_vector(data: Mapping[str, Any]) -> Vector:
    """
    Rank the households, group the dwellings into types, resolve the quotas into seats.

    ``data`` is free of the faults that ``vector_file.problems_of`` finds.
    """
    households = sorted(
        data["households"],
        key=lambda h: (-Fraction(h["points"]), h["date"], h["lottery"], h["id"]),
    )
    units = [u["id"] for u in data["units"]]
    quotas = data.get("quotas", [])
    accepts = _accepted(households, data["units"])
    marks = [q["units"] for q in quotas if "units" in q]
    marks += [group for h in households for group in _by_rank(h.get("choices", {}))]
    types, type_of = group_types(accepts, units, marks)
    seats = {q["id"]: seats_of(q, data, len(units)) for q in quotas}
    places = list(dict.fromkeys((i, n) for i, q in enumerate(quotas) for n in _heavy(q).values()))
    problem = Problem(
        tuple(accepts),
        tuple(_mask(type_of, wanted) for wanted in accepts.values()),
        tuple(_membership(h, quotas, places) for h in households),
        types,
        tuple(_quota(q, data, seats[q["id"]], type_of) for q in quotas),
        places=tuple(places),
        shortage_rule=data.get("shortage_rule", "weighted"),
    )
    labels = {
        u["id"]: (u["label"], u.get("label_mode", "soft")) for u in data["units"] if "label" in u
    }
    members = {
        group: frozenset(p for p, h in enumerate(households) if group in h["groups"])
        for group, _ in labels.values()
    }
    ranks = tuple(
        {type_of[u]: n for u, n in h.get("choices", {}).items() if u in type_of} for h in households
    )
    return Vector(data["id"], problem, seats, ranks, labels, tuple(units), members)


def _accepted(
    households: Sequence[Mapping[str, Any]], units: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Units each household may have: those it accepts, less those named for a group not its own."""
    named = {u["id"]: u["reserved_for"] for u in units if "reserved_for" in u}
    return {
        h["id"]: [u for u in h["accepts"] if u not in named or named[u] in h["groups"]]
        for h in households
    }


def _by_rank(choices: Mapping[str, int]) -> list[list[str]]:
    """Units of the same choice rank, for each rank above the first."""
    found: dict[int, list[str]] = {}
    for unit, rank in choices.items():
        found.setdefault(rank, []).append(unit)
    return [units for rank, units in found.items() if rank]


def _quota(
    quota: Mapping[str, Any], data: Mapping[str, Any], seats: int, type_of: Mapping[str, int]
) -> Quota:
    return Quota(
        quota["id"],
        KINDS[quota["kind"]],
        seats,
        counting=counting_of(quota, data),
        is_hard=bool(quota.get("hard", False)),
        weight=int(quota.get("weight", 1)),
        types=_mask(type_of, quota["units"]) if "units" in quota else None,
        precedence=int(quota.get("precedence", 0)),
    )


def counting_of(quota: Mapping[str, Any], data: Mapping[str, Any]) -> Literal["each", "once"]:
    """What the quota says, else `once` for a partner's seats, else what the file says."""
    usual = "once" if quota["kind"] == "partner" else data.get("counting", "each")
    found: Literal["each", "once"] = quota.get("counting", usual)
    return found


def _heavy(quota: Mapping[str, Any]) -> dict[str, int]:
    """Households that take more than one place."""
    return {h: n for h, n in quota.get("intensity", {}).items() if n > 1}


def _membership(
    household: Mapping[str, Any],
    quotas: Sequence[Mapping[str, Any]],
    places: Sequence[tuple[int, int]],
) -> int:
    mask = 0
    for i, quota in enumerate(quotas):
        if quota["group"] in household["groups"]:
            mask |= 1 << i
            n = _heavy(quota).get(household["id"])
            if n:
                mask |= 1 << (len(quotas) + places.index((i, n)))
    return mask


def _mask(type_of: Mapping[str, int], units: Sequence[str]) -> int:
    mask = 0
    for unit in units:
        if unit in type_of:
            mask |= 1 << type_of[unit]
    return mask


def seats_of(quota: Mapping[str, Any], data: Mapping[str, Any], n_units: int) -> int:
    """Seats of this round: as given, or from a share or the seats of the period and the ledger."""
    free = max(0, quota["places"] - quota.get("used", 0)) if "places" in quota else None
    if quota["kind"] == "capacity" and free is not None:
        return int(free)
    if "seats" in quota:
        seats = int(quota["seats"])
    else:
        ledger = data.get("ledger") or {"total": 0, "by_group": {}}
        _, _, seats = meeting_seats(
            KINDS[quota["kind"]],
            share=Fraction(quota.get("share", 0)),
            whole=quota.get("period_seats"),
            opening=ledger["by_group"].get(quota["group"], 0),
            planned=ledger["total"] + n_units,
            forecast=data.get("forecast"),
            pacing=data.get("pacing", "linear"),
        )
    return seats if free is None else min(seats, int(free))
