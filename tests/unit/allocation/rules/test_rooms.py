"""The fewest rooms for children are those of a maximum matching."""

from itertools import compress

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.rules.rooms import (
    MOST_CHILDREN,
    TooManyChildrenError,
    most_pairs,
    most_pairs_each,
    pairs_of,
)


@st.composite
def sharings(draw: st.DrawFn) -> tuple[tuple[bool, ...], int]:
    n = draw(st.integers(0, 8))
    size = len(pairs_of(n))
    return tuple(draw(st.lists(st.booleans(), min_size=size, max_size=size))), n


@given(sharings())
def test_as_many_pairs_as_a_general_maximum_matching(
    sharing: tuple[tuple[bool, ...], int],
) -> None:
    may_share, n = sharing
    graph = nx.Graph()
    graph.add_edges_from(compress(pairs_of(n), may_share))
    assert most_pairs(may_share, n) == len(nx.max_weight_matching(graph, maxcardinality=True))


@given(st.integers(2, 5), st.integers(1, 30), st.randoms(use_true_random=False))
def test_households_together_give_what_each_gives_alone(n, rows, random) -> None:
    size = len(pairs_of(n))
    may_share = np.array([[random.random() < 0.5 for _ in range(size)] for _ in range(rows)])
    alone = [most_pairs(tuple(row), n) for row in may_share.tolist()]
    assert most_pairs_each(may_share, n).tolist() == alone


def test_three_who_may_all_share_make_one_pair_only() -> None:
    assert most_pairs((True, True, True), 3) == 1


def test_more_children_than_anybody_has_is_an_error() -> None:
    n = MOST_CHILDREN + 1
    with pytest.raises(TooManyChildrenError):
        most_pairs((False,) * len(pairs_of(n)), n)
