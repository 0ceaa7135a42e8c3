"""Keys given twice, identifiers that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from allocation.errors import Problem
from allocation.exchange.cells import Fault
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Frame
from allocation.model import TABLE_BY_NAME


def check(draft: Draft) -> Iterator[Problem]:
    """Every key once, every reference to something that exists."""
    for frame in draft.frames.values():
        yield from _given_twice(frame, frame.schema.key)
        yield from _dangling(draft, frame)
    yield from _given_twice(draft["household_members"], ("member_id",))


def _given_twice(frame: Frame, key: Sequence[str]) -> Iterator[Problem]:
    """The second and later rows of a key; a key with a missing part is told elsewhere."""
    columns = [frame[name].tolist() for name in key]
    n_distinct = len(set(columns[0] if len(key) == 1 else zip(*columns, strict=True)))
    if n_distinct == len(frame):
        return
    required = [frame.filled(n) for n in key if frame.schema.column(n).is_required]
    usable = np.logical_and.reduce(required) if required else np.ones(len(frame), dtype=bool)
    first: dict[object, int] = {}
    values = zip(*columns, strict=True)
    for idx, (value, is_usable) in enumerate(zip(values, usable.tolist(), strict=True)):
        if is_usable and first.setdefault(value, idx) != idx:
            yield frame.problem(
                idx,
                key[-1],
                "register.duplicate_key",
                value=" / ".join(str(part) for part in value if part != ""),
                first=frame.rows[first[value]],
            )


def _dangling(draft: Draft, frame: Frame) -> Iterator[Problem]:
    for column in frame.schema.columns:
        if not column.references or not draft.is_known(column.references):
            continue
        target = draft[column.references]
        known = target.first_row_of
        if not set(frame[column.name].tolist()).difference(known, ("",)):
            continue
        facts = (("file", target.where), ("identifier", TABLE_BY_NAME[column.references].key[0]))

        def judge(
            value: str,
            known: dict[str, int] = known,
            facts: tuple[tuple[str, object], ...] = facts,
        ) -> Fault | None:
            if value in known:
                return None
            return Fault("register.unknown_reference", (("value", value), *facts))

        yield from frame.problems_by_value(column.name, judge)
