"""Which figures are too small to be shown to who may not see the rows behind them."""

from __future__ import annotations

from collections.abc import Mapping

FEWEST_SHOWN = 10


def hidden(found: Mapping[str, int]) -> frozenset[str]:
    """
    Cells not shown to a reader outside the company.

    Those under ten; and, when what is hidden could be had back from the total, the next smallest
    ones too.
    """
    small = {key for key, n in found.items() if n < FEWEST_SHOWN}
    others = sorted((n, key) for key, n in found.items() if key not in small)
    while small and (len(small) < 2 or sum(found[k] for k in small) < FEWEST_SHOWN) and others:
        small.add(others.pop(0)[1])
    return frozenset(small)
