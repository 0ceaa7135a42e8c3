"""
Exhaustive search: the best served set by trying every possibility.

Independent of the engine on purpose: no graph algorithm, no solver, only enumeration. Good for
about nine households and five dwellings (the twelve golden vectors go to ten households).

Semantics (those of ``tests/golden/test_vectors.json``, schema ``matching-vectors/1``): hard
constraints first (caps, hard floors), then least shortage of the floors (weighted, or under
another rule), then (rule `lex_units`) most households served, then the lexicographically best
served set. Counting `each`: a household counts in every floor it belongs to; `once`: it fills at
most one seat of the floors counted so. Shares: ``N`` = ledger total + units; a floor asks for
``ceil(share * N) - done``, a cap allows ``floor(share * N) - done``, never below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

LEX = ("floors", "priority", "fit")
LEX_UNITS = ("floors", "units", "priority", "fit")


@dataclass(frozen=True)
class Quota:
    """A floor or a cap with its seats; ``units`` limits it to some dwellings (None: all)."""

    name: str
    kind: str
    seats: int
    counting: str = "each"
    weight: int = 1
    is_hard: bool = False
    units: frozenset[int] | None = None
    precedence: int = 0


@dataclass(frozen=True)
class Instance:
    """
    Households in order of priority, by position.

    ``accepts[h]``: units of household ``h``; ``groups[h]``: positions in ``quotas`` of those that
    count it, repeated when it takes several places. ``locked``: groups of households already
    served that count too, each with its unit. ``rule``: how shortages are compared (`weighted`,
    `precedence`, `number_met`, `leximin`).
    """

    accepts: tuple[tuple[int, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    n_units: int
    quotas: tuple[Quota, ...] = ()
    locked: tuple[tuple[tuple[int, ...], int], ...] = field(default=())
    rule: str = "weighted"

    def without(self, kinds: Iterable[str]) -> Instance:
        """The same with every quota of these kinds lifted."""
        dropped = set(kinds)
        return self.lifting(i for i, q in enumerate(self.quotas) if q.kind in dropped)

    def lifting(self, positions: Iterable[int]) -> Instance:
        """The same with the quotas at these positions lifted."""
        gone = set(positions)

        def keep(groups: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(g for g in groups if g not in gone)

        quotas = tuple(
            replace(q, kind="none", seats=0) if i in gone else q for i, q in enumerate(self.quotas)
        )
        return replace(
            self,
            quotas=quotas,
            groups=tuple(keep(g) for g in self.groups),
            locked=tuple((keep(g), u) for g, u in self.locked),
        )


class InfeasibleError(Exception):
    """No served set meets the hard constraints."""


Counted = tuple[tuple[int, ...], ...]  # for each served household: the quotas that count it


def counted(instance: Instance, household_groups: Sequence[int], unit: int) -> tuple[int, ...]:
    """The quotas that count a household on that unit."""
    return tuple(
        g
        for g in household_groups
        if instance.quotas[g].units is None or unit in instance.quotas[g].units  # type: ignore[operator]
    )


def shortages(instance: Instance, people: Counted) -> list[dict[int, int]]:
    """
    Shortage of each soft floor, one answer for each way to fill the seats counted `once`.

    Nothing when a cap or a hard floor is broken.
    """
    each: dict[int, int] = {}
    once: list[int] = []
    for i, quota in enumerate(instance.quotas):
        n = sum(p.count(i) for p in people)
        if quota.kind == "cap" and n > quota.seats:
            return []
        if quota.kind == "floor" and quota.is_hard:
            if n < quota.seats:
                return []
        elif quota.kind == "floor" and quota.counting == "once":
            once.append(i)
        elif quota.kind == "floor":
            each[i] = max(0, quota.seats - n)
    useful = tuple(sorted(tuple(g for g in p if g in once) for p in people))
    seats = tuple(instance.quotas[i].seats for i in once)
    return [
        each | dict(zip(once, left, strict=True))
        for left in unfilled(tuple(p for p in useful if p), tuple(once), seats)
    ]


@lru_cache(maxsize=100_000)
def unfilled(
    people: Counted, once: tuple[int, ...], seats: tuple[int, ...]
) -> frozenset[tuple[int, ...]]:
    """Seats left empty by every way of giving each person one seat of its own floors or none."""
    if not people:
        return frozenset([seats])
    found = set(unfilled(people[1:], once, seats))
    for position, quota in enumerate(once):
        if quota in people[0] and seats[position]:
            less = (*seats[:position], seats[position] - 1, *seats[position + 1 :])
            found |= unfilled(people[1:], once, less)
    return frozenset(found)


def filled_seats(people: Counted, seats: tuple[tuple[int, int, int], ...]) -> int:
    """Largest total weight of `once` seats (quota, seats, weight) filled, one seat a person."""
    ways = unfilled(people, tuple(i for i, _, _ in seats), tuple(n for _, n, _ in seats))
    return max(
        sum(w * (n - left) for (_, n, w), left in zip(seats, way, strict=True)) for way in ways
    )


def compared(instance: Instance, short: Mapping[int, int], rule: str) -> tuple[Any, ...]:
    """What a rule compares, smaller is better."""
    quotas = instance.quotas
    weighted = sum(quotas[i].weight * n for i, n in short.items())
    if rule == "weighted":
        return (weighted,)
    if rule == "number_met":
        return (sum(n > 0 for n in short.values()), weighted)
    if rule == "leximin":
        lacking = [Fraction(n, quotas[i].seats) for i, n in short.items() if quotas[i].seats]
        return tuple(sorted(lacking, reverse=True))
    if rule == "precedence":
        asking = [i for i in short if quotas[i].seats and quotas[i].weight]
        ranks = sorted({quotas[i].precedence for i in asking}) or [0]
        return tuple(
            sum(quotas[i].weight * n for i, n in short.items() if quotas[i].precedence == rank)
            for rank in ranks
        )
    raise ValueError(rule)


def measure(instance: Instance, people: Counted) -> tuple[Any, ...] | None:
    """How short the soft floors are under the rule, seats filled at best; ``None``: illegal."""
    ways = shortages(instance, people)
    return min((compared(instance, short, instance.rule) for short in ways), default=None)


def shortage(instance: Instance, people: Counted) -> int | None:
    """Weighted shortage of the soft floors; ``None`` when a cap or a hard floor is broken."""
    found = measure(replace(instance, rule="weighted"), people)
    return None if found is None else int(found[0])


def outcomes(instance: Instance) -> dict[tuple[int, ...], set[Counted]]:
    """Every set of households that can be housed together, with the ways it may be counted."""
    scoped = any(q.units is not None for q in instance.quotas)
    states: set[tuple[tuple[int, ...], int, Counted]] = {((), 0, ())}
    for h, units in enumerate(instance.accepts):
        for served, used, people in list(states):
            for unit in units:
                if not used >> unit & 1:
                    groups = counted(instance, instance.groups[h], unit) if scoped else ()
                    states.add(((*served, h), used | 1 << unit, (*people, groups)))
    found: dict[tuple[int, ...], set[Counted]] = {}
    for served, _, people in states:
        found.setdefault(served, set()).add(
            people if scoped else tuple(instance.groups[h] for h in served)
        )
    return found


def best(
    instance: Instance, levels: Sequence[str] = LEX
) -> tuple[tuple[int, ...], tuple[Any, ...], int]:
    """The best served set (positions, in order), its measure under the rule, its shortage."""
    locked = tuple(counted(instance, groups, unit) for groups, unit in instance.locked)
    found: tuple[Any, tuple[tuple[int, ...], tuple[Any, ...], int]] | None = None
    for served, ways in outcomes(instance).items():
        values = [
            (value, shortage(instance, people) or 0)
            for people in (locked + way for way in ways)
            if (value := measure(instance, people)) is not None
        ]
        if not values:
            continue
        least = min(values)
        short: tuple[Any, ...] = least[0] if "floors" in levels else ()
        units = -len(served) if "units" in levels else 0
        # Lexicographic order of sets: first difference decides, and serving comes first.
        order = tuple(0 if h in served else 1 for h in range(len(instance.accepts)))
        candidate = (short, units, order)
        if found is None or candidate < found[0]:
            found = (candidate, (served, *least))
    if found is None:
        raise InfeasibleError
    return found[1]


def solve(instance: Instance, levels: Sequence[str] = LEX) -> tuple[tuple[int, ...], int]:
    """The best served set (positions, in order) and its weighted shortage."""
    served, _, short = best(instance, levels)
    return served, short


def fit(
    instance: Instance,
    served: Sequence[int],
    costs: Mapping[tuple[int, int], tuple[int, int]],
    names: Sequence[str],
    *,
    by_rank: bool = False,
) -> dict[int, int]:
    """
    Which unit for each served household: least spare, then least choice, then canonical.

    ``costs[h, u]`` is (spare, choice rank); canonical: in order of priority each household gets
    the smallest (spare, choice rank, name of the unit) that keeps that optimum. ``by_rank``: no
    total, each in order of priority takes its best that keeps everybody served. Quotas limited to
    some units must stay as well kept as they can.
    """
    locked = tuple(counted(instance, groups, unit) for groups, unit in instance.locked)
    everyone: list[tuple[Any, dict[int, int]]] = []

    def extend(position: int, chosen: dict[int, int]) -> None:
        if position == len(served):
            people = tuple(counted(instance, instance.groups[h], u) for h, u in chosen.items())
            short = measure(instance, locked + people)
            if short is not None:
                keys = [(*costs[h, u], names[u]) for h, u in chosen.items()]
                totals = () if by_rank else (sum(k[0] for k in keys), sum(k[1] for k in keys))
                everyone.append(((short, totals, keys), dict(chosen)))
            return
        h = served[position]
        for unit in instance.accepts[h]:
            if unit not in chosen.values():
                extend(position + 1, {**chosen, h: unit})

    extend(0, {})
    return min(everyone, key=lambda item: item[0])[1]


def is_served(instance: Instance, h: int, *, place: int, levels: Sequence[str]) -> bool:
    """Would household ``h`` be served if it stood at ``place`` in the order?"""
    order = [k for k in range(len(instance.accepts)) if k != h]
    order.insert(place, h)
    moved = replace(
        instance,
        accepts=tuple(instance.accepts[k] for k in order),
        groups=tuple(instance.groups[k] for k in order),
    )
    return place in solve(moved, levels)[0]


def must_outrank(instance: Instance, h: int, levels: Sequence[str] = LEX) -> int | None:
    """The household ``h`` would have had to stand just above; ``None`` when no rank is enough."""
    for place in range(h - 1, -1, -1):
        if is_served(instance, h, place=place, levels=levels):
            return place
    return None


def hall(instance: Instance, h: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The households that block ``h`` without quotas, and the units they are confined to."""
    free = instance.without(("floor", "cap"))
    best, _ = solve(free)
    sets = set(outcomes(free))
    blockers = tuple(b for b in best if tuple(sorted({*best, h} - {b})) in sets)
    units = {u for k in (*blockers, h) for u in instance.accepts[k]}
    return blockers, tuple(sorted(units))


def reasons(instance: Instance, levels: Sequence[str] = LEX) -> dict[int, str]:
    """Why each unserved household is not served, tested in the order of the law."""
    served, _ = solve(instance, levels)
    free, _ = solve(instance.without(("floor", "cap")), levels)
    no_floors, _ = solve(instance.without(("floor",)), levels)
    no_caps, _ = solve(instance.without(("cap",)), levels)
    found: dict[int, str] = {}
    for h, units in enumerate(instance.accepts):
        if h in served:
            continue
        if not units:
            found[h] = "no_compatible_unit"
        elif h not in free:
            found[h] = "outranked"
        elif h in no_floors:
            found[h] = "reserve"
        else:
            found[h] = "cap" if h in no_caps else "joint"
    return found


# --- vectors -----------------------------------------------------------------------------------


def seats_of(quota: Mapping[str, Any], vector: Mapping[str, Any]) -> int:
    """Seats of a quota of a vector after its ledger, free places and pacing."""
    free = max(0, quota["places"] - quota.get("used", 0)) if "places" in quota else None
    if quota["kind"] == "capacity":
        return int(free or 0)
    seats = int(quota["seats"]) if "seats" in quota else period_seats(quota, vector)
    return seats if free is None else min(seats, int(free))


def period_seats(quota: Mapping[str, Any], vector: Mapping[str, Any]) -> int:
    """What the year asks for at this round, members of the ledger taken off."""
    ledger = vector.get("ledger", {})
    done = int(ledger.get("by_group", {}).get(quota["group"], 0))
    now = ledger.get("total", 0) + len(vector["units"])
    year = max(vector.get("forecast", now), now)
    if quota["kind"] == "cap":
        most = quota.get("period_seats")
        return max(0, (floor(Fraction(quota["share"]) * now) if most is None else int(most)) - done)
    if "period_seats" in quota:
        share = Fraction(quota["period_seats"], year) if year else Fraction(0)
        whole = int(quota["period_seats"])
    else:
        share, whole = Fraction(quota["share"]), ceil(Fraction(quota["share"]) * year)
    if "forecast" not in vector:
        return max(0, whole - done)
    interim = 0 if vector.get("pacing") == "year_end" else floor(share * now) - done
    return max(0, int(interim), ceil(share * year) - done - int(year - now))


def read_vector(vector: Mapping[str, Any]) -> tuple[Instance, list[str], list[str]]:
    """A vector as an instance, with the names of households (in order) and of units."""
    people = sorted(
        vector["households"], key=lambda h: (-h["points"], h["date"], h["lottery"], h["id"])
    )
    units = [u["id"] for u in vector["units"]]
    quotas = tuple(quota_of(q, vector, units) for q in vector["quotas"])
    groups = tuple(
        tuple(
            i
            for i, q in enumerate(vector["quotas"])
            if q["group"] in h["groups"]
            for _ in range(q.get("intensity", {}).get(h["id"], 1))
        )
        for h in people
    )
    named = {u["id"]: u["reserved_for"] for u in vector["units"] if "reserved_for" in u}
    accepts = tuple(
        tuple(
            units.index(u)
            for u in h["accepts"]
            if u in units and (u not in named or named[u] in h["groups"])
        )
        for h in people
    )
    rule = vector.get("shortage_rule", "weighted")
    instance = Instance(accepts, groups, len(units), quotas, rule=rule)
    return instance, [h["id"] for h in people], units


def quota_of(quota: Mapping[str, Any], vector: Mapping[str, Any], units: list[str]) -> Quota:
    """One quota of a vector in seats."""
    counting = "once" if quota["kind"] == "partner" else vector.get("counting", "each")
    return Quota(
        quota["id"],
        "floor" if quota["kind"] in ("floor", "partner") else "cap",
        seats_of(quota, vector),
        "each" if quota.get("hard") else quota.get("counting", counting),
        quota.get("weight", 1),
        quota.get("hard", False),
        frozenset(units.index(u) for u in quota["units"]) if "units" in quota else None,
        quota.get("precedence", 0),
    )


def serial_units(vector: Mapping[str, Any]) -> dict[str, Any]:
    """Unit by unit in the order listed: best-ranked taker, members of the label first."""
    instance, names, units = read_vector(vector)
    members = {h["id"]: set(h["groups"]) for h in vector["households"]}
    chosen: dict[int, int] = {}
    for u, unit in enumerate(vector["units"]):
        takers = [h for h, a in enumerate(instance.accepts) if u in a and h not in chosen]
        label = unit.get("label")
        if label:
            first = [h for h in takers if label in members[names[h]]]
            takers = first if unit.get("label_mode", "soft") == "hard" else first + takers
        caps = instance.without(("floor",))
        for h in takers:
            if shortage(caps, tuple(caps.groups[k] for k in (*chosen, h))) is not None:
                chosen[h] = u
                break
    served = sorted(chosen)
    return {
        "served": [names[h] for h in served],
        "shortage": shortage(instance, tuple(instance.groups[h] for h in served)),
        "assignment": {names[h]: units[u] for h, u in sorted(chosen.items())},
    }


def rank_sum(instance: Instance) -> tuple[tuple[int, ...], int]:
    """The wrong rule kept as a warning: least shortage, most served, largest sum of ranks."""
    n = len(instance.accepts)
    found = [
        (short, -len(served), -sum(n - h for h in served), served)
        for served, ways in outcomes(instance).items()
        for short in (shortage(instance, next(iter(ways))),)
        if short is not None
    ]
    best = min(found)
    return best[3], best[0]


def solve_vector(vector: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the ``expected`` block of a vector may hold, by enumeration."""
    instance, names, units = read_vector(vector)

    def served(positions: Sequence[int]) -> list[str]:
        return [names[h] for h in positions]

    def rule(solver: Any, *arguments: Any) -> dict[str, Any]:
        try:
            positions, short = solver(instance, *arguments)
        except InfeasibleError:
            return {"error": "infeasible"}
        return {"served": served(positions), "shortage": short}

    answer: dict[str, Any] = {
        "lex": rule(solve, LEX),
        "lex_units": rule(solve, LEX_UNITS),
        "rank_sum": rule(rank_sum),
        "serial_units": serial_units(vector),
        "resolved_seats": {q.name: q.seats for q in instance.quotas},
    }
    if "error" in answer["lex"]:
        return answer
    why = reasons(instance)
    no_floors, _ = solve(instance.without(("floor",)))
    outranks = {h: must_outrank(instance, h) for h in why}
    halls = {h: hall(instance, h) for h, reason in why.items() if reason == "outranked"}
    answer |= {
        "why_unserved": {names[h]: reason for h, reason in why.items()},
        "seat": {names[h]: "open" if h in no_floors else "reserve" for h in solve(instance)[0]},
        "must_outrank": {names[h]: None if x is None else names[x] for h, x in outranks.items()},
        "hall": {
            names[h]: {"households": served(b), "units": sorted(units[u] for u in d)}
            for h, (b, d) in halls.items()
        },
        "without_quota": {
            q.name: served(solve(instance.lifting([i]))[0]) for i, q in enumerate(instance.quotas)
        },
    }
    return answer
