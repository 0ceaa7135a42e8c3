"""
A whole meeting the naive way: plain loops and exhaustive search, nothing shared with the engine.

Order, compatibility, seats from the ledger, rounds of preference and canonical dwellings are
written again from the contract. For about eight households and five dwellings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from allocation.model import Register
from allocation.rules import Assessments
from tests.oracles import brute_force

NATURES = ("under_occupation", "over_occupation", "medical", "convenience")
SPARE = {"ordinary": 0, "accessible": 1, "adaptable": 2, "adapted": 3}


@dataclass(frozen=True)
class Household:
    """What the naive meeting knows of a household."""

    name: str
    row: Mapping[str, Any]
    places: tuple[tuple[str, str], ...]
    agreements: frozenset[str]
    points: int
    bedrooms: int
    category: int
    is_disabled: bool
    is_over_65: bool


def households(register: Register, assessments: Assessments) -> list[Household]:
    """Those who take part, best first."""
    meeting = register.meeting
    assert meeting is not None
    busy = {o["application_id"] for o in register["offers"].rows() if o["answer"] == "open"}
    agreed: dict[Any, set[str]] = {}
    for p in register["presentations"].rows():
        if p["household_agreed_on"]:
            agreed.setdefault(p["application_id"], set()).add(str(p["agreement_id"]))
    found = []
    for i, row in enumerate(register["applications"].rows()):
        if row["status"] != "admitted" or assessments.admissible[i] != 1:
            continue
        if row["application_id"] in busy:
            continue
        name = str(row["application_id"])
        places = [c for c in register["choices"].rows() if c["application_id"] == name]
        places.sort(key=lambda c: int(str(c["rank"])))
        found.append(
            Household(
                name,
                row,
                tuple((str(c["nis5"]), str(c["section_id"] or "")) for c in places),
                frozenset(agreed.get(name, ())),
                int(assessments.points[i]),
                int(row["bedrooms_exception"] or assessments.bedrooms[i]),
                int(assessments.income_category[i]),
                bool(assessments.has_disabled_member[i]),
                bool(assessments.has_member_over_65[i]),
            )
        )

    def key(h: Household) -> tuple[Any, ...]:
        drawn = hashlib.sha256(f"{meeting.draw_seed}\n{h.name}".encode()).digest()[:8]
        if h.row["list"] == "transfer":
            nature = h.row["transfer_nature"]
            place = NATURES.index(nature) if nature in NATURES else len(NATURES)
            on = h.row["transfer_requested_on"] or h.row["registered_on"]
            return 0, place, on, drawn
        return 1, -h.points, h.row["registered_on"], drawn

    return sorted(found, key=key)


def fits(h: Household, home: Mapping[str, Any], named_by: str) -> tuple[int, int] | None:
    """(spare adaptation, choice rank), or nothing when the household may not have it."""
    needs_adapted = h.row["adapted_wanted"] == "yes"
    if home["bedrooms"] != h.bedrooms or h.row["kind_wanted"] not in ("any", home["kind"]):
        return None
    if needs_adapted and home["accessibility"] != "adapted":
        return None
    if named_by and named_by not in h.agreements:
        return None
    for rank, (nis5, section) in enumerate(h.places, 1):
        if nis5 == home["nis5"] and section in ("", home["section_id"] or ""):
            spare = 0 if h.is_disabled or needs_adapted else SPARE[home["accessibility"]]
            for_old = home["designed_for_over_65"] == "yes" and not h.is_over_65
            return spare + for_old, rank
    return None


class UnsettledError(Exception):
    """The base of a quota depends on its own result and never settles."""


@dataclass(frozen=True)
class Offer:
    """What a meeting adds to the bases, by commune (``""``: everywhere)."""

    dwellings: Mapping[str, int]
    vacated: Mapping[str, int]
    transfers: Mapping[str, int]
    empty: Mapping[str, int]


def seats(register: Register, quota: Any, offer: Offer) -> tuple[int, bool]:
    """Seats of a quota and whether it counts transfers (the switches at their defaults)."""
    meeting = register.meeting
    assert meeting is not None
    with_transfers = bool(quota.group.list or quota.group.agreement_id)
    ledger = [
        a
        for a in register["allocations_ytd"].rows()
        if (with_transfers or a["list"] != "transfer")
        and (not quota.nis5 or a["nis5"] == quota.nis5)
    ]
    done = 0
    for a in ledger:
        group = quota.group
        done += (
            (
                not group.income_categories
                or int(str(a["income_category"])) in group.income_categories
            )
            and (not group.list or a["list"] == group.list)
            and (not group.agreement_id or a["agreement_id"] == group.agreement_id)
        )
    if quota.seats is not None:
        return quota.seats, with_transfers
    if quota.base == "vacated":
        base = sum(a["origin"] == "vacated" for a in ledger) + offer.vacated.get(quota.nis5, 0)
        year = meeting.forecast.vacated if meeting.forecast else None
    else:
        base = len(ledger) + offer.dwellings.get(quota.nis5, 0)
        if meeting.basis == "realised":
            base -= offer.empty.get(quota.nis5, 0)
        year = meeting.forecast.allocations if meeting.forecast else None
    if not with_transfers:
        base -= offer.transfers.get(quota.nis5, 0)
    if quota.nis5:
        year = None
    share = quota.share if quota.share is not None else None
    if quota.kind == "cap":
        most = quota.period_seats if share is None else floor(share * base)
        return max(0, most - done), with_transfers
    if year is None:
        least = quota.period_seats if share is None else ceil(share * base)
        return max(0, least - done), with_transfers
    year = max(year, base)
    wanted = share if share is not None else Fraction(quota.period_seats, year)
    interim = max(0, floor(wanted * base) - done)
    closing = max(0, ceil(wanted * year) - done - (year - base))
    return (closing if meeting.pacing == "year_end" else max(interim, closing)), with_transfers


def meet(register: Register, assessments: Assessments) -> dict[str, str]:
    """
    Dwelling -> application of the joint meeting.

    Raises
    ------
    UnsettledError
        The seats depend on the result and never agree with it.
    """
    homes = vacant_homes(register)
    transfers: dict[str, int] = {}
    empty: dict[str, int] = {}
    for _ in range(20):
        result = _meet(register, assessments, transfers, empty)
        lists = {r["application_id"]: r["list"] for r in register["applications"].rows()}
        now = (
            by_commune(homes, [d for d, a in result.items() if lists[a] == "transfer"]),
            by_commune(homes, [d for d in homes if d not in result]),
        )
        if now == (transfers, empty):
            return result
        transfers, empty = now
    raise UnsettledError


def by_commune(homes: Mapping[str, Mapping[str, Any]], names: list[str]) -> dict[str, int]:
    """How many of these dwellings, by commune and in all."""
    found: dict[str, int] = {}
    for name in names:
        for place in ("", str(homes[name]["nis5"])):
            found[place] = found.get(place, 0) + 1
    return found


@dataclass(frozen=True)
class SetOut:
    """A meeting set out: who is there, which dwellings, which quotas count whom."""

    people: list[Household]
    homes: Mapping[str, Mapping[str, Any]]
    names: list[str]
    quotas: list[brute_force.Quota]
    groups: list[list[int]]


def _meet(
    register: Register,
    assessments: Assessments,
    transfers: Mapping[str, int],
    empty: Mapping[str, int],
) -> dict[str, str]:
    out = set_out(register, assessments, transfers, empty)
    return go_on(register, out, {})


def set_out(
    register: Register,
    assessments: Assessments,
    transfers: Mapping[str, int],
    empty: Mapping[str, int],
) -> SetOut:
    """The meeting with the seats that follow from these transfers and dwellings left empty."""
    people = households(register, assessments)
    homes = vacant_homes(register)
    names = sorted(homes)
    vacated = [d for d in names if homes[d]["origin"] == "vacated"]
    offer = Offer(by_commune(homes, names), by_commune(homes, vacated), transfers, empty)
    quotas, groups = [], [[] for _ in people]
    for i, rule in enumerate(register.quotas):
        n, with_transfers = seats(register, rule, offer)
        there = frozenset(u for u, d in enumerate(names) if homes[d]["nis5"] == rule.nis5)
        quotas.append(
            brute_force.Quota(
                rule.quota_id,
                rule.kind,
                n,
                rule.counting,
                rule.weight,
                units=there if rule.nis5 else None,
            )
        )
        for p, h in enumerate(people):
            group = rule.group
            if (
                (with_transfers or h.row["list"] != "transfer")
                and (not group.income_categories or h.category in group.income_categories)
                and (not group.list or h.row["list"] == group.list)
                and (not group.agreement_id or group.agreement_id in h.agreements)
            ):
                groups[p].append(i)
    return SetOut(people, homes, names, quotas, groups)


def go_on(
    register: Register,
    out: SetOut,
    committed: Mapping[str, str],
    closed: Collection[tuple[str, str]] = (),
) -> dict[str, str]:
    """
    Dwelling -> application once the rounds have let what is free.

    ``committed``: dwelling -> application decided before; ``closed``: (application, dwelling)
    that may not be.
    """
    position = {h.name: p for p, h in enumerate(out.people)}
    served = {position[a]: out.names.index(d) for d, a in committed.items()}
    for name in ("appeal", "adapted", "over_65", "main"):
        served |= _round(register, name, out, served, closed)
    return {out.names[u]: out.people[p].name for p, u in served.items()}


def vacant_homes(register: Register) -> dict[str, dict[str, Any]]:
    """Dwellings on offer by identifier."""
    dwellings = {d["dwelling_id"]: d for d in register["dwellings"].rows()}
    kinds = {a["agreement_id"]: a["kind"] for a in register["agreements"].rows()}
    busy = {o["dwelling_id"] for o in register["offers"].rows() if o["answer"] == "open"}
    return {
        str(v["dwelling_id"]): {**dwellings[v["dwelling_id"]], **v}
        for v in register["vacancies"].rows()
        if dwellings[v["dwelling_id"]]["regime"] == "social"
        and kinds.get(v["agreement_id"]) != "partner_lease"
        and v["dwelling_id"] not in busy
    }


def _round(
    register: Register,
    name: str,
    out: SetOut,
    done: Mapping[int, int],
    closed: Collection[tuple[str, str]],
) -> dict[int, int]:
    assert register.meeting is not None
    people, homes, names, quotas, groups = out.people, out.homes, out.names, out.quotas, out.groups
    free = [
        u
        for u, d in enumerate(names)
        if u not in done.values()
        and (name != "adapted" or homes[d]["accessibility"] == "adapted")
        and (name != "over_65" or homes[d]["designed_for_over_65"] == "yes")
    ]

    def enters(h: Household) -> bool:
        return {
            "appeal": _has_won(h, register.meeting.meeting_on),  # type: ignore[union-attr]
            "adapted": h.is_disabled,
            "over_65": h.is_over_65,
            "main": True,
        }[name]

    costs = {
        (p, u): cost
        for p, h in enumerate(people)
        if p not in done and enters(h)
        for u in free
        if (h.name, names[u]) not in closed
        and (cost := fits(h, homes[names[u]], str(homes[names[u]]["agreement_id"] or "")))
    }
    order = sorted({p for p, _ in costs})
    used = [
        sum(i in groups[p] and (q.units is None or u in q.units) for p, u in done.items())
        for i, q in enumerate(quotas)
    ]
    kept = [
        brute_force.Quota(
            q.name,
            "none" if name == "appeal" or (name != "main" and q.kind == "floor") else q.kind,
            max(q.seats, n) if q.kind == "cap" else q.seats,
            q.counting,
            q.weight,
            units=q.units,
        )
        for q, n in zip(quotas, used, strict=True)
    ]
    instance = brute_force.Instance(
        tuple(tuple(u for u in free if (p, u) in costs) for p in order),
        tuple(tuple(groups[p]) for p in order),
        len(names),
        tuple(kept),
        tuple((tuple(groups[p]), u) for p, u in done.items()),
    )
    served, _ = brute_force.solve(instance, register.meeting.levels)
    local = {(i, u): costs[p, u] for i, p in enumerate(order) for u in free if (p, u) in costs}
    chosen = brute_force.fit(instance, served, local, names)
    return {order[i]: u for i, u in chosen.items()}


def _has_won(h: Household, on: date) -> bool:
    return h.row["appeal_won_on"] is not None and h.row["appeal_won_on"] <= on
