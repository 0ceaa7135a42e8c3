"""Fewest bedrooms for children who may share two by two: a maximum matching."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from allocation.errors import HousingError

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


# Every subset of the children may be looked at: more than this is an error of typing.
MOST_CHILDREN = 16


class TooManyChildrenError(HousingError):
    """More children in one household than anybody has: the register is to be checked."""

    code = "rule.too_many_children"


def pairs_of(n_children: int) -> list[tuple[int, int]]:
    """Every pair of children, in the order used by the functions below."""
    return [(i, j) for i in range(n_children) for j in range(i + 1, n_children)]


@cache
def most_pairs(may_share: tuple[bool, ...], n_children: int) -> int:
    """
    Greatest number of pairs that may share a room, each child in one pair at most.

    Parameters
    ----------
    may_share
        For each pair, in the order of ``pairs_of``.
    n_children
        Number of children.

    Raises
    ------
    TooManyChildrenError
        ``rule.too_many_children``.
    """
    if n_children > MOST_CHILDREN:
        raise TooManyChildrenError(f"{n_children} children in one household", limit=MOST_CHILDREN)
    friends = [0] * n_children
    for (i, j), is_possible in zip(pairs_of(n_children), may_share, strict=True):
        if is_possible:
            friends[i] |= 1 << j
            friends[j] |= 1 << i
    best = {0: 0}

    def most(left: int) -> int:
        if left not in best:
            first = (left & -left).bit_length() - 1
            rest = left & ~(1 << first)
            found = most(rest)
            partners = friends[first] & rest
            while partners:
                other = partners & -partners
                found = max(found, 1 + most(rest & ~other))
                partners &= ~other
            best[left] = found
        return best[left]

    return most((1 << n_children) - 1)


def most_pairs_each(may_share: Flags, n_children: int) -> Counts:
    """
    ``most_pairs`` for many households with the same number of children.

    Shapes
    ------
    ``may_share``: (households, pairs). Equal rows are solved once.
    """
    if n_children < 2:
        return np.zeros(len(may_share), dtype=np.int64)
    packed = np.packbits(may_share, axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    solved = [most_pairs(tuple(may_share[i].tolist()), n_children) for i in first]
    found: Counts = np.array(solved, dtype=np.int64)[which]
    return found
