"""A set of quotas written by hand, under the checks of the import: every fault located."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from allocation.errors import Problem, ProblemsError
from allocation.exchange.checks import quotas
from allocation.exchange.draft import Draft, Source
from allocation.exchange.entries import QUOTAS_SCHEMA
from allocation.exchange.frame import Frame
from allocation.exchange.outline import Outline
from allocation.exchange.reading import read_quotas
from allocation.exchange.severity import errors_among
from allocation.model import QuotaRule, Register

_PLACE = re.compile(r"\[(\d+)\]")


def examined_quotas(
    entries: Sequence[Mapping[str, Any]], register: Register
) -> tuple[QuotaRule, ...]:
    """
    The quotas of a set, for the register and the day of its meeting.

    Parameters
    ----------
    entries
        Quotas as plain values, as in `quotas.yaml`.

    Raises
    ------
    ProblemsError
        Everything the import would refuse; ``column`` is the path of the field.
    """
    outline = Outline("", {"schema": QUOTAS_SCHEMA, "quotas": [dict(e) for e in entries]})
    placed, problems = read_quotas(outline)
    frames = {
        name: Frame(table.schema, name, range(1, len(table) + 1), table.columns)
        for name, table in register.tables.items()
    }
    headers = {n: tuple(c.name for c in f.schema.columns) for n, f in frames.items()}
    source = Source("", {}, {"quotas": outline}, {})
    draft = Draft(source, headers, frames, None, register.meeting, placed, problems)
    errors = errors_among([*problems, *quotas.check(draft)])
    if errors:
        raise ProblemsError(map(_with_path, errors))
    return tuple(p.quota for p in placed)


def _with_path(problem: Problem) -> Problem:
    """``quotas[3].share`` as the path of a JSON document: ``quotas/2/share``."""
    counted = _PLACE.sub(lambda found: f"/{int(found[1]) - 1}", problem.column)
    return replace(problem, column=counted.replace(".", "/"))
