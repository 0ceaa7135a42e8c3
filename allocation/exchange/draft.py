"""A register read but not yet accepted: what the checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from allocation.errors import Problem
from allocation.exchange.entries import RegisterEntry
from allocation.exchange.frame import Frame, empty_frame, frame_of
from allocation.exchange.outline import Outline
from allocation.exchange.reading import (
    PlacedQuota,
    read_meeting_entry,
    read_quotas,
    read_register_entry,
)
from allocation.exchange.sheet import Sheet
from allocation.model import TABLES, Meeting, Register

# Without these nobody could be ranked or housed; the other tables may be absent (empty).
NEEDED_TABLES = ("applications", "household_members", "choices", "dwellings")


@dataclass(frozen=True, eq=False)
class Source:
    """
    Files or sheets as they were found.

    ``sheets``: table -> cells. ``outlines``: ``register``, ``meeting``, ``quotas`` -> values.
    ``names``: table or outline -> name people know it by (`choices.csv`, or the sheet's name).
    ``unreadable``: outlines that are there and could not be read.
    """

    where: str
    sheets: Mapping[str, Sheet]
    outlines: Mapping[str, Outline]
    names: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Draft:
    """
    A register with types, before the checks across cells.

    ``meeting_on`` is ``None`` when the meeting is absent or faulty: checks against it are then
    left out, since its own fault is told already.
    """

    source: Source
    frames: Mapping[str, Frame]
    register: RegisterEntry | None
    meeting: Meeting | None
    quotas: tuple[PlacedQuota, ...]
    problems: tuple[Problem, ...]

    def __getitem__(self, name: str) -> Frame:
        return self.frames[name]

    @property
    def meeting_on(self) -> date | None:
        """Date of the meeting, when known."""
        return self.meeting.meeting_on if self.meeting else None

    def accepted(self) -> Register:
        """The register; only to be asked of a draft without errors."""
        if self.register is None:
            raise ValueError("a draft without its register file cannot be accepted")
        return Register.of(
            self.register.kind,
            self.register.slsp_id,
            {name: frame.table() for name, frame in self.frames.items()},
            quotas=tuple(p.quota for p in self.quotas),
            meeting=self.meeting,
            confirmations=tuple(c.confirmation() for c in self.register.confirmations),
        )


def draft_of(source: Source) -> Draft:
    """Give types to everything found; nothing is refused here, faults are collected."""
    problems = list(source.problems)
    frames = {}
    for schema in TABLES:
        sheet = source.sheets.get(schema.name)
        name = source.names[schema.name]
        if sheet is None:
            frames[schema.name] = empty_frame(schema, name)
            if schema.name in NEEDED_TABLES:
                problems.append(Problem.at(name, 0, "", "register.file_missing", file=name))
        else:
            frames[schema.name] = frame_of(schema, sheet)
            problems += frames[schema.name].problems
    register, told = _register(source)
    problems += told
    meeting = None
    if "meeting" in source.outlines:
        entry, told = read_meeting_entry(source.outlines["meeting"])
        meeting = entry.meeting() if entry else None
        problems += told
    quotas: tuple[PlacedQuota, ...] = ()
    if "quotas" in source.outlines:
        quotas, told = read_quotas(source.outlines["quotas"])
        problems += told
    return Draft(source, frames, register, meeting, quotas, tuple(problems))


def _register(source: Source) -> tuple[RegisterEntry | None, tuple[Problem, ...]]:
    if "register" in source.outlines:
        return read_register_entry(source.outlines["register"])
    name = source.names["register"]
    if "register" in source.unreadable:
        return None, ()
    return None, (Problem.at(name, 0, "", "register.file_missing", file=name),)
