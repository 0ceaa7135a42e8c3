"""Checks across cells, files and the territory; each module looks at one subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from allocation.errors import Problem
from allocation.exchange.draft import Draft

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = ()


def across(draft: Draft) -> Iterator[Problem]:
    """Every problem that more than one cell is needed to see."""
    for check in CHECKS:
        yield from check(draft)
