"""
Things added to a certificate, or left out of its lists, each of which makes it contradict itself.

Same form as ``mutations``, which registers them.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json, random.Random], str | None]

LIST_CHANGES: dict[str, Change] = {}


def change(function: Change) -> Change:
    """Register a change under its name."""
    LIST_CHANGES[function.__name__] = function
    return function


def _one(items: list[Any], source: random.Random) -> Any:
    return source.choice(items) if items else None


@change
def assignment_added(c: Json, source: random.Random) -> str | None:
    """A dwelling said to be empty is also given to a household said not to be served."""
    empty, left = _one(c["empty"], source), _one(c["unserved"], source)
    line = _one(c["assignments"], source)
    if empty is None or left is None or line is None:
        return None
    added = line | {"dwelling": empty["dwelling"], "household": left["household"]}
    c["assignments"] = sorted([*c["assignments"], added], key=lambda a: str(a["dwelling"]))
    return f"{added['household']} on {added['dwelling']}"


@change
def assignment_twice(c: Json, source: random.Random) -> str | None:
    """A household has two dwellings."""
    empty, line = _one(c["empty"], source), _one(c["assignments"], source)
    if empty is None or line is None:
        return None
    added = line | {"dwelling": empty["dwelling"]}
    c["assignments"] = sorted([*c["assignments"], added], key=lambda a: str(a["dwelling"]))
    c["empty"].remove(empty)
    return f"{added['household']} on {added['dwelling']} too"


@change
def unserved_added(c: Json, source: random.Random) -> str | None:
    """A household served is listed among those who are not."""
    line, left = _one(c["assignments"], source), _one(c["unserved"], source)
    if line is None or left is None:
        return None
    c["unserved"] = sorted(
        [*c["unserved"], left | {"household": line["household"]}],
        key=lambda u: str(u["household"]),
    )
    return str(line["household"])


@change
def empty_added(c: Json, source: random.Random) -> str | None:
    """A dwelling that is let is listed among the empty ones."""
    line = _one(c["assignments"], source)
    if line is None:
        return None
    added = {"dwelling": line["dwelling"], "ground": "nobody_left", "quotas": []}
    c["empty"] = sorted([*c["empty"], added], key=lambda e: str(e["dwelling"]))
    return str(line["dwelling"])


@change
def household_added(c: Json, source: random.Random) -> str | None:
    """A household nobody heard of, last in the order."""
    last = c["households"][-1]
    added = copy.deepcopy(last) | {"id": "h-invented", "rank": last["rank"] + 1}
    c["households"].append(added)
    return "h-invented"


@change
def household_dropped(c: Json, source: random.Random) -> str | None:
    """A household disappears from the order; what is said of it stays."""
    h = source.choice(c["households"])
    c["households"].remove(h)
    return str(h["id"])


@change
def dwelling_added(c: Json, source: random.Random) -> str | None:
    """A dwelling free to let of which nothing is said."""
    d = source.choice(c["dwellings"])
    c["dwellings"].append(d | {"id": "zz-invented"})
    return "zz-invented"


@change
def dwelling_dropped(c: Json, source: random.Random) -> str | None:
    """A dwelling disappears; what is said of it stays."""
    d = source.choice(c["dwellings"])
    c["dwellings"].remove(d)
    return str(d["id"])


@change
def quota_added(c: Json, source: random.Random) -> str | None:
    """A quota that counts somebody comes twice, under another name."""
    counted = {name for h in c["households"] for name in h["groups"]}
    q = _one([q for q in c["quotas"] if q["id"] in counted], source)
    if q is None:
        return None
    c["quotas"].append(copy.deepcopy(q) | {"id": "zz-invented"})
    return f"{q['id']} twice"


@change
def quota_group(c: Json, source: random.Random) -> str | None:
    """A quota is said to count those presented under an agreement nobody has."""
    counted = {name for h in c["households"] for name in h["groups"]}
    q = _one([q for q in c["quotas"] if q["id"] in counted], source)
    if q is None:
        return None
    q["group"] = q["group"] | {"agreement": "nobody"}
    return str(q["id"])


@change
def accepted_type(c: Json, source: random.Random) -> str | None:
    """A household served is said to accept nothing where it lives."""
    line = _one(c["assignments"], source)
    if line is None:
        return None
    wanted = next(h["profile"] for h in c["households"] if h["id"] == line["household"])
    profile = next(p for p in c["profiles"] if p["id"] == wanted)
    profile["choices"] = []
    return f"{line['household']}: {wanted}"


@change
def most_compatible(c: Json, source: random.Random) -> str | None:
    """How many candidates of a short floor could be housed at most."""
    q = _one([q for q in c["quotas"] if q["witness"].get("at_most") is not None], source)
    if q is None:
        return None
    q["witness"]["at_most"] += source.choice([-1, 1])
    return f"{q['id']}: {q['witness']['at_most']}"
