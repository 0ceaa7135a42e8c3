"""Chains of moves and the integer programme give one answer, whatever the shape of the quotas."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from allocation.matching import LEX_UNITS, InfeasibleError, Problem, Quota, core, solve
from allocation.matching.closing import Closing
from allocation.matching.core import Walk, walk
from tests.oracles import brute_force
from tests.random_rounds import as_instance

SHAPES = ("disjoint", "nested", "crossing")


def shaped(rng: random.Random, shape: str, *, n_households: int) -> Problem:
    """A round whose quotas are disjoint, nested in one another, or cross."""
    capacity = [rng.choice((1, 1, 2, 3)) for _ in range(rng.randint(2, 5))]
    types = tuple(tuple(f"d{t}.{n}" for n in range(size)) for t, size in enumerate(capacity))
    density = rng.choice((0.3, 0.5))
    accepts = tuple(
        sum(1 << t for t in range(len(types)) if rng.random() < density)
        for _ in range(n_households)
    )
    quotas = []
    for i in range(rng.randint(2, 5)):
        kind = rng.choice(("floor", "floor", "cap"))
        is_hard = kind == "floor" and rng.random() < 0.1
        seats = 1 if is_hard else rng.randint(0, 4)
        quotas.append(
            Quota(f"q{i}", kind, seats, is_hard=is_hard, weight=rng.choice((0, 1, 1, 1, 1, 2, 2)))
        )  # type: ignore[arg-type]
    inside = {
        "disjoint": [1 << i for i in range(len(quotas))],
        "nested": _nested(rng, len(quotas)),
        "crossing": [rng.getrandbits(len(quotas)) for _ in range(6)],
    }[shape]
    members = tuple(rng.choice([0, *inside]) for _ in range(n_households))
    names = tuple(f"h{i:03d}" for i in range(n_households))
    rule = rng.choice(("weighted", "weighted", "precedence", "number_met", "leximin"))
    return Problem(names, accepts, members, types, tuple(quotas), shortage_rule=rule)  # type: ignore[arg-type]


def _nested(rng: random.Random, n: int) -> list[int]:
    """Memberships of a random forest: in a quota, and in those around it."""
    masks: list[int] = []
    for i in range(n):
        around = masks[rng.randrange(len(masks))] if masks and rng.random() < 0.6 else 0
        masks.append(around | 1 << i)
    return masks


def solved(problem: Problem, *, by_programme: bool, units: bool) -> Walk | None:
    """The walk, with chains of moves or with the integer programme for every question."""
    with pytest.MonkeyPatch.context() as patch:
        if by_programme:
            patch.setattr(core, "nesting", lambda *_: None)
            patch.setattr(core, "_is_good", lambda *_: False)
            patch.setattr(core, "_is_least", lambda *_: False)
        try:
            return walk(problem, most_served_first=units)
        except InfeasibleError:
            return None


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_households", [12, 40])
def test_chains_serve_whom_the_integer_programme_serves(shape: str, n_households: int) -> None:
    rng = random.Random(f"{shape}{n_households}")
    n_trees = n_programmes = 0
    for _ in range(60):
        problem = shaped(rng, shape, n_households=n_households)
        units = rng.random() < 0.3
        chains = solved(problem, by_programme=False, units=units)
        programme = solved(problem, by_programme=True, units=units)
        assert (chains is None) == (programme is None), problem
        if chains and programme:
            assert chains.served == programme.served, problem
            assert chains.least_shortage == programme.least_shortage, problem
            n_trees += chains.tree is not None
            n_programmes += chains.programme.n_solves > 0
    # Both ways of answering are exercised: the tree alone, and the programme behind it.
    assert n_programmes > 3
    assert shape == "crossing" or n_trees > 20


@pytest.mark.parametrize("shape", SHAPES)
def test_chains_serve_whom_exhaustive_search_serves(shape: str) -> None:
    rng = random.Random(shape)
    for _ in range(80):
        problem = shaped(rng, shape, n_households=8)
        soft = tuple(replace(quota, is_hard=False) for quota in problem.quotas)
        problem = replace(problem, quotas=soft, shortage_rule="weighted")
        for levels in (("floors", "priority", "fit"), LEX_UNITS):
            found = solve(problem, levels=levels)
            expected = brute_force.solve(as_instance(problem), levels)
            assert (found.served, found.shortage) == expected, problem


def test_a_failed_move_to_other_counts_changes_nothing() -> None:
    rng = random.Random(7)
    n_failed = 0
    for _ in range(200):
        problem = shaped(rng, "crossing", n_households=20)
        run = solved(problem, by_programme=False, units=False)
        if run is None:
            continue
        witness = run.witness
        before = (
            sorted(witness.seating.seats()),
            list(witness.seated),
            list(witness.cells),
            list(witness.counts),
            list(witness.seating.free),
        )
        wanted = [n + rng.randint(0, 1) for n in witness.cells]
        if witness.rehouse(wanted, -1) is None:
            assert witness.cells == wanted
            continue
        n_failed += 1
        assert before == (
            sorted(witness.seating.seats()),
            witness.seated,
            witness.cells,
            witness.counts,
            witness.seating.free,
        )
    assert n_failed > 50


def test_going_back_over_the_walk_and_forward_again_finds_the_same_solutions() -> None:
    rng = random.Random(11)
    n_moved = 0
    for shape in SHAPES * 20:
        problem = shaped(rng, shape, n_households=30)
        try:
            run = walk(problem, keep_steps=True)
        except InfeasibleError:
            continue
        closing = Closing(run)
        n_moved += sum(bool(step.moves) for step in run.steps)
        straight = [picture(closing, i) for i in range(len(run.steps), -1, -1)][::-1]
        for i in rng.choices(range(len(straight)), k=12):
            assert picture(closing, i) == straight[i]
    assert n_moved > 50


def picture(closing: Closing, step_idx: int) -> tuple[object, ...]:
    """Seats, counts and commitments of the solution at hand at a step."""
    now = closing.at(step_idx)
    assert all(a >= b for a, b in zip(now.seated, now.classes.committed, strict=True))
    assert sum(now.classes.committed) == step_idx
    counted = (list(now.seated), list(now.cells), list(now.counts), list(now.classes.committed))
    return (sorted(now.seating.seats()), *counted)
