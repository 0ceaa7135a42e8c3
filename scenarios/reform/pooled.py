"""
One reform over the registers of several companies: what it changes in all of them together.

Each company holds both its meetings, with its own vacancies, quotas and draw; places gained or
lost are counted in its own list. What is told is the sum, for readers outside every company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from allocation.errors import Problem, ProblemsError
from allocation.rules import Assessments
from scenarios.reform.comparison import Comparison, Side


def pooled(found: Sequence[Comparison]) -> Comparison:
    """
    Comparisons of one reform, household after household.

    Raises
    ------
    ProblemsError
        ``reform.other_rules``: two registers are ranked under different rulebooks.
    """
    first = found[0]
    for c in found:
        if _rules(c) != _rules(first):
            slsp_id = c.before.held.arm.register.slsp_id
            raise ProblemsError([Problem.at(slsp_id, 0, "meeting.rulebook", "reform.other_rules")])
    return Comparison(
        _side([c.before for c in found]),
        _side([c.after for c in found]),
        {d: np.concatenate([c.profile[d] for c in found]) for d in first.profile},
        np.concatenate([c.moved for c in found]),
        np.concatenate([c.points_gained for c in found]),
        np.concatenate([c.days_waited for c in found]),
    )


def _rules(c: Comparison) -> tuple[str, str]:
    return c.before.held.arm.rulebook.content_hash, c.after.held.arm.rulebook.content_hash


def _side(sides: Sequence[Side]) -> Side:
    """Nothing of ``assignment`` and quotas: a dwelling, a seat is of one company."""
    columns: dict[str, Any] = {}
    for field in fields(Assessments):
        parts = [getattr(side.held.assessments, field.name) for side in sides]
        columns[field.name] = parts[0] if field.name == "lines" else np.concatenate(parts)
    held = replace(
        sides[0].held, assessments=Assessments(**columns), assignment={}, resolved=(), used=()
    )
    return Side(
        held,
        np.concatenate([side.rank for side in sides]),
        np.concatenate([side.tier for side in sides]),
        np.concatenate([side.dwelling for side in sides]),
    )


__all__ = ["pooled"]
