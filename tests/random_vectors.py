"""Random small vectors in every form a file may give a quota."""

from __future__ import annotations

import random
from typing import Any, get_args

from allocation.matching.shortage import RuleName

GROUPS = ("A", "B", "C")


def a_vector(rng: random.Random, number: int) -> dict[str, Any]:
    """A few households and dwellings, one to four quotas, a ledger, a forecast or none."""
    units: list[dict[str, Any]] = [{"id": f"u{i}"} for i in range(rng.randint(2, 4))]
    for unit in units:
        if rng.random() < 0.15:
            unit["reserved_for"] = rng.choice(GROUPS)
    households = [_household(rng, i, [u["id"] for u in units]) for i in range(rng.randint(3, 6))]
    for group, household in zip(GROUPS, households, strict=False):  # every group has a member
        household["groups"] = sorted({*household["groups"], group})
    total = rng.choice((0, 7, 20))
    vector: dict[str, Any] = {
        "id": f"random-{number}",
        "households": households,
        "units": units,
        "counting": rng.choice(("each", "once")),
        "shortage_rule": rng.choice(get_args(RuleName)),
        "ledger": {"total": total, "by_group": {g: rng.randint(0, total // 3) for g in GROUPS}},
        "quotas": [],
    }
    if rng.random() < 0.5:
        vector |= {"forecast": rng.randint(0, 60), "pacing": rng.choice(("linear", "year_end"))}
    vector["quotas"] = [_quota(rng, i, vector) for i in range(rng.randint(1, 4))]
    return vector


def _household(rng: random.Random, i: int, units: list[str]) -> dict[str, Any]:
    accepts = [u for u in units if rng.random() < 0.6]
    return {
        "id": f"h{i}",
        "points": rng.randint(0, 4),
        "date": f"2020-01-{rng.randint(1, 9):02d}",
        "lottery": rng.randint(0, 2**64 - 1),
        "groups": [g for g in GROUPS if rng.random() < 0.45],
        "accepts": accepts,
        "choices": {u: rng.randint(0, 3) for u in accepts},
    }


def _quota(rng: random.Random, i: int, vector: dict[str, Any]) -> dict[str, Any]:
    kind = rng.choice(("floor", "floor", "cap", "partner", "capacity"))
    quota: dict[str, Any] = {"id": f"q{i}", "kind": kind, "group": rng.choice(GROUPS)}
    if kind == "capacity":
        quota |= {"places": rng.randint(0, 5), "used": rng.randint(0, 2)}
    else:
        form = rng.choice(("seats", "seats", "share", "period_seats"))
        value: Any = {"seats": rng.randint(0, 3), "share": f"{rng.randint(0, 7)}/9",
                      "period_seats": rng.randint(0, 8)}[form]  # fmt: skip
        quota |= {form: value}
    if kind == "partner" and rng.random() < 0.5:
        quota["places"] = rng.randint(0, 3)
    if kind in ("floor", "partner"):
        quota |= {"weight": rng.choice((1, 1, 2, 3)), "precedence": rng.choice((0, 0, 1))}
    if kind != "partner" and rng.random() < 0.5:
        quota["counting"] = "each"
        if rng.random() < 0.6:
            members = [h["id"] for h in vector["households"] if quota["group"] in h["groups"]]
            quota["intensity"] = {h: rng.randint(1, 3) for h in members if rng.random() < 0.6}
        if rng.random() < 0.3:
            quota["units"] = sorted({rng.choice(vector["units"])["id"] for _ in range(2)})
    return quota
