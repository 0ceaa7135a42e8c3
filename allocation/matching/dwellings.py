"""The dwelling of every served household of a round, quotas limited to some dwellings kept."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.matching import mip
from allocation.matching.fit import Costs, fit, priority_fit
from allocation.matching.problem import Problem
from allocation.matching.solve import Solution, counts


def assign(
    problem: Problem, solution: Solution, costs: Sequence[Costs], *, by_rank: bool = False
) -> dict[int, str]:
    """
    Household position -> dwelling.

    ``costs``: cost of each accepted type, per served household in rank order. ``by_rank``: they
    choose one after the other instead of sharing the least total.
    """
    served = solution.served
    choose = priority_fit if by_rank else fit
    dwellings = choose([problem.accepts[p] for p in served], costs, problem.types)
    if problem.has_scopes and not _keeps_scopes(problem, solution, dwellings):
        dwellings = mip.fit_within_scopes(
            problem, served, costs, least=solution.measure, by_rank=by_rank
        )
    return dict(zip(served, dwellings, strict=True))


def _keeps_scopes(problem: Problem, solution: Solution, dwellings: Sequence[str]) -> bool:
    """Every quota limited to some dwellings is as well kept as in the solution."""
    type_of = {d: t for t, group in enumerate(problem.types) for d in group}
    seats = {p: type_of[d] for p, d in zip(solution.served, dwellings, strict=True)}
    before, after = counts(problem, solution.seats), counts(problem, seats)
    return all(
        after[i] <= quota.seats if quota.kind == "cap" else after[i] >= min(quota.seats, before[i])
        for i, quota in enumerate(problem.quotas)
        if quota.types is not None
    )
