"""What the import would say of a register that is already in: its anomalies, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.errors import Problem
from allocation.exchange.checks import CHECKS, meeting
from allocation.exchange.draft import Draft, Source
from allocation.exchange.entries import RegisterEntry
from allocation.exchange.frame import Frame
from allocation.model import TABLE_BY_NAME, Meeting, Register


def anomalies(register: Register, on: Meeting) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    """
    Problems across the cells of a register, each with the key of its row.

    ``on``: day and rulebook it is judged for. What a file could not hold at all (a cell of the
    wrong kind) is not in a register and is not looked for; settings are not judged here.
    """
    frames = {
        name: Frame(schema, name, range(1, len(register[name]) + 1), register[name].columns)
        for name, schema in TABLE_BY_NAME.items()
    }
    entry = RegisterEntry.model_validate(
        {"schema": "register/1", "kind": register.kind, "slsp_id": register.slsp_id}
    )
    headers = {name: tuple(c.name for c in s.columns) for name, s in TABLE_BY_NAME.items()}
    draft = Draft(Source("", {}, {}, {}), headers, frames, entry, on, (), ())
    found = {p for check in CHECKS if check is not meeting.check for p in check(draft)}
    for problem in sorted(found):
        schema = TABLE_BY_NAME[problem.where]
        row = register[problem.where].row(problem.row - 1)
        yield problem, tuple("" if row[k] is None else str(row[k]) for k in schema.key)
