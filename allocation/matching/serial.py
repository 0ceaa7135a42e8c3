"""
The literal reading: dwelling by dwelling, each to the best-ranked household that may have it.

What the office does today; kept as a mode, as the baseline of every proposal, and to count the
dwellings that processing one by one wastes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from allocation.matching.problem import Problem, bits


@dataclass(frozen=True)
class Label:
    """Households looked at first for one dwelling; ``is_hard``: nobody else may have it."""

    members: frozenset[int]
    is_hard: bool = False


def serial(
    problem: Problem,
    order: Sequence[str],
    label: Callable[[str, Sequence[int]], Sequence[Label]],
    *,
    exempt: frozenset[int] = frozenset(),
) -> dict[int, str]:
    """
    Let the dwellings in ``order``; returns household position -> dwelling.

    ``label(dwelling, counts)`` gives who is looked at first for that dwelling, given the members
    of each quota served so far. Caps hold at every step, except for households in ``exempt``;
    floors act only through labels.
    """
    type_of = {d: t for t, group in enumerate(problem.types) for d in group}
    waiting: list[list[int]] = [[] for _ in problem.types]
    for position, mask in enumerate(problem.accepts):
        for t in bits(mask):
            waiting[t].append(position)
    served: dict[int, str] = {}
    counts = [0] * len(problem.quotas)
    for dwelling in order:
        t = type_of[dwelling]
        waiting[t] = [p for p in waiting[t] if p not in served]
        allowed = [p for p in waiting[t] if p in exempt or _within_caps(problem, p, t, counts)]
        found = _pick(allowed, label(dwelling, counts))
        if found is not None:
            served[found] = dwelling
            for i, places in problem.loads(problem.members[found]):
                counts[i] += places * _counts_here(problem, i, t)
    return served


def _pick(allowed: Sequence[int], labels: Sequence[Label]) -> int | None:
    for wanted in labels:
        for p in allowed:
            if p in wanted.members:
                return p
        if wanted.is_hard:
            return None
    return allowed[0] if allowed else None


def _counts_here(problem: Problem, quota: int, t: int) -> bool:
    scope = problem.quotas[quota].types
    return scope is None or bool(scope >> t & 1)


def _within_caps(problem: Problem, position: int, t: int, counts: Sequence[int]) -> bool:
    return all(
        counts[i] + places <= problem.quotas[i].seats
        for i, places in problem.loads(problem.members[position])
        if problem.quotas[i].kind == "cap" and _counts_here(problem, i, t)
    )
