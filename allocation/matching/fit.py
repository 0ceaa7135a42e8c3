"""
Who gets which dwelling, once it is settled who is served.

By default: least total cost of fit, then the canonical choice: in rank order everybody gets the
first dwelling (cost, then identifier) that still leaves the total at its optimum. As an option
the households choose in rank order (``priority_fit``). Same served set, same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from allocation.matching.problem import bits
from allocation.matching.seating import Seating, try_to_seat

Costs = Mapping[int, int]  # type -> cost of fit for one household
NO_COST: Costs = {}


def fit(
    accepts: Sequence[int],
    costs: Sequence[Costs],
    types: Sequence[Sequence[str]],
) -> list[str]:
    """
    Dwelling of each served household.

    Parameters
    ----------
    accepts
        Mask over types of each served household, best rank first.
    costs
        Cost of each accepted type, per household (absent: 0). Costs are whole numbers; a
        lexicographic cost is folded into one number by the caller.
    types
        Dwelling identifiers of each type, in identifier order.

    Returns
    -------
    list of str
        One dwelling per household, in the same order.

    Raises
    ------
    ValueError
        The households cannot all be housed.
    """
    _, of, price = _kinds(accepts, costs)
    wishes = [_tight(p, [0] * len(types)) for p in price]
    seats = _all_at_their_cheapest(of, wishes, [len(t) for t in types])
    if seats is not None:
        return _canonical(of, price, wishes, seats, types, [True] * len(types))
    seats = _cheapest(price, of, [len(t) for t in types])
    potential, outside = _potentials(price, seats, [len(t) for t in types])
    best = [_tight(p, potential) for p in price]
    return _canonical(of, price, best, seats, types, [v == outside for v in potential])


def _all_at_their_cheapest(
    of: Sequence[int], wishes: Sequence[int], capacity: Sequence[int]
) -> dict[tuple[int, int], int] | None:
    """
    Seats with everybody on a type that costs them least, (kind, type) -> households, if possible.

    The total is then the sum of the least costs, and least only so: no flow is needed.
    """
    seating = Seating(wishes, capacity)
    if not all(wishes[kind] and try_to_seat(seating, kind) for kind in of):
        return None
    return {(kind, t): n for kind, t, n in seating.seats()}


def priority_fit(
    accepts: Sequence[int],
    costs: Sequence[Costs],
    types: Sequence[Sequence[str]],
) -> list[str]:
    """
    Dwelling of each served household when they choose one after the other, best rank first.

    Everybody takes the first dwelling (cost, then identifier) that leaves a place for all the
    others; the total is not looked at. Parameters, result and errors as in ``fit``.
    """
    capacity = [len(t) for t in types]
    kinds, of, price = _kinds(accepts, costs)
    seats = _cheapest([dict.fromkeys(row, 0) for row in price], of, capacity)
    return _canonical(of, price, kinds, seats, types, [True] * len(types))


def _kinds(
    accepts: Sequence[int], costs: Sequence[Costs]
) -> tuple[list[int], list[int], list[dict[int, int]]]:
    """Households alike in types and costs: masks of the kinds, kind of each, prices of each."""
    number: dict[tuple[int, tuple[int, ...]], int] = {}
    of = []
    for mask, cost in zip(accepts, costs, strict=True):
        profile = tuple(cost.get(t, 0) for t in bits(mask))
        of.append(number.setdefault((mask, profile), len(number)))
    price = [dict(zip(bits(mask), profile, strict=True)) for mask, profile in number]
    return [mask for mask, _ in number], of, price


def _cheapest(
    price: Sequence[Mapping[int, int]], of: Sequence[int], capacity: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Least-cost seats of household kinds on types: (kind, type) -> households."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    n_kinds, n_types = len(price), len(capacity)
    sizes = Counter(of)
    flow = min_cost_flow.SimpleMinCostFlow()
    tails, heads, caps, unit = [], [], [], []
    for kind, row in enumerate(price):
        for t, cost in row.items():
            tails.append(kind)
            heads.append(n_kinds + t)
            caps.append(sizes[kind])
            unit.append(cost)
    n_seats = len(tails)
    sink = n_kinds + n_types
    for t, n in enumerate(capacity):
        tails.append(n_kinds + t)
        heads.append(sink)
        caps.append(n)
        unit.append(0)
    if not n_seats:
        if of:
            raise ValueError("The served households cannot all be housed.")
        return {}
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.array(tails, np.int32),
        np.array(heads, np.int32),
        np.array(caps, np.int64),
        np.array(unit, np.int64),
    )
    for kind, n in sizes.items():
        flow.set_node_supply(kind, n)
    flow.set_node_supply(sink, -len(of))
    if flow.solve() != flow.OPTIMAL:
        raise ValueError("The served households cannot all be housed.")
    flows = flow.flows(arcs)[:n_seats]
    return {(tails[i], heads[i] - n_kinds): int(n) for i, n in enumerate(flows.tolist()) if n}


def _potentials(
    price: Sequence[Mapping[int, int]],
    seats: Mapping[tuple[int, int], int],
    capacity: Sequence[int],
) -> tuple[list[int], int]:
    """
    Shadow price of each type, and of staying empty (shortest distances in the residual graph).

    A household kind may sit on a type in some optimal solution only if price minus potential is
    least there; only types priced like ``empty`` may keep a free dwelling.
    """
    taken = [0] * len(capacity)
    edges: dict[tuple[int, int], int] = {}
    empty = len(capacity)
    for (kind, t), n in seats.items():
        taken[t] += n
        here = price[kind][t]
        for t2, there in price[kind].items():
            if t2 != t:
                edges[t, t2] = min(edges.get((t, t2), there - here), there - here)
    for t, n in enumerate(taken):
        if n < capacity[t]:
            edges[t, empty] = 0
        if n:
            edges[empty, t] = 0
    distance = [0] * (empty + 1)
    for _ in range(empty + 2):
        changed = False
        for (a, b), w in edges.items():
            if distance[a] + w < distance[b]:
                distance[b] = distance[a] + w
                changed = True
        if not changed:
            return distance[:empty], distance[empty]
    raise RuntimeError("the least-cost seats are not least")


def _tight(row: Mapping[int, int], potential: Sequence[int]) -> int:
    """Types a kind may sit on in some optimal solution."""
    least = min((cost - potential[t] for t, cost in row.items()), default=0)
    return sum(1 << t for t, cost in row.items() if cost - potential[t] == least)


def _canonical(
    of: Sequence[int],
    price: Sequence[Mapping[int, int]],
    best: Sequence[int],
    seats: Mapping[tuple[int, int], int],
    types: Sequence[Sequence[str]],
    may_be_empty: Sequence[bool],
) -> list[str]:
    """In rank order, the first dwelling that keeps everybody else within ``best``."""
    capacity = [len(t) for t in types]
    seating = Seating(best, capacity)
    for (kind, t), n in sorted(seats.items()):
        for _ in range(n):
            seating.seat(kind, t)
    fixed = [0] * len(types)
    chosen = []
    for kind in of:
        now = min(t for t in bits(best[kind]) if seating.on[t].get(kind, 0))
        seating.unseat(kind, now)
        options = [t for t in bits(best[kind]) if fixed[t] < capacity[t]]
        options.sort(key=lambda t: (price[kind][t], types[t][fixed[t]]))
        for t in options:
            if _make_room(seating, t, now, may_be_empty):
                break
        else:
            raise RuntimeError("the canonical assignment lost a household")
        chosen.append(types[t][fixed[t]])
        fixed[t] += 1
        seating.free[t] -= 1  # the dwelling is gone for good: nobody moves this household again
        if seating.free[t] == 0:
            seating.open &= ~(1 << t)
    return chosen


def _make_room(seating: Seating, t: int, now: int, may_be_empty: Sequence[bool]) -> bool:
    """Free one dwelling of type ``t``, refilling ``now`` if it may not stay empty."""
    if t == now:
        return True
    search = seating.search(1 << t, stop_at_free=False)
    if not may_be_empty[now] and search.reached >> now & 1:
        seating.shift(search, now)
        return True
    ends = [e for e in search.order if seating.open >> e & 1 and e != now]
    if may_be_empty[now] and search.reached >> now & 1:
        ends.append(now)
    if not ends or not (may_be_empty[now] or _refill(seating, now, may_be_empty)):
        return False
    if ends[0] != t:
        seating.shift(search, ends[0])
    return True


def _refill(seating: Seating, now: int, may_be_empty: Sequence[bool]) -> bool:
    """
    Fill ``now`` from a type that may have one dwelling less.

    The two chains never meet: a type on both would have led the first one to ``now``.
    """
    givers = sum(1 << x for x, may in enumerate(may_be_empty) if may and seating.on[x])
    search = seating.search(givers, stop_at_free=False)
    if not search.reached >> now & 1:
        return False
    seating.shift(search, now)
    return True
