"""Rounds of a given size: thirty communes, crossing floors and one cap, many more households."""

from __future__ import annotations

from functools import cache

import numpy as np

from allocation.matching import Problem, Quota

COMMUNES = 30
BEDROOMS_OF_DWELLINGS = (0.22, 0.33, 0.30, 0.11, 0.04)
BEDROOMS_NEEDED = (0.42, 0.26, 0.18, 0.09, 0.05)
N_CHOICES = (0.25, 0.20, 0.20, 0.15, 0.20)
INCOMES = (0.55, 0.38, 0.07)  # precarious, modest, middle
PARTNERS = (0.86, 0.03, 0.03, 0.02, 0.06)  # none, then four of them
ADAPTED_DWELLINGS, ADAPTED_NEEDS, ONE_MORE, TRANSFERS = 0.06, 0.05, 0.30, 0.12
# Seats for 5,000 dwellings, in the order of the quotas below; scaled to the round.
SEATS = (2900, 1000, 150, 150, 120, 320, 300)
NAMES = ("income_1", "transfers", "partner_1", "partner_2", "partner_3", "partner_4", "income_3")


@cache
def a_round(n_dwellings: int, n_households: int, seed: int = 1) -> Problem:
    """A round of that size with six crossing floors and a cap, households in rank order."""
    rng = np.random.default_rng(seed)
    weights = np.array([(i + 1) ** -0.7 for i in range(COMMUNES)])
    weights /= weights.sum()
    types = _types(rng, weights, n_dwellings)
    position = {key: t for t, key in enumerate(types)}
    n_choices = rng.choice(5, n_households, p=N_CHOICES) + 1
    bedrooms = rng.choice(5, n_households, p=BEDROOMS_NEEDED)
    one_more = rng.random(n_households) < ONE_MORE
    adapted = rng.random(n_households) < ADAPTED_NEEDS
    # Weighted draws without repetition, all households at once (largest of exponential races).
    races = rng.exponential(size=(n_households, COMMUNES)) / weights
    communes = np.argsort(races, axis=1)[:, :5]
    accepts = []
    for h in range(n_households):
        mask = 0
        for commune in communes[h, : n_choices[h]].tolist():
            for rooms in range(int(bedrooms[h]), int(bedrooms[h]) + 1 + bool(one_more[h])):
                for is_adapted in (True,) if adapted[h] else (False, True):
                    t = position.get((commune, rooms, is_adapted))
                    if t is not None:
                        mask |= 1 << t
        accepts.append(mask)
    quotas = tuple(
        Quota(name, "cap" if name == "income_3" else "floor", n * n_dwellings // 5000)
        for name, n in zip(NAMES, SEATS, strict=True)
    )
    names = tuple(f"h{h:07d}" for h in range(n_households))
    members = _members(rng, n_households)
    return Problem(names, tuple(accepts), members, tuple(map(tuple, types.values())), quotas)


def _types(
    rng: np.random.Generator, weights: np.ndarray, n: int
) -> dict[tuple[int, int, bool], list[str]]:
    communes = rng.choice(COMMUNES, n, p=weights).tolist()
    rooms = rng.choice(5, n, p=BEDROOMS_OF_DWELLINGS).tolist()
    adapted = (rng.random(n) < ADAPTED_DWELLINGS).tolist()
    types: dict[tuple[int, int, bool], list[str]] = {}
    for d, key in enumerate(zip(communes, rooms, adapted, strict=True)):
        types.setdefault(key, []).append(f"d{d:06d}")
    return types


def _members(rng: np.random.Generator, n: int) -> tuple[int, ...]:
    """Quotas that count each household, as bit masks."""
    income = rng.choice(3, n, p=INCOMES)
    transfer = rng.random(n) < TRANSFERS
    partner = rng.choice(5, n, p=PARTNERS)
    masks = np.where(income == 0, 1, 0) | np.where(income == 2, 1 << 6, 0)
    masks |= np.where(transfer, 2, np.where(partner > 0, 1 << (1 + partner), 0))
    return tuple(masks.tolist())


def nested(problem: Problem) -> Problem:
    """The same round with the quotas of one partition only: transfers and partners."""
    return problem.with_quotas([q.quota_id not in ("income_1", "income_3") for q in problem.quotas])


def without_quotas(problem: Problem) -> Problem:
    """The same round with no quota."""
    return problem.with_quotas([False] * len(problem.quotas))
