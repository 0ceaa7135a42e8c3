"""One round solved: who is served under the rule `lex` or `lex_units`, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from allocation.matching.balance import Balance
from allocation.matching.core import walk
from allocation.matching.problem import Problem
from allocation.matching.seating import greedy
from allocation.matching.shortage import Measure, ShortageRule

Levels = Sequence[str]
LEX: Levels = ("floors", "priority", "fit")
LEX_UNITS: Levels = ("floors", "units", "priority", "fit")


@dataclass(frozen=True)
class Solution:
    """
    The unique best served set: positions in the order, best rank first, and the shortage.

    ``shortage``: seats the floors lack, times their weights. ``seats``: type of each served
    household in one valid arrangement (the canonical dwelling is chosen by ``fit``).
    ``measure``: how short the floors are under the shortage rule of the problem.
    """

    served: tuple[int, ...]
    shortage: int
    seats: Mapping[int, int]
    measure: Measure = ()


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
    seated = dict(zip(run.served, seats, strict=True))
    return Solution(tuple(run.served), shortage(problem, seated), seated, run.least_shortage)


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
        return replace(relaxed, seats=seats)
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
    """Places taken in each quota for household position -> type, by locked ones too."""
    found = [sum(problem.taken(m, i) for m in problem.locked) for i in range(len(problem.quotas))]
    for position, t in seats.items():
        for i, places in problem.loads(problem.members[position]):
            scope = problem.quotas[i].types
            if scope is None or scope >> t & 1:
                found[i] += places
    return found


def shortage(problem: Problem, seats: Mapping[int, int]) -> int:
    """Weighted shortage of the floors for household position -> type, everybody counted."""
    weighted = replace(problem, shortage_rule="weighted")
    short = _shorts(weighted, seats)
    return sum(quota.weight * short.get(i, 0) for i, quota in enumerate(problem.quotas))


def measure(problem: Problem, seats: Mapping[int, int]) -> Measure:
    """How short the soft floors are under the rule of the problem, for position -> type."""
    soft = {i: n for i, n in _shorts(problem, seats).items() if not problem.quotas[i].is_hard}
    return ShortageRule(problem.shortage_rule, problem.quotas, tuple(soft)).measure(soft)


def _shorts(problem: Problem, seats: Mapping[int, int]) -> dict[int, int]:
    """Shortage of every floor, hard ones and those limited to some dwellings too."""
    balance = Balance(problem)
    cell = {m: c for c, m in enumerate(balance.signatures)}
    cells = [0] * len(cell)
    for position in seats:
        cells[cell[problem.members[position]]] += 1
    counted = counts(problem, seats)
    return balance.shorts(cells, balance.counts(cells)) | {
        i: max(0, quota.seats - counted[i])
        for i, quota in enumerate(problem.quotas)
        if quota.kind == "floor" and (quota.types is not None or quota.is_hard)
    }
