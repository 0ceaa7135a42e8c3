"""Combinations of columns are told apart whatever numbers they hold."""

import random

import numpy as np

from scenarios.wanted import kinds_of


def test_combinations_are_those_of_the_rows_in_their_order() -> None:
    rng = random.Random("kinds")
    for _ in range(200):
        n = rng.randint(0, 12)
        spread = [3, 10_000, 2**61]
        columns = [
            np.array([rng.choice([0, 1, rng.randint(-s, s)]) for _ in range(n)], dtype=np.int64)
            for s in spread[: rng.randint(1, 3)]
        ]
        columns += [np.array([rng.choice("ab") for _ in range(n)], dtype=object)]
        columns += [np.array([rng.random() < 0.5 for _ in range(n)], dtype=np.bool_)]
        rows = list(zip(*(column.tolist() for column in columns), strict=True))
        distinct = sorted(set(rows))
        first, of = kinds_of(columns)
        assert [rows[i] for i in first.tolist()] == distinct
        assert [distinct[k] for k in of.tolist()] == rows
        assert first.tolist() == [rows.index(row) for row in distinct]


def test_many_spread_columns_never_run_over() -> None:
    rng = np.random.default_rng(1)
    columns = [rng.integers(0, 4000, 50) for _ in range(9)]
    first, of = kinds_of(columns)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    assert [rows[i] for i in first[of].tolist()] == rows
    assert len(first) == len(set(rows))
