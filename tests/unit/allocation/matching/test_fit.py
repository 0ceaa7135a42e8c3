"""Who gets which dwelling: the least total, then in rank order the first dwelling that keeps it."""

import random
from itertools import permutations

from allocation.matching.fit import fit
from allocation.matching.problem import bits


def by_trying(
    accepts: list[int], costs: list[dict[int, int]], types: list[tuple[str, ...]]
) -> tuple[list[str] | None, bool]:
    """The same by looking at every arrangement; and whether all had what costs them least."""
    type_of = {d: t for t, group in enumerate(types) for d in group}
    found = []
    for dwellings in permutations(type_of, len(accepts)):
        seats = [type_of[d] for d in dwellings]
        if all(mask >> t & 1 for mask, t in zip(accepts, seats, strict=True)):
            prices = [cost.get(t, 0) for cost, t in zip(costs, seats, strict=True)]
            # In rank order, cheaper first, then the first identifier.
            found.append((sum(prices), list(zip(prices, dwellings, strict=True))))
    if not found:
        return None, False
    total, chosen = min(found)
    least = sum(
        min(cost.get(t, 0) for t in bits(m)) for m, cost in zip(accepts, costs, strict=True)
    )
    return [dwelling for _, dwelling in chosen], total == least


def test_fit_is_what_looking_at_every_arrangement_gives() -> None:
    rng, met = random.Random("fit"), {True: 0, False: 0}
    while min(met.values()) < 150:
        n_types = rng.randint(1, 3)
        names = [f"d{i}" for i in range(rng.randint(n_types, 5))]
        rng.shuffle(names)
        types = [tuple(sorted(names[t::n_types])) for t in range(n_types)]
        accepts = [rng.randint(1, 2**n_types - 1) for _ in range(rng.randint(1, len(names)))]
        costs = [{t: rng.randint(0, 2) for t in bits(mask)} for mask in accepts]
        expected, all_at_their_cheapest = by_trying(accepts, costs, types)
        if expected is None:
            continue
        met[all_at_their_cheapest] += 1
        assert fit(accepts, costs, types) == expected, (accepts, costs, types)
