"""
Single changes to a certificate, each of which makes a legal statement false.

Every function takes a deep copy and a random source, makes one change and tells what it did, or
returns ``None`` when the certificate offers nothing to change. Hashes are recomputed afterwards.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracles.argument_mutations import ARGUMENT_CHANGES
from tests.oracles.form_mutations import FORM_CHANGES
from tests.oracles.list_mutations import LIST_CHANGES

Json = dict[str, Any]
Change = Callable[[Json, random.Random], str | None]

CHANGES: dict[str, Change] = ARGUMENT_CHANGES | LIST_CHANGES | FORM_CHANGES


def change(function: Change) -> Change:
    """Register a change under its name."""
    CHANGES[function.__name__] = function
    return function


def mutants(
    certificate: Json, seed: int, *, each: int = 3, names: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, Json]]:
    """Changed copies of a certificate: name of the change, what was done, the copy."""
    for name in names or CHANGES:
        for n in range(each):
            changed = copy.deepcopy(certificate)
            done = CHANGES[name](changed, random.Random(f"{seed}/{name}/{n}"))
            if done is not None:
                yield name, done, changed


def pick(items: list[Any], source: random.Random) -> Any:
    """One of them, or ``None``."""
    return source.choice(items) if items else None


@change
def assignment_swap(c: Json, source: random.Random) -> str | None:
    """Two households of a round exchange their dwellings (equal fit included)."""
    pairs = [
        (a, b)
        for a in c["assignments"]
        for b in c["assignments"]
        if a["dwelling"] < b["dwelling"] and a["round"] == b["round"]
    ]
    found = pick(pairs, source)
    if found is None:
        return None
    a, b = found
    a["household"], b["household"] = b["household"], a["household"]
    return f"{a['dwelling']} <-> {b['dwelling']}"


@change
def assignment_household(c: Json, source: random.Random) -> str | None:
    """A dwelling goes to a household that is not served."""
    a, u = pick(c["assignments"], source), pick(c["unserved"], source)
    if a is None or u is None:
        return None
    a["household"] = u["household"]
    return f"{a['dwelling']} to {a['household']}"


@change
def assignment_dwelling(c: Json, source: random.Random) -> str | None:
    """A household moves to a dwelling left empty."""
    a, e = pick(c["assignments"], source), pick(c["empty"], source)
    if a is None or e is None:
        return None
    a["dwelling"] = e["dwelling"]
    return f"{a['household']} to {a['dwelling']}"


@change
def assignment_dropped(c: Json, source: random.Random) -> str | None:
    """A served household disappears from the list."""
    a = pick(c["assignments"], source)
    if a is None:
        return None
    c["assignments"].remove(a)
    return str(a["dwelling"])


@change
def assignment_round(c: Json, source: random.Random) -> str | None:
    """A household is said to have been served in another round."""
    a = pick(c["assignments"], source)
    if a is None:
        return None
    others = {"appeal", "adapted", "over_65", "main"} - {a["round"]}
    a["round"] = source.choice(sorted(others))
    return f"{a['dwelling']}: {a['round']}"


@change
def rank(c: Json, source: random.Random) -> str | None:
    """A rank is written differently."""
    h = pick(c["households"], source)
    h["rank"] += source.choice([-1, 1])
    return str(h["id"])


@change
def places_exchanged(c: Json, source: random.Random) -> str | None:
    """Two neighbours exchange their places in the order."""
    people = c["households"]
    if len(people) < 2:
        return None
    i = source.randrange(len(people) - 1)
    a, b = people[i], people[i + 1]
    people[i], people[i + 1] = b, a
    a["rank"], b["rank"] = b["rank"], a["rank"]
    return f"{a['id']} after {b['id']}"


@change
def date_that_ranks(c: Json, source: random.Random) -> str | None:
    """A date moves past a neighbour of equal points, or a year of seniority."""
    candidates = []
    people = c["households"]
    for i, h in enumerate(people):
        if h["tier"] and 0 < h["seniority"] < c["rules"]["seniority_cap"]:
            candidates.append((h, date.fromisoformat(h["date"]) + timedelta(days=366)))
        for other in people[i + 1 : i + 2]:
            same = (h["tier"], h["nature"], h["points"]) == (
                other["tier"], other["nature"], other["points"],
            )  # fmt: skip
            if same:
                candidates.append((h, date.fromisoformat(other["date"]) + timedelta(days=1)))
    found = pick(candidates, source)
    if found is None:
        return None
    h, moved = found
    h["date"] = moved.isoformat()
    return f"{h['id']}: {moved}"


@change
def total_of_points(c: Json, source: random.Random) -> str | None:
    """One of the four figures of points changes."""
    h, name = pick(c["households"], source), source.choice(["housing", "personal", "points"])
    h[name] += source.choice([-1, 1, 2])
    return f"{h['id']}.{name}"


@change
def seniority(c: Json, source: random.Random) -> str | None:
    """A year of seniority too many, the total following."""
    h = pick([h for h in c["households"] if h["tier"]], source)
    if h is None:
        return None
    h["seniority"] += 1
    h["points"] += 1
    return str(h["id"])


@change
def tie(c: Json, source: random.Random) -> str | None:
    """A place among equals is written differently."""
    h = pick(c["households"], source)
    h["tie"] += 1
    return str(h["id"])


@change
def membership(c: Json, source: random.Random) -> str | None:
    """A household enters or leaves a quota."""
    h, q = pick(c["households"], source), pick(c["quotas"], source)
    if q is None:
        return None
    h["groups"] = sorted(set(h["groups"]) ^ {q["id"]})
    return f"{h['id']}: {q['id']}"


@change
def preference(c: Json, source: random.Random) -> str | None:
    """A preference nobody has a right to."""
    h, name = pick(c["households"], source), source.choice(["adapted", "over_65"])
    rights = set(h["preferences"]) ^ {name}
    h["preferences"] = [n for n in ("appeal", "adapted", "over_65") if n in rights]
    return f"{h['id']}: {name}"


@change
def quota_count(c: Json, source: random.Random) -> str | None:
    """Members served, seats, base or shortage of a quota."""
    q = pick(c["quotas"], source)
    if q is None:
        return None
    name = source.choice(["used", "seats", "base_planned", "base_done", "shortage"])
    q[name] += source.choice([-1, 1])
    return f"{q['id']}.{name}"


@change
def quota_pacing(c: Json, source: random.Random) -> str | None:
    """A pacing figure of a floor."""
    q = pick([q for q in c["quotas"] if q["closing"] is not None], source)
    if q is None:
        return None
    name = source.choice(["interim", "closing"])
    q[name] = (q[name] or 0) + 1
    return f"{q['id']}.{name}"


@change
def quota_ground(c: Json, source: random.Random) -> str | None:
    """The ground of a quota."""
    q = pick(c["quotas"], source)
    if q is None:
        return None
    grounds = {"met", "short", "reached", "open", "exceeded_before"} - {q["ground"]}
    q["ground"] = source.choice(sorted(grounds))
    return f"{q['id']}: {q['ground']}"


@change
def shortage_witness(c: Json, source: random.Random) -> str | None:
    """Why a floor stayed short."""
    q = pick([q for q in c["quotas"] if q["shortage"]], source)
    if q is None:
        return None
    kinds = {"no_candidate", "too_few_compatible", "conflict"} - {q["witness"]["kind"]}
    q["witness"]["kind"] = source.choice(sorted(kinds))
    return f"{q['id']}: {q['witness']['kind']}"


@change
def ground(c: Json, source: random.Random) -> str | None:
    """The ground of a household not served."""
    u = pick(c["unserved"], source)
    if u is None:
        return None
    grounds = {"no_compatible_dwelling", "preferential", "outranked", "reserve", "cap", "joint"}
    u["reason"] = source.choice(sorted(grounds - {u["reason"]}))
    return f"{u['household']}: {u['reason']}"


@change
def unserved_dropped(c: Json, source: random.Random) -> str | None:
    """A household not served disappears from the list."""
    u = pick(c["unserved"], source)
    if u is None:
        return None
    c["unserved"].remove(u)
    return str(u["household"])


@change
def hall(c: Json, source: random.Random) -> str | None:
    """A household or a dwelling of a witness is left out or added."""
    h = pick(c["halls"], source)
    if h is None:
        return None
    name, part = source.choice([("households", "households"), ("dwellings", "dwellings")])
    item = source.choice(c[part])["id"]
    h[name] = sorted(set(h[name]) ^ {item})
    return f"{name}: {item}"


@change
def hall_index(c: Json, source: random.Random) -> str | None:
    """A household points at another witness."""
    u = pick([u for u in c["unserved"] if u["hall"] is not None], source)
    if u is None:
        return None
    others = [i for i in range(len(c["halls"])) if i != u["hall"]]
    u["hall"] = source.choice([None, *others])
    return f"{u['household']}: {u['hall']}"


@change
def counterfactual_household(c: Json, source: random.Random) -> str | None:
    """A counterfactual set serves somebody else."""
    name = pick(sorted(c["counterfactuals"]), source)
    if name is None:
        return None
    pair = pick(c["counterfactuals"][name], source)
    inside = {h for h, _ in c["counterfactuals"][name]}
    other = pick([h["id"] for h in c["households"] if h["id"] not in inside], source)
    if pair is None or other is None:
        return None
    pair[0] = other
    return f"{name}: {other} on {pair[1]}"


@change
def counterfactual_dropped(c: Json, source: random.Random) -> str | None:
    """A counterfactual set serves one household less."""
    name = pick(sorted(c["counterfactuals"]), source)
    if name is None:
        return None
    pair = pick(c["counterfactuals"][name], source)
    if pair is None:
        return None
    c["counterfactuals"][name].remove(pair)
    return f"{name}: {pair[0]}"


@change
def must_outrank(c: Json, source: random.Random) -> str | None:
    """Somebody ranked below, not served, or nobody while a rank would do."""
    u = pick([u for u in c["unserved"] if u["must_outrank"] is not None], source)
    if u is None:
        return None
    position = {h["id"]: i for i, h in enumerate(c["households"])}
    mine = position[u["household"]]
    served = {a["household"] for a in c["assignments"]}
    wrong = [h for h, i in position.items() if i >= mine or h not in served]
    if not wrong:
        return None
    u["must_outrank"] = source.choice(wrong)
    return f"{u['household']}: {u['must_outrank']}"


@change
def channel(c: Json, source: random.Random) -> str | None:
    """The channel named in the decision."""
    a = pick(c["assignments"], source)
    if a is None:
        return None
    channels = {"appeal", "adapted", "over_65", "transfer", "list", "reserve"} - {a["channel"]}
    a["channel"] = source.choice(sorted(channels))
    return f"{a['dwelling']}: {a['channel']}"


@change
def seat(c: Json, source: random.Random) -> str | None:
    """Open for reserve, or the other way round."""
    a = pick(c["assignments"], source)
    if a is None:
        return None
    a["seat"] = "open" if a["seat"] == "reserve" else "reserve"
    return str(a["dwelling"])


@change
def critical_for(c: Json, source: random.Random) -> str | None:
    """Floors that would be short without a household."""
    a, q = pick(c["assignments"], source), pick(c["quotas"], source)
    if a is None or q is None:
        return None
    a["critical_for"] = sorted(set(a["critical_for"]) ^ {q["id"]})
    return f"{a['dwelling']}: {q['id']}"


@change
def empty_ground(c: Json, source: random.Random) -> str | None:
    """Why a dwelling stays empty."""
    e = pick(c["empty"], source)
    if e is None:
        return None
    grounds = {"no_candidate", "cap", "nobody_left", "locked", "excluded_regime"} - {e["ground"]}
    e["ground"] = source.choice(sorted(grounds))
    return f"{e['dwelling']}: {e['ground']}"


@change
def serial_alternative(c: Json, source: random.Random) -> str | None:
    """The serial result serves one household less."""
    pairs = c["alternatives"].get("serial")
    if not pairs:
        return None
    pair = source.choice(pairs)
    pairs.remove(pair)
    return str(pair)


@change
def unserved_quotas(c: Json, source: random.Random) -> str | None:
    """The quotas in the way of a household: one left out, or an unrelated one added."""
    u, q = pick(c["unserved"], source), pick(c["quotas"], source)
    if u is None or q is None:
        return None
    u["quotas"] = sorted(set(u["quotas"]) ^ {q["id"]})
    return f"{u['household']}: {q['id']}"


@change
def unserved_all_dropped(c: Json, source: random.Random) -> str | None:
    """No household is said to be without dwelling."""
    if not c["unserved"]:
        return None
    c["unserved"] = []
    return "nobody unserved"


@change
def empty_all_dropped(c: Json, source: random.Random) -> str | None:
    """No dwelling is said to stay empty."""
    if not c["empty"]:
        return None
    c["empty"] = []
    return "no dwelling empty"


@change
def base_not_settled(c: Json, source: random.Random) -> str | None:
    """Bases are said not to agree with the result, and one that cannot move does."""
    is_planned = c["meeting"]["basis"] == "planned"
    fixed = [q for q in c["quotas"] if is_planned or q["base"] == "vacated"]
    q = pick([q for q in fixed if q["counts_transfers"]], source)
    c["meeting"]["base_is_settled"] = False
    if q is not None and source.random() < 0.7:
        q["base_planned"] += source.choice([-1, 1])
    return "base_is_settled"


@change
def held_back(c: Json, source: random.Random) -> str | None:
    """A quota is said to hold back somebody it serves, or twice the same."""
    q, a = pick(c["quotas"], source), pick(c["assignments"], source)
    if q is None or a is None:
        return None
    q["passed_over"] = [*q["passed_over"], *[a["household"]] * 2]
    return f"{q['id']}: {a['household']}"


@change
def counts(c: Json, source: random.Random) -> str | None:
    """Applications read, or ranked."""
    c["counts"][source.choice(["applications", "ranked"])] += source.choice([-1, 1])
    return str(c["counts"])
