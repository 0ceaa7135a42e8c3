"""Why the served sets of a meeting are the best ones, in the names of its households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from allocation.matching import Problem, Solution, bits
from allocation.matching.additions import Proof, Split
from allocation.matching.refutation import argue, conflict
from allocation.model.proposal import Argument, Cut, Refusal
from allocation.proposal.rounds import Outcome


def arguments(
    outcome: Outcome, others: Mapping[str, tuple[Problem, Solution]], levels: Sequence[str]
) -> tuple[Argument, ...]:
    """
    An argument for every set that quotas could have kept from being the best one.

    The rounds of the meeting, and the last one under other quotas (``others``); a set without
    any quota is proved by its exchanges alone.
    """
    sets = {r.name: (r.problem, r.solution) for r in outcome.rounds} | dict(others)
    return tuple(
        argument(name, problem, solution, levels)
        for name, (problem, solution) in sets.items()
        if problem.quotas
    )


def argument(name: str, problem: Problem, solution: Solution, levels: Sequence[str]) -> Argument:
    """Why one served set is the best one."""
    made = argue(problem, solution, most_served_first="units" in levels)
    quotas = [q.quota_id for q in problem.quotas]
    types = partial(_named, problem)

    def proof(stated: Proof | None) -> Any:
        return None if stated is None else _plain(stated, quotas)

    return Argument(
        name,
        tuple(tuple(quotas[i] for i in bits(mask)) for mask in made.cells),
        tuple(Cut(tuple(bits(cut.cells)), types(cut.types)) for cut in made.cuts),
        proof(made.least),
        proof(made.most),
        tuple(
            Refusal(r.after, r.cell, None if r.types < 0 else types(r.types), proof(r.proof))
            for r in made.refusals
        ),
        tuple(problem.households[p] for p in made.unproved),
    )


def conflict_witness(problem: Problem, floor: int, filled: Sequence[int]) -> dict[str, Any]:
    """The quotas that a floor clashes with, why, and what could be done without each of them."""
    made = conflict(problem, floor, filled)
    if made is None:
        return {}
    quotas = [q.quota_id for q in problem.quotas]
    without = {}
    for i, living in made.without.items():
        free = [list(d) for d in problem.types]
        pairs = ((problem.households[p], free[t].pop(0)) for p, t in sorted(living.items()))
        without[quotas[i]] = dict(pairs)
    return {
        "quotas": sorted(quotas[i] for i in made.quotas),
        "cells": [[quotas[i] for i in bits(mask)] for mask in made.cells],
        "cuts": [
            {"cells": bits(cut.cells), "types": list(_named(problem, cut.types))}
            for cut in made.cuts
        ],
        "proof": _plain(made.proof, quotas),
        "without": without,
    }


def _named(problem: Problem, types: int) -> tuple[str, ...]:
    """One dwelling of each type."""
    return tuple(problem.types[t][0] for t in bits(types) if problem.capacity[t])


def _plain(proof: Proof, quotas: Sequence[str]) -> dict[str, Any]:
    if isinstance(proof, Split):
        return {
            "cell": proof.cell,
            "at_most": proof.at_most,
            "below": _plain(proof.below, quotas),
            "above": _plain(proof.above, quotas),
        }
    return {
        "cuts": [list(line) for line in proof.cuts],
        "quotas": [[quotas[i], times] for i, times in proof.quotas],
        "shortage": proof.shortage,
        "served": proof.served,
    }
