"""
Single changes to the form of a certificate: keys and values the checker must not let pass.

Same form as ``mutations``, which registers them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json, random.Random], str | None]

FORM_CHANGES: dict[str, Change] = {}


def change(function: Change) -> Change:
    """Register a change under its name."""
    FORM_CHANGES[function.__name__] = function
    return function


def objects(value: Any) -> Iterator[Json]:
    """Every object of a document, itself first."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            yield from objects(part)


@change
def key_unknown(c: Json, source: random.Random) -> str | None:
    """A key nobody knows, on any object."""
    source.choice(list(objects(c)))["audited_by"] = "nobody"
    return "audited_by"


@change
def key_missing(c: Json, source: random.Random) -> str | None:
    """A fact of a quota is left out."""
    if not c["quotas"]:
        return None
    name = source.choice(("mark", "parameter", "is_hard", "counting", "places"))
    del source.choice(c["quotas"])[name]
    return name


@change
def truth_for_number(c: Json, source: random.Random) -> str | None:
    """True is written for 1, or false for 0."""
    held = [(o, k) for o in objects(c) for k, v in o.items() if type(v) is int and v in (0, 1)]
    found, name = source.choice(held)
    found[name] = bool(found[name])
    return name


@change
def date_without_dashes(c: Json, source: random.Random) -> str | None:
    """A date is written 20261201."""
    name, item = source.choice(
        [("meeting_on", c["meeting"]), ("date", source.choice(c["households"]))]
    )
    item[name] = item[name].replace("-", "")
    return name


@change
def levels_unknown(c: Json, source: random.Random) -> str | None:
    """Levels in an order the law does not know."""
    c["meeting"]["levels"] = source.choice([[], ["priority", "fit"], ["fit", "floors", "priority"]])
    return str(c["meeting"]["levels"])


@change
def count_negative(c: Json, source: random.Random) -> str | None:
    """Of those not ranked, one ground has fewer than none, another makes up for it."""
    told = c["counts"]["not_ranked"]
    told["withdrawn"] = told.get("withdrawn", 0) + 3 + told.get("struck_off", 0)
    told["struck_off"] = -3
    return str(told)


@change
def weight_negative(c: Json, source: random.Random) -> str | None:
    """A floor weighs less than nothing."""
    if not c["quotas"]:
        return None
    source.choice(c["quotas"])["weight"] = -3
    return "weight"


@change
def kind_of_value(c: Json, source: random.Random) -> str | None:
    """A share is said to be seats of the year, or is not in lowest terms."""
    shares = [q for q in c["quotas"] if q["limit"] == "share"]
    if not shares:
        return None
    q = source.choice(shares)
    top, bottom = (int(n) for n in q["value"].split("/"))
    q.update(source.choice([{"limit": "period_seats"}, {"value": f"{2 * top}/{2 * bottom}"}]))
    return str(q["id"])


@change
def switch_of_no_kind(c: Json, source: random.Random) -> str | None:
    """A quota is hard by a text, or counts in a way nobody knows."""
    if not c["quotas"]:
        return None
    name, value = source.choice([("is_hard", "yes"), ("counting", "twice")])
    source.choice(c["quotas"])[name] = value
    return name


@change
def quota_dangling(c: Json, source: random.Random) -> str | None:
    """A quota is no longer listed, and is still named by somebody."""
    named = {name for h in c["households"] for name in h["groups"]}
    found = [q for q in c["quotas"] if q["id"] in named]
    if not found:
        return None
    q = source.choice(found)
    c["quotas"].remove(q)
    return str(q["id"])


@change
def without_each_dropped(c: Json, source: random.Random) -> str | None:
    """A small meeting does not say who would be served without each quota."""
    each = [name for name in c["counterfactuals"] if name.startswith("without:")]
    for name in each:
        del c["counterfactuals"][name]
        c["arguments"].pop(name, None)
    return f"{len(each)} sets" if each else None


@change
def ranks_left_out(c: Json, source: random.Random) -> str | None:
    """A small meeting does not say whom to outrank."""
    for u in c["unserved"]:
        u.update(is_rank_known=False, must_outrank=None)
    return f"{len(c['unserved'])} households" if c["unserved"] else None
