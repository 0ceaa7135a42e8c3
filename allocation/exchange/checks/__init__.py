"""Checks across cells, files, the territory and the rulebook; each module has one subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from allocation.errors import Problem
from allocation.exchange.checks import (
    agreements,
    amounts,
    applications,
    choices,
    days,
    evidence,
    keys,
    meeting,
    members,
    movements,
    places,
    quotas,
)
from allocation.exchange.draft import Draft

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    keys.check,
    days.check,
    amounts.check,
    places.check,
    applications.check,
    members.check,
    choices.check,
    agreements.check,
    movements.check,
    evidence.check,
    quotas.check,
    meeting.check,
)


def across(draft: Draft) -> Iterator[Problem]:
    """Every problem that more than one cell is needed to see."""
    for check in CHECKS:
        yield from check(draft)
