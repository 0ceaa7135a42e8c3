"""The certificate of a small session, statement by statement, from exhaustive search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracles.brute_force import (
    LEX,
    Instance,
    filled_seats,
    hall,
    must_outrank,
    solve,
)
from tests.oracles.small_arguments import arguments, conflict_of
from tests.oracles.small_sessions import MEETING_ON, SEED, SPARE, compatible

if TYPE_CHECKING:
    from tests.oracles.small_sessions import SmallSession

Json = dict[str, Any]
Served = dict[int, tuple[int, str]]  # household -> dwelling, round
HOUSEHOLD = (
    *("id", "rank", "tier", "nature", "housing", "personal", "seniority", "points", "date", "tie"),
    *("category", "profile", "groups", "preferences", "commitment"),
)

# Facts a commitment binds beside the identifier, the draw and the lines.
STATED = (
    *("tier", "nature", "housing", "personal", "seniority", "points", "date", "category"),
    *("preferences", "profile"),
)


def write(session: SmallSession) -> Json:
    """All but the hash."""
    course = session.settle()
    people, pool, before, main = course["main"]
    instance = session.instance(people, pool, before, "floor cap")
    sets = {
        "without_quotas": session.run(people, session.instance(people, pool, before, "")),
        "without_floors": session.run(people, session.instance(people, pool, before, "cap")),
        "without_caps": session.run(people, session.instance(people, pool, before, "floor")),
    }
    everyone = {h: (u, name) for name, part in course.items() for h, u in part[3].items()}
    lines = quota_lines(session, everyone, course, instance)
    for i, q in enumerate(lines):
        other = sets[f"without:{q['id']}"] = session.run(people, without(instance, i))
        q["passed_over"] = [session.people[h]["id"] for h in sorted(set(other) - set(main))]
        q["instead"] = [session.people[h]["id"] for h in sorted(set(main) - set(other))]
    unserved, halls = grounds(session, course, instance, sets)
    for u in unserved:
        u["quotas"] = in_the_way(u, lines, session)
    return {
        "schema": "certificate/1",
        "kind": "demo",
        "register_hash": "0" * 64,
        "rulebook_hash": "1" * 64,
        "proposal_hash": "2" * 64,
        "meeting": {
            "slsp_id": "la-sambrienne",
            "meeting_on": MEETING_ON,
            "draw_seed": SEED,
            "rulebook": "wallonia",
            "mode": "joint",
            "levels": ["floors", "priority", "fit"],
            "settings": [],
            "basis": "planned",
            "pacing": session.pacing,
            "forecast": session.forecast,
            "base_is_settled": True,
        },
        "rules": {**session.rules, "spare": SPARE},
        "profiles": session.profiles,
        "dwellings": session.homes,
        "households": [{k: h[k] for k in HOUSEHOLD} for h in session.people],
        "counts": {
            "applications": len(session.people) + 3,
            "ranked": len(session.people),
            "not_ranked": {"not_admissible": 2, "withdrawn": 1},
        },
        "quotas": lines,
        "assignments": assignments(session, everyone, sets["without_floors"]),
        "unserved": unserved,
        "halls": halls,
        "counterfactuals": {
            name: sorted([session.people[h]["id"], session.homes[u]["id"]] for h, u in s.items())
            for name, s in sets.items()
        },
        "arguments": arguments(session, course, sets),
        "empty": empty(session, everyone),
        "alternatives": {"serial": serial(session)},
    }


def without(instance: Instance, i: int) -> Instance:
    """The same round without one quota."""
    kept = [replace(q, kind="none") if n == i else q for n, q in enumerate(instance.quotas)]
    return replace(instance, quotas=tuple(kept))


def in_the_way(unserved: Json, lines: list[Json], session: SmallSession) -> list[str]:
    """Quotas without any one of which the household is served; else all that bind."""
    kinds = {"reserve": ("floor",), "cap": ("cap",), "joint": ("floor", "cap")}
    able = [q for q in lines if q["kind"] in kinds.get(unserved["reason"], ())]
    alone = [q["id"] for q in able if unserved["household"] in q["passed_over"]]
    groups = next(h["groups"] for h in session.people if h["id"] == unserved["household"])
    binding = [
        q["id"]
        for q in able
        if (q["kind"] == "cap" and q["id"] in groups and q["used"] >= q["seats"])
        or (q["kind"] == "floor" and 0 < q["used"] <= q["seats"])
    ]
    return alone or binding


def members(session: SmallSession, served: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """For each household served: positions of the quotas that count it."""
    return {
        h: tuple(
            i
            for i, q in enumerate(session.quotas)
            if q["id"] in session.people[h]["groups"]
            and q["nis5"] in ("", session.homes[u]["nis5"])
        )
        for h, u in served.items()
    }


def filled_by_floor(session: SmallSession, people: Iterable[tuple[int, ...]]) -> list[int]:
    """Seats filled, floor by floor; `once`: what each adds to heavier ones."""
    people, left = list(people), [q["seats"] for q in session.quotas]
    found = [min(n, sum(i in p for p in people)) for i, n in enumerate(left)]
    once = [
        (i, left[i], q["weight"])
        for i, q in enumerate(session.quotas)
        if q["kind"] == "floor" and q["counting"] == "once"
    ]
    once.sort(key=lambda seat: (-seat[2], seat[0]))
    useful = {seat[0] for seat in once}
    narrowed = tuple(sorted(tuple(g for g in p if g in useful) for p in people))
    before = 0
    for n, (i, _, weight) in enumerate(once, 1):
        now = filled_seats(tuple(p for p in narrowed if p), tuple(once[:n]))
        found[i] = (now - before) // weight
        before = now
    return found


def housed_alone(instance: Instance, quota: int) -> tuple[int, set[int]]:
    """Members of a quota that could be housed at the same time; dwellings too few for them."""
    scope = instance.quotas[quota].units
    accepts = tuple(
        tuple(u for u in units if scope is None or u in scope) if quota in groups else ()
        for units, groups in zip(instance.accepts, instance.groups, strict=True)
    )
    alone = Instance(accepts, tuple(() for _ in accepts), instance.n_units)
    housed = solve(alone, LEX)[0]
    refused = [p for p, units in enumerate(accepts) if units and p not in housed]
    return len(housed), {u for p in refused for u in hall(alone, p)[1]}


def quota_lines(
    session: SmallSession, everyone: Served, course: Any, instance: Instance
) -> list[Json]:
    """Counts, shortage and ground of every quota."""
    people = members(session, {h: u for h, (u, _) in everyone.items()})
    filled = filled_by_floor(session, people.values())
    before = [p for h, p in people.items() if h not in course["main"][3]]
    lines = []
    for i, q in enumerate(session.quotas):
        used = sum(i in p for p in people.values())
        short = q["seats"] - filled[i] if q["kind"] == "floor" else 0
        if q["kind"] == "floor":
            ground = "short" if short else "met"
        else:
            ground = "reached" if used >= q["seats"] else "open"
            whole = {"share": q["base_planned"], "period_seats": 1}.get(q["limit"])
            if whole is not None and q["opening"] > Fraction(q["value"]) * whole:
                ground = "exceeded_before"
        found: Json = {}
        if short:
            alone, full = housed_alone(instance, i)
            found = {"kind": "no_candidate"}
            if alone:
                homes = sorted(session.homes[u]["id"] for u in full)
                found = {"kind": "too_few_compatible", "at_most": alone, "dwellings": homes}
            if alone and alone + sum(i in p for p in before) >= q["seats"]:
                found = {
                    "kind": "conflict",
                    "quotas": [],
                    **conflict_of(session, i, filled, course),
                }
        lines.append({**q, "used": used, "shortage": short, "ground": ground, "witness": found})
    return lines


def critical_floors(
    session: SmallSession, people: Mapping[int, tuple[int, ...]], h: int
) -> list[str]:
    """Floors shorter without a household; of those counted once, all it may sit on at best."""
    others = [p for k, p in people.items() if k != h]
    total, less = filled_by_floor(session, people.values()), filled_by_floor(session, others)
    once = [
        (i, q["seats"], q["weight"])
        for i, q in enumerate(session.quotas)
        if q["kind"] == "floor" and q["counting"] == "once"
    ]
    is_needed = sum(less[i] for i, _, _ in once) < sum(total[i] for i, _, _ in once)
    best = sum(total[i] * weight for i, _, weight in once)
    useful = {i for i, _, _ in once}
    narrowed = [tuple(g for g in p if g in useful) for p in others]
    rest = tuple(sorted(p for p in narrowed if p))
    found = []
    for i, q in enumerate(session.quotas):
        if q["kind"] != "floor" or i not in people[h]:
            continue
        if i not in useful:
            is_critical = less[i] < total[i]
        elif is_needed and q["seats"]:  # on a seat of this floor, the others fill what is left
            seats = tuple((k, n - (k == i), weight) for k, n, weight in once)
            is_critical = filled_seats(rest, seats) + int(q["weight"]) == best
        else:
            is_critical = False
        found += [q["id"]] if is_critical else []
    return found


def assignments(
    session: SmallSession,
    everyone: Served,
    without_floors: Mapping[int, int],
) -> list[Json]:
    """Seat, channel and critical floors of every household served."""
    people = members(session, {h: u for h, (u, _) in everyone.items()})
    lines = []
    for h, (u, name) in everyone.items():
        critical = []
        if name == "main":
            critical = critical_floors(session, people, h)
        seat = "open" if name != "main" or h in without_floors else "reserve"
        weight = {q["id"]: q["weight"] for q in session.quotas}
        heaviest = sorted(critical, key=lambda c: (-weight[c], c))
        tier = "transfer" if session.people[h]["tier"] == 0 else "list"
        channel = "reserve" if seat == "reserve" else tier
        channel = "agreement" if session.homes[u]["agreement"] else channel
        channel = channel if name == "main" else name
        lines.append(
            {
                "dwelling": session.homes[u]["id"],
                "household": session.people[h]["id"],
                "round": name,
                "channel": channel,
                "seat": seat,
                "seat_quota": heaviest[0] if seat == "reserve" and heaviest else "",
                "critical_for": critical,
            }
        )
    return sorted(lines, key=lambda line: str(line["dwelling"]))


def rank_enough(session: SmallSession, course: Any, h: int) -> int | None:
    """The household that ``h`` would have had to stand just above, in one of its rounds."""
    found = []
    for name, (people, pool, before, _) in course.items():
        if h in people:
            kinds = {"appeal": "", "main": "floor cap"}.get(name, "cap")
            instance = session.instance(people, pool, before, kinds)
            above = must_outrank(instance, people.index(h))
            found += [] if above is None else [people[above]]
    return max(found, default=None)


def grounds(
    session: SmallSession, course: Any, instance: Instance, sets: dict[str, dict[int, int]]
) -> tuple[list[Json], list[Json]]:
    """Why everyone else is not served, with the witnesses of `outranked`."""
    served = {h for part in course.values() for h in part[3]}
    people = course["main"][0]
    unserved: list[Json] = []
    halls: list[Json] = []
    for h, item in enumerate(session.people):
        if h in served:
            continue
        p, witness = people.index(h), None
        if not any(compatible(session.profile(h), d) for d in session.homes):
            reason = "no_compatible_dwelling"
        elif not instance.accepts[p]:
            reason = "preferential"
        elif h not in sets["without_quotas"]:
            reason = "outranked"
            blockers, homes = hall(instance, p)
            found = {
                "households": [session.people[people[b]]["id"] for b in blockers],
                "dwellings": sorted(session.homes[u]["id"] for u in homes),
            }
            if found not in halls:
                halls.append(found)
            witness = halls.index(found)
        else:
            reason = "joint"
            for ground, name in (("cap", "without_caps"), ("reserve", "without_floors")):
                reason = ground if h in sets[name] else reason
        above = rank_enough(session, course, h)
        unserved.append(
            {
                "household": item["id"],
                "reason": reason,
                "quotas": [],
                "must_outrank": None if above is None else session.people[above]["id"],
                "is_rank_known": True,
                "hall": witness,
            }
        )
    return unserved, halls


def empty(session: SmallSession, everyone: dict[int, tuple[int, str]]) -> list[Json]:
    """Dwellings nobody gets."""
    used = {u for u, _ in everyone.values()}
    lines = []
    for u, home in enumerate(session.homes):
        if u in used:
            continue
        able = [h for h in range(len(session.people)) if compatible(session.profile(h), home)]
        if not home["is_available"]:
            ground = "locked" if home["regime"] == "social" else "excluded_regime"
        elif not able:
            ground = "no_candidate"
        else:
            ground = "nobody_left" if all(h in everyone for h in able) else "cap"
        full: set[str] = set()
        waiting = []
        for h in able if ground == "cap" else ():
            if h in everyone:
                continue
            mine = full_caps(session, h, home, {k: v for k, (v, _) in everyone.items()})
            full |= mine
            waiting.append([session.people[h]["id"], sorted(mine)])
        line = {"dwelling": home["id"], "ground": ground, "quotas": sorted(full)}
        lines.append({**line, "waiting": waiting})
    return lines


def full_caps(session: SmallSession, h: int, home: Json, served: Mapping[int, int]) -> set[str]:
    """Caps with no place left for this household in that dwelling."""
    people = members(session, served)
    return {
        q["id"]
        for i, q in enumerate(session.quotas)
        if q["kind"] == "cap"
        and q["id"] in session.people[h]["groups"]
        and q["nis5"] in ("", home["nis5"])
        and sum(i in p for p in people.values()) >= q["seats"]
    }


def serial(session: SmallSession) -> list[list[str]]:
    """The literal reading, dwelling by dwelling."""
    homes = [u for u, d in enumerate(session.homes) if d["is_available"]]
    homes.sort(key=lambda u: (session.homes[u]["available_on"], session.homes[u]["id"]))
    served: dict[int, int] = {}
    for n, u in enumerate(homes, 1):
        home = session.homes[u]
        able = [
            h
            for h, item in enumerate(session.people)
            if h not in served
            and compatible(session.profile(h), home)
            and ("appeal" in item["preferences"] or not full_caps(session, h, home, served))
        ]
        chosen = sorted(
            able, key=lambda h: (serial_place(session, h, home, served, n, len(homes)), h)
        )
        if chosen:
            served[chosen[0]] = u
    return sorted([session.people[h]["id"], session.homes[u]["id"]] for h, u in served.items())


def serial_place(
    session: SmallSession, h: int, home: Json, served: Mapping[int, int], n: int, total: int
) -> int:
    """Position of the first group looked at for this dwelling that holds the household."""
    rights = session.people[h]["preferences"]
    counts = members(session, served)
    behind = []
    for i, q in enumerate(session.quotas):
        missing = q["seats"] * n // total - sum(i in p for p in counts.values())
        if q["kind"] == "floor" and missing > 0:
            behind.append((-missing, q["id"]))
    labels = ["appeal" in rights]
    labels.append(home["accessibility"] == "adapted" and "adapted" in rights)
    labels.append(home["designed_for_over_65"] and "over_65" in rights)
    labels += [name in session.people[h]["groups"] for _, name in sorted(behind)]
    return labels.index(True) if True in labels else len(labels)
