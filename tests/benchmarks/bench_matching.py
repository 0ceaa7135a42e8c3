"""Exact joint matching, small session to whole country, beside what could be used instead."""

from __future__ import annotations

import time

from allocation.matching import Problem, solve
from tests.benchmarks import rivals
from tests.benchmarks.measure import Row, median_seconds, peak_megabytes, seconds_within
from tests.benchmarks.rounds import a_round, nested, without_quotas

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
    rivals.warm()
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
    """Who is timed beside which round: those that fit the form, where they are of use."""
    flow = ("SimpleMinCostFlow on ranks, same set", rivals.min_cost_flow)
    any_order = [
        ("scipy bipartite matching (ignores order)", rivals.scipy),
        ("NetworkX matching (ignores order)", rivals.networkx),
    ]
    whole = [
        ("CP-SAT on the whole model (sum of ranks, another set)", rivals.cp_sat),
        ("HiGHS on the whole model (sum of ranks, another set)", rivals.highs),
    ]
    naive = ("serial rule, one by one (another set)", rivals.serial)
    blocks = ("block-lexicographic MILP, same set", rivals.blocks)
    table: dict[tuple[str, str], list[tuple[str, rivals.Rival]]] = {
        ("no quota", "session"): [flow, *any_order, naive],
        ("no quota", "region"): [flow, *any_order, naive],
        ("nested quotas", "session"): whole,
        ("nested quotas", "region"): whole,
        ("crossing quotas", "session"): [*whole, blocks],
        ("crossing quotas", "region"): [*whole, blocks],
    }
    return [
        _timed(name, problem, work) for name, work in table.get((form, size.partition(",")[0]), [])
    ]


def _timed(name: str, problem: Problem, work: rivals.Rival) -> tuple[str, float | None]:
    """A rival's time; stopped at the limit, and refused when it claims our set and has not."""
    seconds, answer = seconds_within(rivals.LIMIT_S, work, problem)
    if seconds is None or answer is False:
        return f"{name}: not proved in {rivals.LIMIT_S:.0f} s", None
    if isinstance(answer, set) and answer != set(solve(problem).served):
        raise AssertionError(f"{name} serves another set")
    return name, seconds
