"""What could be used instead: each takes a round; those that answer our question give the set."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from allocation.matching import Problem, bits, mip
from allocation.matching.serial import serial as one_by_one
from tests.benchmarks.rounds import a_round, without_quotas

LIMIT_S = 60.0
Rival = Callable[[Problem], object]


def min_cost_flow(problem: Problem) -> set[int]:
    """Largest sum of ranks: the same set as long as there is no quota."""
    from ortools.graph.python import min_cost_flow

    n, m = len(problem.households), len(problem.types)
    pairs = [(p, t) for p, mask in enumerate(problem.accepts) for t in bits(mask)]
    tails = np.array([p for p, _ in pairs] + [n + t for t in range(m)] + [n + m] * n, np.int32)
    heads = np.array([n + t for _, t in pairs] + [n + m + 1] * m + list(range(n)), np.int32)
    caps = np.array([1] * len(pairs) + list(problem.capacity) + [1] * n, np.int64)
    cost = np.array([0] * (len(pairs) + m) + [p - n for p in range(n)], np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, caps, cost)
    flow.set_node_supply(n + m, n)
    flow.set_node_supply(n + m + 1, -n)
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
        raise RuntimeError("the rival flow did not end")
    entered = flow.flows(arcs)[len(pairs) + m :]
    return set(np.flatnonzero(entered).tolist())


def scipy(problem: Problem) -> None:
    """As many households as possible, whoever they are."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching

    first = np.cumsum([0, *problem.capacity])
    pairs = [
        (p, d) for p, mask in enumerate(problem.accepts) for t in bits(mask)
        for d in range(first[t], first[t + 1])
    ]  # fmt: skip
    row, column = np.array(pairs).T
    graph = csr_matrix(
        (np.ones(len(pairs)), (row, column)), shape=(len(problem.households), int(first[-1]))
    )
    maximum_bipartite_matching(graph, perm_type="column")


def networkx(problem: Problem) -> None:
    """As many households as possible, whoever they are."""
    import networkx as nx

    graph = nx.Graph()
    people = [("h", p) for p, mask in enumerate(problem.accepts) if mask]
    graph.add_nodes_from(people)
    for p, mask in enumerate(problem.accepts):
        for t in bits(mask):
            graph.add_edges_from((("h", p), d) for d in problem.types[t])
    nx.bipartite.hopcroft_karp_matching(graph, people)


def blocks(problem: Problem) -> set[int]:
    """The block-lexicographic programme on every household."""
    return set(mip.solve(problem).served)


def cp_sat(problem: Problem) -> bool:
    """One model for everybody, least shortage then the sum of ranks; is the optimum proved?"""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    sits = {
        (p, t): model.new_bool_var("") for p, mask in enumerate(problem.accepts) for t in bits(mask)
    }
    for p in range(len(problem.households)):
        model.add_at_most_one(v for (q, _), v in sits.items() if q == p)
    for t, capacity in enumerate(problem.capacity):
        model.add(sum(v for (_, u), v in sits.items() if u == t) <= capacity)
    short = []
    for i, quota in enumerate(problem.quotas):
        count = sum(v for (p, _), v in sits.items() if problem.members[p] >> i & 1)
        if quota.kind == "cap":
            model.add(count <= quota.seats)
        else:
            missing = model.new_int_var(0, quota.seats, "")
            model.add(missing >= quota.seats - count)
            short.append(missing)
    n = len(problem.households)
    rank_sum = sum((n - p) * v for (p, _), v in sits.items())
    model.minimize(n * n * sum(short) - rank_sum)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = LIMIT_S
    solver.parameters.num_workers = 1
    return bool(solver.solve(model) == cp_model.OPTIMAL)


def highs(problem: Problem) -> bool:
    """The same model for HiGHS."""
    from datetime import timedelta

    from ortools.math_opt.python import mathopt

    model = mip.Model(problem)
    n = len(problem.households)
    ranks = model.total((n - p) * v for p, v in enumerate(model.served) if v is not None)
    model.model.minimize(n * n * model.total(model.shorts.values()) - ranks)
    parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=LIMIT_S))
    result = mathopt.solve(model.model, mathopt.SolverType.HIGHS, params=parameters)
    return bool(result.termination.reason == mathopt.TerminationReason.OPTIMAL)


def serial(problem: Problem) -> None:
    """The naive rule: dwelling by dwelling, the first of the list who may have it."""
    one_by_one(problem, [d for group in problem.types for d in group], lambda _d, _c: ())


def warm() -> None:
    """Everybody's libraries loaded here, before processes are copied: loading is not solving."""
    small = a_round(10, 100)
    for work in (min_cost_flow, scipy, networkx, serial):
        work(without_quotas(small))
    for work in (cp_sat, highs, blocks):
        work(small)
