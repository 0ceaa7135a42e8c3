"""Single changes to the arguments of a certificate, each of which leaves a refusal unproved."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json, random.Random], str | None]

ARGUMENT_CHANGES: dict[str, Change] = {}


def change(function: Change) -> Change:
    """Register a change under its name."""
    ARGUMENT_CHANGES[function.__name__] = function
    return function


def pick(items: list[Any], source: random.Random) -> Any:
    """One of them, or ``None``."""
    return source.choice(items) if items else None


def additions(argument: Json) -> list[Json]:
    """Every addition of an argument, split ones included."""
    found = []
    waiting = [r["proof"] for r in argument.get("refusals", ())]
    waiting += [argument[part] for part in ("least", "most", "proof") if argument.get(part)]
    for proof in waiting:
        if "at_most" in proof:
            waiting += [proof["below"], proof["above"]]
        else:
            found.append(proof)
    return found


def argued(c: Json) -> list[Json]:
    """Arguments and conflicts with something to add up."""
    conflicts = [q["witness"] for q in c["quotas"] if "proof" in q["witness"]]
    return [
        a for a in (*(a for _, a in sorted(c["arguments"].items())), *conflicts) if additions(a)
    ]


@change
def line_dropped(c: Json, source: random.Random) -> str | None:
    """An addition does without one of its lines, every one of which it needs."""
    lines = [p[part] for a in argued(c) for p in additions(a) for part in ("cuts", "quotas")]
    found = pick([part for part in lines if part], source)
    return None if found is None else str(found.pop(source.randrange(len(found))))


@change
def claim(c: Json, source: random.Random) -> str | None:
    """A quota is said to have held back one household less, or kept one less in its place."""
    lists = [(q["id"], q[part]) for q in c["quotas"] for part in ("passed_over", "instead")]
    found = pick([(name, people) for name, people in lists if people], source)
    if found is None or not c["counterfactuals"]:
        return None
    name, people = found
    return f"{name}: {people.pop(source.randrange(len(people)))}"


@change
def shortage_dwelling(c: Json, source: random.Random) -> str | None:
    """Of the dwellings too few for the members of a floor, one is left out."""
    homes = [q["witness"].get("dwellings", []) for q in c["quotas"]]
    found = pick([d for d in homes if d], source)
    return None if found is None else str(found.pop(source.randrange(len(found))))


@change
def conflict_quota(c: Json, source: random.Random) -> str | None:
    """A conflict is said to need one quota less, or somebody less to be housed without one."""
    found = pick([q["witness"] for q in c["quotas"] if "proof" in q["witness"]], source)
    if found is None or not found["quotas"]:
        return None
    name = source.choice(found["quotas"])
    if source.random() < 0.5:
        found["without"][name] = []
    else:
        found["quotas"].remove(name)
        del found["without"][name]
    return name


@change
def waiting(c: Json, source: random.Random) -> str | None:
    """Of the households that could have had an empty dwelling, or of their caps, one is missing."""
    entries = [e["waiting"] for e in c["empty"] if e["waiting"]]
    found = pick([*entries, *(caps for e in entries for _, caps in e)], source)
    return None if not found else str(found.pop(source.randrange(len(found))))


@change
def times_below_zero(c: Json, source: random.Random) -> str | None:
    """A line is taken away instead of added."""
    lines = [n for a in argued(c) for p in additions(a) for n in (*p["cuts"], *p["quotas"])]
    found = pick(lines, source)
    if found is None:
        return None
    found[1] = -found[1]
    return str(found)


@change
def refusal_dropped(c: Json, source: random.Random) -> str | None:
    """A refusal loses its proof."""
    found = pick([a["refusals"] for a in argued(c) if a.get("refusals")], source)
    return None if found is None else str(found.pop(source.randrange(len(found))))


@change
def refusal_later(c: Json, source: random.Random) -> str | None:
    """A refusal is only said to hold later than somebody was refused."""
    found = pick([r for a in argued(c) for r in a.get("refusals", ())], source)
    if found is None:
        return None
    found["after"] += 1
    return str(found["after"])


@change
def refusal_cell(c: Json, source: random.Random) -> str | None:
    """A refusal is about households of other quotas."""
    able = [(a, r) for a in argued(c) for r in a.get("refusals", ()) if len(a["cells"]) > 1]
    found = pick(able, source)
    if found is None:
        return None
    argument, refusal = found
    refusal["cell"] = source.choice(sorted({*range(len(argument["cells"]))} - {refusal["cell"]}))
    return str(refusal["cell"])


@change
def refused_without_proof(c: Json, source: random.Random) -> str | None:
    """A refusal is said to be unproved while nothing is left to prove, or the other way round."""
    a = pick([a for _, a in sorted(c["arguments"].items())], source)
    h = pick(c["households"], source)
    if a is None or h is None:
        return None
    a["unproved"] = a["unproved"][1:] if a["unproved"] else [h["id"]]
    return str(a["unproved"])
