"""The smallest round that still fails: what to read first when an oracle and the engine differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from allocation.matching import Problem, bits


def shrunk(problem: Problem, fails: Callable[[Problem], bool]) -> Problem:
    """Take away one thing after another as long as the round keeps failing."""
    while smaller := next((p for p in simpler(problem) if fails(p)), None):
        problem = smaller
    return problem


def simpler(problem: Problem) -> Iterator[Problem]:
    """The rounds one step smaller, largest steps first."""
    for h in range(len(problem.households)):
        yield replace(
            problem,
            households=problem.households[:h] + problem.households[h + 1 :],
            accepts=problem.accepts[:h] + problem.accepts[h + 1 :],
            members=problem.members[:h] + problem.members[h + 1 :],
        )
    for i in range(len(problem.quotas)):
        yield problem.with_quotas([j != i for j in range(len(problem.quotas))])
    for k in range(len(problem.locked)):
        yield replace(problem, locked=problem.locked[:k] + problem.locked[k + 1 :])
    if problem.shortage_rule != "weighted":
        yield replace(problem, shortage_rule="weighted")
    for t, dwellings in enumerate(problem.types):
        if dwellings:
            types = (*problem.types[:t], dwellings[1:], *problem.types[t + 1 :])
            yield replace(problem, types=types)
    yield from _plainer_quotas(problem)
    for h, mask in enumerate(problem.accepts):
        for t in bits(mask):
            accepts = (*problem.accepts[:h], mask & ~(1 << t), *problem.accepts[h + 1 :])
            yield replace(problem, accepts=accepts)
    for h, mask in enumerate(problem.members):
        for i in bits(mask):
            members = (*problem.members[:h], mask & ~(1 << i), *problem.members[h + 1 :])
            yield replace(problem, members=members)


def _plainer_quotas(problem: Problem) -> Iterator[Problem]:
    for i, quota in enumerate(problem.quotas):
        plainer = [replace(quota, seats=quota.seats - 1)] if quota.seats else []
        plainer += [replace(quota, weight=1)] if quota.weight > 1 else []
        plainer += [replace(quota, precedence=0)] if quota.precedence else []
        plainer += [replace(quota, is_hard=False)] if quota.is_hard else []
        plainer += [replace(quota, counting="each")] if quota.counting == "once" else []
        for q in plainer:
            yield replace(problem, quotas=(*problem.quotas[:i], q, *problem.quotas[i + 1 :]))
