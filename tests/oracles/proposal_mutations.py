"""
Single changes to ``proposal.json``, refused when it lies beside its certificate and annex.

Same form as the changes to a certificate; the hashes are recomputed afterwards.
"""

from __future__ import annotations

import random

from tests.oracles.mutations import Change, Json, pick

PROPOSAL_CHANGES: dict[str, Change] = {}


def change_of_proposal(function: Change) -> Change:
    """Register a change under its name."""
    PROPOSAL_CHANGES[function.__name__] = function
    return function


@change_of_proposal
def next_reversed(p: Json, source: random.Random) -> str | None:
    """The queue behind a dwelling, last first."""
    d = pick([d for d in p["dwellings"] if len(d["next"]) > 1], source)
    if d is None:
        return None
    d["next"].reverse()
    return str(d["dwelling_id"])


@change_of_proposal
def next_emptied(p: Json, source: random.Random) -> str | None:
    """Nobody is said to wait for a dwelling."""
    d = pick([d for d in p["dwellings"] if d["next"]], source)
    if d is None:
        return None
    d["next"] = []
    return str(d["dwelling_id"])


@change_of_proposal
def next_need(p: Json, source: random.Random) -> str | None:
    """A full cap is said to hold back somebody next in line, or no longer to."""
    d = pick([d for d in p["dwellings"] if d["next"]], source)
    if d is None:
        return None
    entry = source.choice(d["next"])
    is_cap = entry["needs"] == "cap"
    entry.update(needs="refusal" if is_cap else "cap", quotas=[])
    return f"{d['dwelling_id']}: {entry['application_id']}"


@change_of_proposal
def not_ranked_emptied(p: Json, source: random.Random) -> str | None:
    """One application, or all, are no longer said to be left out of the ranking."""
    if not p["not_ranked"]:
        return None
    kept = p["not_ranked"][:-1] if source.random() < 0.5 else []
    p["not_ranked"] = kept
    return f"{len(kept)} not ranked"


@change_of_proposal
def not_ranked_ground(p: Json, source: random.Random) -> str | None:
    """An application is left out on another ground."""
    n = pick(p["not_ranked"], source)
    if n is None:
        return None
    n["ground"] = "withdrawn" if n["ground"] != "withdrawn" else "struck_off"
    return str(n["application_id"])


@change_of_proposal
def choice_rank(p: Json, source: random.Random) -> str | None:
    """A household is said to get another of its choices."""
    d = pick([d for d in p["dwellings"] if d["choice_rank"]], source)
    if d is None:
        return None
    d["choice_rank"] += 1
    return str(d["dwelling_id"])


@change_of_proposal
def draw(p: Json, source: random.Random) -> str | None:
    """Another draw."""
    h = pick(p["households"], source)
    h["draw"] = "0" * 16
    return str(h["application_id"])


@change_of_proposal
def said_passed_over(p: Json, source: random.Random) -> str | None:
    """A quota is said to hold nobody back."""
    q = pick([q for q in p["quotas"] if q["passed_over"]], source)
    if q is None:
        return None
    q["passed_over"] = []
    return str(q["quota_id"])


@change_of_proposal
def lower_choices(p: Json, source: random.Random) -> str | None:
    """A household worse off than by serial is no longer told."""
    c = pick(p["lower_choices"], source)
    if c is None:
        return None
    p["lower_choices"].remove(c)
    return str(c["application_id"])


@change_of_proposal
def alternative_shortage(p: Json, source: random.Random) -> str | None:
    """The shortage of the other way to run the meeting."""
    a = pick(p["alternatives"], source)
    a["shortage"] += 1
    return str(a["name"])


@change_of_proposal
def agreement_named(p: Json, source: random.Random) -> str | None:
    """A dwelling is said to be named by another agreement, or by none."""
    d = pick(p["dwellings"], source)
    d["agreement_id"] = "" if d["agreement_id"] else "apl"
    return str(d["dwelling_id"])


@change_of_proposal
def total_in_proposal(p: Json, source: random.Random) -> str | None:
    """A total of points."""
    h = pick(p["households"], source)
    h["points"] += 1
    return str(h["application_id"])


@change_of_proposal
def places(p: Json, source: random.Random) -> str | None:
    """Free accompaniment places."""
    q = pick(p["quotas"], source)
    q["places"] = 10**6
    return str(q["quota_id"])


@change_of_proposal
def vacancy_fact(p: Json, source: random.Random) -> str | None:
    """A dwelling is said to be other than it is."""
    v = pick(p["vacancies"], source)
    if v is None:
        return None
    name = source.choice([n for n in v if n != "dwelling_id"])
    value = v[name]
    v[name] = not value if isinstance(value, bool) else value + (1 if name == "bedrooms" else "x")
    return f"{v['dwelling_id']}: {name}"


@change_of_proposal
def household_wish(p: Json, source: random.Random) -> str | None:
    """A household is said to want another kind of dwelling, or to have chosen elsewhere."""
    h = pick(p["households"], source)
    if h is None:
        return None
    name = source.choice(("kind_wanted", "needs_adapted", "choices"))
    if name == "choices":
        h["choices"] = h["choices"][:-1]
    elif name == "needs_adapted":
        h["needs_adapted"] = not h["needs_adapted"]
    else:
        h["kind_wanted"] = "house" if h["kind_wanted"] != "house" else "flat"
    return f"{h['application_id']}: {name}"


@change_of_proposal
def quota_group(p: Json, source: random.Random) -> str | None:
    """A quota is said to count others, transfers or not, or to have other seats of the year."""
    q = pick(p["quotas"], source)
    if q is None:
        return None
    name = source.choice(("group", "counts_transfers", "period_seats"))
    if name == "group":
        q["group"]["income_categories"].append(9)
    elif name == "counts_transfers":
        q["counts_transfers"] = not q["counts_transfers"]
    elif q["period_seats"] is None:
        return None
    else:
        q["period_seats"] += 1
    return f"{q['quota_id']}: {name}"
