"""Every form of the vector file gives what exhaustive search makes of the same file."""

from __future__ import annotations

import random
from typing import Any

import pytest

from allocation.matching.vector_answers import answer
from allocation.matching.vector_file import problems_of
from allocation.matching.vectors import read_vector
from tests.oracles import brute_force
from tests.random_vectors import a_vector


def exhaustive(vector: dict[str, Any]) -> dict[str, Any]:
    """The same keys, by enumeration."""
    instance, names, units = brute_force.read_vector(vector)
    choices = {h["id"]: h.get("choices", {}) for h in vector["households"]}
    costs = {
        (h, u): (0, choices[names[h]].get(units[u], 0))
        for h, accepted in enumerate(instance.accepts)
        for u in accepted
    }
    served, _, _ = brute_force.best(instance)

    def dwellings(*, by_rank: bool) -> dict[str, str]:
        found = brute_force.fit(instance, served, costs, units, by_rank=by_rank)
        return {names[h]: units[u] for h, u in sorted(found.items())}

    def rule(levels: tuple[str, ...]) -> list[str]:
        return [names[h] for h in brute_force.best(instance, levels)[0]]

    strict, most = rule(brute_force.LEX), rule(brute_force.LEX_UNITS)
    return {
        "served": strict,
        "most": most,
        "resolved_seats": {q.name: q.seats for q in instance.quotas},
        "units": len(most) - len(strict),
        "fit": dwellings(by_rank=False),
        "priority_fit": dwellings(by_rank=True),
    }


@pytest.mark.parametrize("batch", range(4))
def test_every_form_of_quota_equals_exhaustive_search(batch: int) -> None:
    rng = random.Random(8000 + batch)
    keys = ("lex", "lex_units", "resolved_seats", "lost_to_priority", "fit", "priority_fit")
    for number in range(40):
        vector = a_vector(rng, number)
        assert not problems_of("file", [vector]), vector
        found = answer(read_vector(vector), keys)
        assert {
            "served": found["lex"]["served"],
            "most": found["lex_units"]["served"],
            "resolved_seats": found["resolved_seats"],
            "units": found["lost_to_priority"]["units"],
            "fit": found["fit"],
            "priority_fit": found["priority_fit"],
        } == exhaustive(vector), vector
