"""Random streams: a draw belongs to its purpose and entity, and to nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scenarios.streams import streams


@given(
    seed=st.integers(0, 10**9),
    entity=st.integers(0, 2**64 - 1),
    other=st.integers(0, 2**64 - 1),
    width=st.integers(1, 9),
)
def test_many_at_once_are_the_numbers_numpy_gives_to_each_alone(
    seed: int, entity: int, other: int, width: int
) -> None:
    together = streams(seed).uniforms(
        "age", np.array([entity], dtype=np.uint64), others=other, width=width
    )
    alone = streams(seed).of("age", entity, other).random(width)
    assert together.reshape(-1).tolist() == alone.tolist()
    assert list(streams(seed).drawn("age", entity, other, width=width)) == alone.tolist()


def test_a_draw_does_not_depend_on_how_many_others_are_drawn_nor_on_order() -> None:
    everyone = streams(7).uniforms("income", np.arange(1000))
    a_few = streams(7).uniforms("income", np.array([900, 3, 41]))
    assert a_few.tolist() == everyone[[900, 3, 41]].tolist()


def test_purposes_seeds_parts_and_pairs_are_strangers() -> None:
    n = np.arange(2000)
    draws = [
        streams(7).uniforms("income", n),
        streams(7).uniforms("age", n),
        streams(8).uniforms("income", n),
        streams(7).under("liege").uniforms("income", n),
        streams(7).uniforms("income", n, others=1),
    ]
    correlations = np.asarray(np.corrcoef(draws))[np.triu_indices(len(draws), k=1)]
    assert np.abs(correlations).max() < 0.1


def test_draws_fill_the_interval_evenly() -> None:
    drawn = streams("demo").uniforms("even", np.arange(20_000), width=4)
    counts = np.histogram(drawn, bins=20, range=(0, 1))[0]
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert np.abs(counts / counts.mean() - 1).max() < 0.06


def test_a_number_and_its_text_are_the_same_seed() -> None:
    assert streams(12).of("x", 3).integers(10**9) == streams("12").of("x", 3).integers(10**9)
