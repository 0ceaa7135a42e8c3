"""
Candidates and dwellings that come one after another: who gets which (V11, V12).

V11 puts two endless sequences to the matching room's literal reading, dwelling by dwelling. V12
asks the product what it does in each state of a small chain, refusals included, and works the
chain out exactly: no statistics.
"""

from datetime import date
from itertools import product
from typing import Literal

import numpy as np
import pytest

from allocation.matching import Problem, serial
from allocation.model import Meeting
from allocation.model.proposal import Vacancy
from allocation.proposal.committed import let_again
from allocation.proposal.continuation import Standing
from allocation.proposal.frozen import FrozenMeeting
from allocation.proposal.rounds import run_rounds
from allocation.ranking import POINTS_TIER, Demand, accepted_types, dwelling_types
from scenarios.streams import streams
from tests.statistical.criterion import agrees

N_RUNS, N_DWELLINGS = 20, 6_000
AT_ONCE, MORE = 40, 50  # dwellings let at once, and candidates beyond those they need

Frequencies = tuple[float, float, float]


def rates_of_theory(alpha: Frequencies, beta: Frequencies) -> dict[tuple[int, int], float]:
    """Adan and Weiss: those skipped are always of one single kind."""
    b = [x * y / (1 - x - y) for x, y in zip(alpha, beta, strict=True)]
    p0 = 1 / (1 + sum(b))
    skipped = [p0 * x for x in b]
    return {
        (i, k): beta[k] * (skipped[i] + (p0 + skipped[k]) * alpha[i] / (1 - alpha[k]))
        for i in range(3)
        for k in range(3)
        if i != k
    }


def matched(seed: int, alpha: Frequencies, beta: Frequencies) -> dict[tuple[int, int], float]:
    """Share of the dwellings of kind k let to candidates of kind i, each k but its own."""
    drawn = streams(seed).under(f"v11 {alpha}")
    n = N_DWELLINGS
    kinds = kinds_drawn(drawn.uniforms("candidates", np.arange(2 * n)), alpha)
    dwellings = kinds_drawn(drawn.uniforms("dwellings", np.arange(n)), beta)
    skipped: list[int] = []
    after = 0
    found = dict.fromkeys(product(range(3), repeat=2), 0)
    for first in range(0, n, AT_ONCE):
        need = AT_ONCE + MORE
        waiting = skipped + list(range(after, after + need))
        after += need
        let = dwellings[first : first + AT_ONCE]
        names = [f"D{first + j:06d}" for j in range(len(let))]
        problem = Problem(
            tuple(f"H{c:06d}" for c in waiting),
            tuple(0b111 & ~(1 << kinds[c]) for c in waiting),
            (0,) * len(waiting),
            tuple(tuple(d for d, k in zip(names, let, strict=True) if k == t) for t in range(3)),
            (),
        )
        served = serial(problem, names, lambda dwelling, counts: ())
        assert len(served) == len(let), "the list shown was too short"
        for p, dwelling in served.items():
            found[kinds[waiting[p]], dwellings[int(dwelling[1:])]] += 1
        last = max(served)
        skipped = [c for p, c in enumerate(waiting) if p < last and p not in served]
        after = waiting[last] + 1
    return {key: count / n for key, count in found.items()}


def kinds_drawn(u: np.ndarray, frequencies: Frequencies) -> list[int]:
    return np.searchsorted(np.cumsum(frequencies)[:-1], u, side="right").tolist()


@pytest.mark.parametrize(
    ("alpha", "beta", "first"),
    [
        ((0.5, 0.3, 0.2), (0.2, 0.3, 0.5), 0.191630),
        ((0.4, 0.35, 0.25), (0.3, 0.3, 0.4), 0.181295),
    ],
)
def test_v11_dwellings_go_to_each_kind_of_candidate_at_the_exact_rates(
    alpha: Frequencies, beta: Frequencies, first: float
) -> None:
    known = rates_of_theory(alpha, beta)
    assert known[0, 1] == pytest.approx(first, abs=1e-6)
    for kind in range(3):
        assert sum(r for (i, _), r in known.items() if i == kind) == pytest.approx(alpha[kind])
    runs = [matched(seed, alpha, beta) for seed in range(N_RUNS)]
    shares = [([sum(r[i, k] for i in range(3)) for r in runs], beta[k]) for k in (0, 1)]
    shares += [([sum(r[k, i] for i in range(3)) for r in runs], alpha[k]) for k in (0, 1)]
    for key, target in known.items():
        assert not agrees([r[key] for r in runs], target, controls=shares)
    assert all(r[i, i] == 0 for r in runs for i in range(3))


# ---- V12 ----

Kind = Literal[0, 1]
ON = date(2030, 1, 1)
PLACES = ("left", "right")


def meeting_of(pool: list[Kind], fresh: list[Kind], unit: Kind) -> FrozenMeeting:
    """One dwelling; in line, those who keep a place, then candidates who have not been asked."""
    kind = PLACES[unit]
    vacancy = Vacancy("D", kind, "", "flat", 1, "ordinary", False, "", "vacated", ON)
    types = dwelling_types([vacancy])
    wants = [(PLACES[k],) for k in pool] + [PLACES for _ in fresh]
    demands = tuple(
        Demand(1, "any", False, False, False, tuple((p, "") for p in places), ())
        for places in wants
    )
    n = len(demands)
    return FrozenMeeting(
        meeting=Meeting("sambr-habitat", ON, "draw", ""),
        identifiers=tuple(f"H{i:03d}" for i in range(n)),
        tier=(POINTS_TIER,) * n,
        demands=demands,
        costs=tuple(accepted_types(demands, types)),
        members=(0,) * n,
        preferences=((),) * n,
        types=types,
        vacancies={"D": vacancy},
        left_out={},
        quotas=(),
    )


def let(pool: list[Kind], fresh: list[Kind], unit: Kind, most: int) -> tuple[list[Kind], bool]:
    """
    Offer one dwelling until somebody takes it; the pool after, and whether it was mismatched.

    A candidate not asked before declines a dwelling of the other kind if the pool of its own
    kind has room: it keeps its place, before all who come later.
    """
    meeting = meeting_of(pool, fresh, unit)
    outcome = run_rounds(meeting, meeting.meeting.levels)
    standing = Standing({d: meeting.identifiers[p] for p, d in outcome.assignment.items()})
    pool = list(pool)
    while True:
        asked = meeting.position[standing.offers["D"]]
        if asked < len(meeting.identifiers) - len(fresh):
            pool.remove(unit)
            return pool, False
        kind = fresh[asked - (len(meeting.identifiers) - len(fresh))]
        if kind == unit or pool.count(kind) >= most:
            return pool, kind != unit
        pool.append(kind)
        refused = standing.refused | {(meeting.identifiers[asked], "D")}
        after = let_again(Standing({}, refused=refused).left_of(meeting), outcome.resolved, {})[-1]
        offers = {d: meeting.identifiers[p] for p, d in after.assignment.items()}
        standing = Standing(offers, refused=refused)


def share_mismatched(most: int, p: float) -> float:
    """The chain of what is in the pools, its steps asked of the product, worked out exactly."""
    chance: dict[Kind, float] = {0: p, 1: 1 - p}
    kinds: tuple[Kind, Kind] = (0, 1)
    states: list[list[Kind]] = [[0] * n for n in range(most + 1)]
    states += [[1] * n for n in range(1, most + 1)]
    place = {tuple(s): i for i, s in enumerate(states)}
    step, lost = np.zeros((len(states), len(states))), np.zeros(len(states))
    for i, pool in enumerate(states):
        for unit, comes in product(kinds, product(kinds, repeat=most + 1)):
            after, is_mismatched = let(pool, list(comes), unit, most)
            weight = chance[unit] * float(np.prod([chance[k] for k in comes]))
            step[i, place[tuple(after)]] += weight
            lost[i] += weight * is_mismatched
    system = np.vstack([step.T - np.eye(len(states)), np.ones(len(states))])
    steady, *_ = np.linalg.lstsq(system, np.append(np.zeros(len(states)), 1.0), rcond=None)
    return float(steady @ lost)


@pytest.mark.parametrize("most", range(6))
def test_v12_a_place_kept_after_declining_makes_fewer_mismatches(most: int) -> None:
    assert share_mismatched(most, 0.5) == pytest.approx(1 / (2 * (most + 1)), abs=1e-9)


@pytest.mark.parametrize(("most", "share"), [(1, 0.24), (2, 0.16), (3, 0.12)])
def test_v12_holds_for_unequal_kinds(most: int, share: float) -> None:
    assert share_mismatched(most, 0.6) == pytest.approx(share, abs=1e-9)
