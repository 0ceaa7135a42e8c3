"""
The price of limits by group and block, on figures like those of Singapore (``science`` 5.1).

The optimum needs utilities, which the product refuses to have: it is worked out by a min-cost
flow. How many households the limits let in at most is the product's own answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocation.matching import LEX_UNITS, Problem, Quota, solve
from scenarios.streams import streams

# Project: blocks, dwellings, longitude, latitude.
PROJECTS = (
    (2, 257, 103.745318, 1.35022),
    (7, 1140, 103.741431, 1.362121),
    (16, 2500, 103.91282, 1.387476),
    (5, 1002, 103.774341, 1.437471),
    (2, 216, 103.799753, 1.446501),
    (8, 746, 103.852523, 1.425844),
    (13, 1403, 103.874274, 1.342361),
    (5, 954, 103.888105, 1.309895),
    (2, 319, 103.885718, 1.309648),
)
GROUP_SHARES = (0.7733, 0.1331, 0.0936)
LIMITS = (84, 22, 12)  # per cent of a block, by group
TENTH = 10
WEST, EAST, SOUTH, NORTH = 103.70, 103.95, 1.30, 1.46
KM_PER_DEGREE, NEAREST_KM = 111, 0.3
SPREAD = 0.3
APPROVED, OTHERWISE = 1.0, 0.05
SCALE = 10**9  # utilities as whole numbers for the flow

TASTES = ("dist", "ethnic", "project")
ROWS = tuple((taste, ratio) for taste in TASTES for ratio in (1.0, 1.7))

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def _half_up(n: int, by: int) -> int:
    return (2 * n + by) // (2 * by)


def blocks() -> tuple[Ints, Ints]:
    """Dwellings of each block, a tenth of those built, and its project."""
    sizes, project = [], []
    for p, (n, dwellings, _, _) in enumerate(PROJECTS):
        each, more = divmod(dwellings, n)
        sizes += [_half_up(each + (b < more), TENTH) for b in range(n)]
        project += [p] * n
    return np.array(sizes), np.array(project)


def limits(sizes: Ints) -> Ints:
    """Most dwellings of each group (rows) in each block (columns)."""
    return np.array([[_half_up(int(n) * share, 100) for n in sizes] for share in LIMITS])


@dataclass(frozen=True)
class Round:
    """
    Applicants of one seed.

    Shapes
    ------
    group : (agents,); utility : (agents, blocks), rows that sum to 1; order : (agents,), the
    lottery; size : (blocks,); limit : (groups, blocks)
    """

    group: Ints
    utility: Floats
    order: Ints
    size: Ints
    limit: Ints


def drawn(taste: str, ratio: float, seed: int) -> Round:
    """Draw one round."""
    size, project = blocks()
    n = round(int(size.sum()) * ratio)
    rng = streams(seed).under(f"diversity {taste} {ratio}").of("round")
    group = np.searchsorted(np.cumsum(GROUP_SHARES)[:-1], rng.random(n), side="right")
    where = np.array([p[2:] for p in PROJECTS])[project]
    if taste == "project":
        approved = rng.random((len(LIMITS), len(PROJECTS))) < 0.4
        liked = np.where(approved, APPROVED, OTHERWISE)[group][:, project]
        utility = liked * rng.uniform(0.8, 1.2, (n, len(size)))
    else:
        points = rng.random((n if taste == "dist" else len(LIMITS), 2))
        points = points * [EAST - WEST, NORTH - SOUTH] + [WEST, SOUTH]
        away = np.linalg.norm(points[:, None] - where[None], axis=2)
        utility = 1 / (KM_PER_DEGREE * away + NEAREST_KM)
        if taste == "ethnic":
            utility = utility[group] * rng.lognormal(0, SPREAD, (n, len(size)))
    utility = utility / utility.sum(axis=1, keepdims=True)
    return Round(group, utility, rng.permutation(n), size, limits(size))


def optimum(r: Round, *, limited: bool) -> tuple[float, int]:
    """Largest total utility, and how many are housed, with or without the limits."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    n, n_blocks, n_groups = len(r.group), len(r.size), len(LIMITS)
    cells = n_groups * n_blocks
    cell = n + np.arange(cells).reshape(n_groups, n_blocks)
    block = n + cells + np.arange(n_blocks)
    sink = n + cells + n_blocks
    gain = np.rint(r.utility * SCALE).astype(np.int64)
    flow = SimpleMinCostFlow()
    agents = np.arange(n)
    ones = np.ones(n * n_blocks, dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.repeat(agents, n_blocks), cell[r.group].ravel(), ones, -gain.ravel()
    )
    most = r.limit if limited else np.broadcast_to(r.size, (n_groups, n_blocks))
    none = np.zeros(cells, dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        cell.ravel(), np.tile(block, n_groups), most.ravel(), none
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        block, np.full(n_blocks, sink), r.size, none[:n_blocks]
    )
    # Who gets nothing costs nothing.
    flow.add_arcs_with_capacity_and_unit_cost(agents, np.full(n, sink), ones[:n], ones[:n] * 0)
    flow.set_nodes_supplies(np.append(agents, sink), np.append(ones[:n], -n))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow ended with {status}")
    used = flow.flows(np.arange(n * n_blocks)).reshape(n, n_blocks)
    return float((used * r.utility).sum()), int(used.sum())


def lottery(r: Round, *, limited: bool) -> float:
    """Total utility when each in turn takes the best block still open to its group."""
    left = r.size.copy()
    open_to = (r.limit if limited else np.broadcast_to(r.size, r.limit.shape)).copy()
    total = 0.0
    for agent in r.order.tolist():
        group = r.group[agent]
        may = (left > 0) & (open_to[group] > 0)
        if may.any():
            best = int(np.where(may, r.utility[agent], -1).argmax())
            left[best] -= 1
            open_to[group, best] -= 1
            total += float(r.utility[agent, best])
    return total


def most_housed(r: Round) -> int:
    """Most households that the limits let in, by the product's exact matching (`lex_units`)."""
    n_blocks = len(r.size)
    quotas = tuple(
        Quota(f"{g}-{b}", "cap", int(r.limit[g, b]), types=1 << b)
        for g in range(len(LIMITS))
        for b in range(n_blocks)
    )
    all_of = (1 << n_blocks) - 1
    problem = Problem(
        tuple(f"A{agent:04d}" for agent in r.order),
        (all_of,) * len(r.order),
        tuple(all_of << int(r.group[agent]) * n_blocks for agent in r.order),
        tuple(tuple(f"B{b:02d}-{k:02d}" for k in range(n)) for b, n in enumerate(r.size)),
        quotas,
    )
    return len(solve(problem, levels=LEX_UNITS).served)


def figures(taste: str, ratio: float, seed: int) -> tuple[float, float, float, int, int]:
    """
    What one seed gives.

    Price of diversity (optimum without limits over optimum with them); optimum over lottery;
    the same when the lottery has limits; households that the limited optimum houses; the most
    that the limits let in.
    """
    r = drawn(taste, ratio, seed)
    free, _ = optimum(r, limited=False)
    kept, housed = optimum(r, limited=True)
    drawn_free, drawn_kept = lottery(r, limited=False), lottery(r, limited=True)
    return free / kept, free / drawn_free, free / drawn_kept, housed, most_housed(r)
