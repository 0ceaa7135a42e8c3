"""
Why the sets that exhaustive search found are the best ones, in the engine's additions.

Only the sets come from the search; the checker shares no code with what makes these arguments.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from allocation.matching import LEX, Problem, Quota, Solution
from allocation.proposal.arguments import argument, conflict_witness
from tests.oracles import brute_force
from tests.oracles.brute_force import Instance, solve

if TYPE_CHECKING:
    from tests.oracles.small_sessions import SmallSession

Json = dict[str, Any]
ACTIVE = {"appeal": "", "adapted": "cap", "over_65": "cap", "main": "floor cap"}


def arguments(
    session: SmallSession, course: Any, sets: Mapping[str, Mapping[int, int]]
) -> dict[str, Json]:
    """One for every set under quotas: rounds, and the last one without floors or caps."""
    found = {}
    parts = [(name, *part, ACTIVE[name]) for name, part in course.items()]
    people, pool, before, _ = course["main"]
    others = {"without_floors": "cap", "without_caps": "floor", "without_quotas": ""}
    for name, served in sets.items():
        parts.append((name, people, pool, before, served, others.get(name, "floor cap")))
    for name, people, pool, before, served, kinds in parts:
        instance = session.instance(people, pool, before, kinds)
        if name.startswith("without:"):
            instance = instance.lifting(
                i for i, q in enumerate(instance.quotas) if name == f"without:{q.name}"
            )
        problem = as_problem(session, people, pool, instance)
        if problem.quotas:
            seats = {people.index(h): u for h, u in served.items()}
            solution = Solution(tuple(sorted(seats)), solve(instance, LEX)[1], seats)
            stated = asdict(argument(name, problem, solution, LEX))
            found[name] = json.loads(json.dumps(stated))
            del found[name]["name"]
    return found


def conflict_of(session: SmallSession, i: int, filled: Sequence[int], course: Any) -> Json:
    """What a short floor clashes with, as far as there is a short proof."""
    people, pool, before, _ = course["main"]
    problem = as_problem(session, people, pool, session.instance(people, pool, before, "floor cap"))
    found = conflict_witness(problem, i, filled)
    if found:
        found["without"] = {
            name: sorted(map(list, d.items())) for name, d in found["without"].items()
        }
    return found


def as_problem(
    session: SmallSession, people: Sequence[int], pool: Sequence[int], instance: Instance
) -> Problem:
    """The round for the engine, every dwelling a type of its own."""
    kept = [i for i, q in enumerate(instance.quotas) if q.kind != "none"]

    def mask(units: Sequence[int] | frozenset[int]) -> int:
        return sum(1 << u for u in units)

    def members(groups: Sequence[int], unit: int | None = None) -> int:
        counted = [n for n, i in enumerate(kept) if i in groups]
        scopes = [instance.quotas[i].units for i in kept]
        return sum(1 << n for n in counted if unit is None or (s := scopes[n]) is None or unit in s)

    return Problem(
        tuple(session.people[h]["id"] for h in people),
        tuple(mask(units) for units in instance.accepts),
        tuple(members(groups) for groups in instance.groups),
        tuple((d["id"],) if u in pool else () for u, d in enumerate(session.homes)),
        tuple(
            _quota(q, None if q.units is None else mask(q.units))
            for q in (instance.quotas[i] for i in kept)
        ),
        tuple(members(groups, unit) for groups, unit in instance.locked),
    )


def _quota(quota: brute_force.Quota, types: int | None) -> Quota:
    """Arguments leave quotas limited to some dwellings out, so how those count is indifferent."""
    is_once = quota.counting == "once" and types is None
    return Quota(
        quota.name,
        "floor" if quota.kind == "floor" else "cap",
        quota.seats,
        counting="once" if is_once else "each",
        weight=quota.weight,
        types=types,
    )
