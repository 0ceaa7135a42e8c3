"""Every refusal of the core is argued by additions in whole numbers, and nothing else is."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import pytest

from allocation.matching import LEX, LEX_UNITS, Problem, Quota, solve
from allocation.matching.additions import Addition, Split
from allocation.matching.refutation import argue, conflict
from allocation.matching.solve import counts
from allocation.proof import checker
from allocation.proposal.arguments import argument
from tests.random_rounds import a_round

# Any two of three households clash under a cap, so a half of each would do where one whole must.
HALVES = Problem(
    ("a", "b", "c"),
    (1, 1, 1),
    (0b0011 | 0b1000, 0b0111, 0b1101),
    (("d1", "d2"),),
    (
        Quota("f", "floor", 2, weight=2),
        Quota("p", "cap", 1),
        Quota("q", "cap", 1),
        Quota("r", "cap", 1),
    ),
)


@pytest.mark.parametrize("levels", [LEX, LEX_UNITS])
def test_nobody_is_refused_without_a_proof(levels: tuple[str, ...]) -> None:
    rng = random.Random(61)
    refused = 0
    for _ in range(150):
        problem = replace(a_round(rng), places=())
        made = argue(problem, solve(problem, levels=levels), most_served_first="units" in levels)
        assert (made.unproved, made.is_level_proved) == ([], True), problem
        refused += len(made.refusals)
    assert refused > 60


def test_a_set_that_is_not_the_best_cannot_be_argued() -> None:
    rng = random.Random(62)
    tried = 0
    for _ in range(150):
        problem = a_round(rng)
        best = solve(problem)
        if not best.served or best.shortage:
            continue
        seats = {p: t for p, t in best.seats.items() if p != best.served[0]}
        other = replace(best, served=best.served[1:], seats=seats)
        tried += 1
        assert argue(problem, other, most_served_first=False).unproved, problem
    assert tried > 40


def test_where_halves_would_do_the_count_of_a_cell_is_split() -> None:
    made = argue(HALVES, solve(HALVES), most_served_first=False)
    assert isinstance(made.least, Split)


def test_the_checker_adds_both_halves_of_a_split() -> None:
    stated: dict[str, Any] = asdict(argument("main", HALVES, solve(HALVES), LEX))
    quotas = [
        {"id": q.quota_id, "kind": q.kind, "seats": q.seats, "counting": "each", "is_hard": False,
         "weight": q.weight}
        for q in HALVES.quotas
    ]  # fmt: skip
    session: Any = SimpleNamespace(
        mask=[1, 1, 1],
        member=list(HALVES.members),
        quotas=quotas,
        bit={q["id"]: i for i, q in enumerate(quotas)},
        scoped=0,
        type_of={"d1": 0, "d2": 0},
        quota_mask=lambda *kinds: sum(1 << i for i, q in enumerate(quotas) if q["kind"] in kinds),
    )
    reach: Any = SimpleNamespace(mask=1, stock={0: ["d1", "d2"]})
    tally = checker.Tally(session, 0b1111, ())
    sums = checker.Additions(session, stated, [0, 1, 2], tally, reach)
    seats, split = tally.seats_to_keep(sums.kept), stated["least"]
    assert sums.fail(split, seats, 1)
    assert not sums.fail(split, seats, 2)  # as short as that is possible
    assert not all(sums.fail(split[half], seats, 1) for half in ("below", "above"))


def test_a_conflict_names_no_quota_too_many() -> None:
    rng = random.Random(63)
    met = 0
    for _ in range(400):
        problem = a_round(rng)
        found = solve(problem)
        filled = [
            min(q.seats, n)
            for q, n in zip(problem.quotas, counts(problem, found.seats), strict=True)
        ]
        each = all(q.counting == "each" for q in problem.quotas)
        short = [
            i
            for i, q in enumerate(problem.quotas)
            if q.kind == "floor" and q.weight and filled[i] < q.seats
        ]
        for i in short if each else ():
            made = conflict(problem, i, filled)
            assert made is not None, problem
            wanted = {j: filled[j] for j in made.quotas} | {i: problem.quotas[i].seats}
            assert set(made.without) == set(made.quotas)
            met += bool(made.quotas)
            for dropped, living in made.without.items():
                reached = counts(problem, living)
                for j, n in wanted.items():
                    is_cap = problem.quotas[j].kind == "cap"
                    most = problem.quotas[j].seats
                    assert j == dropped or (reached[j] <= most if is_cap else reached[j] >= n)
    assert met >= 4


def test_an_addition_needs_every_line_it_states() -> None:
    problem = HALVES.with_quotas([False, True, True, True])
    made = argue(problem, solve(problem), most_served_first=False)
    proofs = [r.proof for r in made.refusals]
    assert proofs
    assert all(isinstance(p, Addition) and len(p.cuts) + len(p.quotas) == 1 for p in proofs)
