"""Exact joint matching, small session to whole country, beside what could be used instead."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from allocation.matching import Problem, bits, mip, solve
from tests.benchmarks.measure import Row, median_seconds, peak_megabytes
from tests.benchmarks.rounds import a_round, nested, without_quotas

LIMIT_S = 60.0
SIZES = {
    "small session, 10 x 800": (10, 800),
    "session, 60 x 3,000": (60, 3_000),
    "region, 5,000 x 50,000": (5_000, 50_000),
}
TARGETS = {
    ("nested quotas", "small session, 10 x 800"): (0.002, None),
    ("nested quotas", "session, 60 x 3,000"): (0.020, None),
    ("nested quotas", "region, 5,000 x 50,000"): (0.5, 500.0),
    ("crossing quotas", "session, 60 x 3,000"): (0.2, None),
    ("crossing quotas", "region, 5,000 x 50,000"): (2.0, 1000.0),
}


def rows() -> list[Row]:
    """Every size without quotas, with nested and with crossing ones; rivals in the same run."""
    found = []
    for size, shape in SIZES.items():
        problem = a_round(*shape)
        repeat = 3 if shape[1] > 10_000 else 9
        for form, variant in (
            ("no quota", without_quotas(problem)),
            ("nested quotas", nested(problem)),
            ("crossing quotas", problem),
        ):
            target_s, target_mb = TARGETS.get((form, size), (None, None))
            peak = peak_megabytes(solve_once, *shape, form) if target_mb else None
            row = Row(
                f"exact joint matching, {form}, {size}",
                median_seconds(lambda v=variant: solve(v), repeat=repeat),  # type: ignore[misc]
                target_s,
                memory_mb=peak,
                target_mb=target_mb,
            )
            found += [_beside(row, *rival) for rival in _rivals(form, size, variant)] or [row]
    found.append(_country())
    return found


def solve_once(n_dwellings: int, n_households: int, form: str) -> int:
    """One round made and solved, for the peak of memory."""
    problem = a_round(n_dwellings, n_households)
    shaped = {"no quota": without_quotas, "nested quotas": nested}.get(form, lambda p: p)
    return len(solve(shaped(problem)).served)


def _country() -> Row:
    problem = nested(a_round(100_000, 1_000_000))
    start = time.perf_counter()
    solve(problem)
    seconds = time.perf_counter() - start
    return Row(
        "exact joint matching, nested quotas, country, 100,000 x 1,000,000 (one run)", seconds, 30.0
    )


def _beside(row: Row, name: str, seconds: float | None) -> Row:
    return Row(row.work, row.median_s, row.target_s, name, seconds, row.memory_mb, row.target_mb)


def _rivals(form: str, size: str, problem: Problem) -> list[tuple[str, float | None]]:
    found = []
    if form == "no quota":
        if not size.startswith("small"):
            found.append(_timed("SimpleMinCostFlow on ranks, same set", problem, _min_cost_flow))
        if size.startswith("session"):
            found.append(_timed("scipy bipartite matching (ignores order)", problem, _scipy))
            found.append(_timed("NetworkX matching (ignores order)", problem, _networkx))
    elif size.startswith("session"):
        found.append(_limited("CP-SAT on the whole model", problem, _cp_sat))
        found.append(_limited("HiGHS on the whole model", problem, _highs))
        if form == "crossing quotas":
            found.append(_timed("block-lexicographic MILP, same set", problem, _blocks))
    return found


def _timed(
    name: str, problem: Problem, work: Callable[[Problem], set[int] | None]
) -> tuple[str, float]:
    start = time.perf_counter()
    served = work(problem)
    seconds = time.perf_counter() - start
    if served is not None and served != set(solve(problem).served):
        raise AssertionError(f"{name} serves another set")
    return name, seconds


def _limited(
    name: str, problem: Problem, work: Callable[[Problem], bool]
) -> tuple[str, float | None]:
    start = time.perf_counter()
    is_proved = work(problem)
    seconds = time.perf_counter() - start
    return (name, seconds) if is_proved else (f"{name}: not proved in {LIMIT_S:.0f} s", None)


def _min_cost_flow(problem: Problem) -> set[int]:
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


def _scipy(problem: Problem) -> None:
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


def _networkx(problem: Problem) -> None:
    import networkx as nx

    graph = nx.Graph()
    people = [("h", p) for p, mask in enumerate(problem.accepts) if mask]
    graph.add_nodes_from(people)
    for p, mask in enumerate(problem.accepts):
        for t in bits(mask):
            graph.add_edges_from((("h", p), d) for d in problem.types[t])
    nx.bipartite.hopcroft_karp_matching(graph, people)


def _blocks(problem: Problem) -> set[int]:
    return set(mip.solve(problem).served)


def _cp_sat(problem: Problem) -> bool:
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


def _highs(problem: Problem) -> bool:
    """The same model for HiGHS."""
    from datetime import timedelta

    from ortools.math_opt.python import mathopt

    model = mip.Model(problem)
    n = len(problem.households)
    ranks = model.total((n - p) * v for p, v in enumerate(model.served) if v is not None)
    model.model.minimize(n * n * model.shortage - ranks)
    parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=LIMIT_S))
    result = mathopt.solve(model.model, mathopt.SolverType.HIGHS, params=parameters)
    return bool(result.termination.reason == mathopt.TerminationReason.OPTIMAL)
