"""One round solved: who is served under the rule `lex` or `lex_units`, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocation.matching.balance import Balance
from allocation.matching.core import walk
from allocation.matching.problem import Problem, bits
from allocation.matching.seating import greedy

Levels = Sequence[str]
LEX: Levels = ("floors", "priority", "fit")
LEX_UNITS: Levels = ("floors", "units", "priority", "fit")


@dataclass(frozen=True)
class Solution:
    """
    The unique best served set: positions in the order, best rank first, and the shortage.

    ``seats``: type of each served household in one valid arrangement (the canonical dwelling is
    chosen by ``fit``).
    """

    served: tuple[int, ...]
    shortage: int
    seats: Mapping[int, int]


def solve(problem: Problem, *, levels: Levels = LEX) -> Solution:
    """
    Solve a round exactly.

    Without quotas: the greedy of ``seating``. With quotas: the core of ``core``. With quotas
    limited to some dwellings: the core first, since a solution that happens to respect the
    limits is the best one; otherwise the type-level model of ``mip``.

    Raises
    ------
    InfeasibleError
        ``matching.infeasible``: hard floors and caps cannot hold together.
    """
    most_served_first = "units" in levels
    if not problem.quotas:
        return _without_quotas(problem)
    if problem.has_scopes:
        return _with_scopes(problem, most_served_first=most_served_first)
    return _by_the_core(problem, most_served_first=most_served_first)


def _by_the_core(problem: Problem, *, most_served_first: bool) -> Solution:
    """Exact but for quotas limited to some dwellings, which the core does not see."""
    run = walk(problem, most_served_first=most_served_first)
    seats = _seat_by_class(
        [run.of[p] for p in run.served], {(k, t): n for k, t, n in run.seating.seats()}
    )
    return Solution(
        tuple(run.served),
        run.least_shortage,
        dict(zip(run.served, seats, strict=True)),
    )


def _without_quotas(problem: Problem) -> Solution:
    served, seating, masks = greedy(problem.accepts, problem.capacity)
    number = {mask: k for k, mask in enumerate(masks)}
    seats = _seat_by_class(
        [number[problem.accepts[p]] for p in served], {(k, t): n for k, t, n in seating.seats()}
    )
    return Solution(tuple(served), 0, dict(zip(served, seats, strict=True)))


def _with_scopes(problem: Problem, *, most_served_first: bool) -> Solution:
    from allocation.matching import mip

    if all(q.kind == "cap" for q in problem.quotas if q.types is not None):
        relaxed = _by_the_core(problem, most_served_first=most_served_first)
        seats = relaxed.seats
        if not _within_caps(problem, seats):
            found = mip.arrange(problem, relaxed.served)
            if found is None:
                return mip.solve(problem, most_served_first=most_served_first)
            seats = found
        return Solution(relaxed.served, relaxed.shortage, seats)
    return mip.solve(problem, most_served_first=most_served_first)


def _within_caps(problem: Problem, seats: Mapping[int, int]) -> bool:
    return all(
        n <= q.seats
        for n, q in zip(counts(problem, seats), problem.quotas, strict=True)
        if q.kind == "cap"
    )


def _seat_by_class(classes: Sequence[int], seats: Mapping[tuple[int, int], int]) -> list[int]:
    """Deal the types of each class to its households in order."""
    left: dict[int, list[int]] = {}
    for (k, t), n in sorted(seats.items()):
        left.setdefault(k, []).extend([t] * n)
    return [left[k].pop(0) for k in classes]


def counts(problem: Problem, seats: Mapping[int, int]) -> list[int]:
    """Members of each quota for household position -> type, locked ones included."""
    found = [sum(m >> i & 1 for m in problem.locked) for i in range(len(problem.quotas))]
    for position, t in seats.items():
        for i in bits(problem.members[position]):
            scope = problem.quotas[i].types
            found[i] += scope is None or bool(scope >> t & 1)
    return found


def shortage(problem: Problem, seats: Mapping[int, int]) -> int:
    """Weighted shortage of the floors for household position -> type, everybody counted."""
    masks = tuple(dict.fromkeys(problem.members))
    cell = {m: c for c, m in enumerate(masks)}
    cells = [0] * len(masks)
    for position in seats:
        cells[cell[problem.members[position]]] += 1
    balance = Balance(masks, problem.quotas, problem.locked)
    counted = counts(problem, seats)
    scoped = sum(
        quota.weight * max(0, quota.seats - counted[i])
        for i, quota in enumerate(problem.quotas)
        if quota.kind == "floor" and (quota.types is not None or i in balance.hard)
    )
    return scoped + balance.shortage(cells, balance.counts(cells))
