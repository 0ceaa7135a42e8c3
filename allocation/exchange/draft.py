"""A register read but not yet accepted: what the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

from allocation.errors import Problem, ProblemsError
from allocation.exchange.entries import RegisterEntry
from allocation.exchange.frame import Frame, empty_frame, frame_of
from allocation.exchange.national_number import Int, well_formed
from allocation.exchange.outline import Outline
from allocation.exchange.reading import (
    PlacedQuota,
    read_meeting_entry,
    read_quotas,
    read_register_entry,
)
from allocation.exchange.sheet import Sheet
from allocation.model import TABLES, Meeting, Register
from allocation.rules.condition import walk
from allocation.rules.loader import load_rulebook
from allocation.rules.rulebook import Rulebook
from allocation.rules.schema import Dated

# Without these nobody could be ranked or housed; the other tables may be absent (empty).
NEEDED_TABLES = ("applications", "household_members", "choices", "dwellings")
CHOICES_FACT = "n_choices"  # what the rulebook calls the number of choices
_DEFAULT_RULEBOOK = str(next(f.default for f in fields(Meeting) if f.name == "rulebook"))


@dataclass(frozen=True, eq=False)
class Source:
    """
    Files or sheets as they were found.

    ``sheets``: table -> how to read its cells (one table at a time is held in memory).
    ``outlines``: ``register``, ``meeting``, ``quotas`` -> values.
    ``names``: table or outline -> name people know it by (`choices.csv`, or the sheet's name).
    ``unreadable``: outlines that are there and could not be read.
    """

    where: str
    sheets: Mapping[str, Callable[[], Sheet]]
    outlines: Mapping[str, Outline]
    names: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Draft:
    """
    A register with types, before the checks across cells.

    ``headers``: columns found in the file of each table that has one. ``meeting_on`` is ``None``
    when the meeting is absent or faulty: checks against it are then left out, since its own
    fault is told already.
    """

    source: Source
    headers: Mapping[str, tuple[str, ...]]
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

    @cached_property
    def national_numbers(self) -> Int:
        """National numbers of the members, -1 where empty or not well-formed; (n,) int64."""
        written = self.frames["household_members"]["national_number"].tolist()
        return well_formed(written, born_by=self.meeting_on.year if self.meeting_on else None)

    @cached_property
    def rulebook(self) -> Rulebook | None:
        """The rulebook the meeting names (its default without a meeting); ``None`` if unknown."""
        name = self.meeting.rulebook if self.meeting else _DEFAULT_RULEBOOK
        try:
            return load_rulebook(name)
        except ProblemsError as error:
            if any(p.code == "rule.no_rulebook" for p in error.problems):
                return None
            raise

    @property
    def rules_are_in_force(self) -> bool:
        """Whether the rulebook has conditions of admission for the day of the meeting."""
        if self.rulebook is None or self.meeting_on is None:
            return False
        return all(
            any(_is_in_force(v, self.meeting_on) for v in rule.values)
            for rule in self.rulebook.rules["admission"]
        )

    @property
    def most_choices(self) -> int | None:
        """How many communes or sections a household may choose on the day of the meeting."""
        if self.rulebook is None or self.meeting_on is None:
            return None
        on, rulebook = self.meeting_on, self.rulebook
        bounds = (
            part.number.at_most
            for rule in rulebook.rules["admission"]
            for version in rule.values
            if _is_in_force(version, on)
            for _, part in walk(version.when)
            if part.fact == CHOICES_FACT and part.number is not None
        )
        for bound in bounds:
            most = rulebook.parameter(bound, on).value if isinstance(bound, str) else bound
            if isinstance(most, int):
                return most
        return None

    def is_known(self, name: str) -> bool:
        """
        Whether the identifiers of a table can be relied on.

        Not when its file is needed and absent, or cannot be read: that is told once, and not
        again for every row that names one of its identifiers.
        """
        if name not in self.headers:
            return name not in NEEDED_TABLES
        return self.frames[name].schema.key[0] in self.headers[name]

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


def _is_in_force(version: Dated, on: date) -> bool:
    return version.from_ <= on and (version.to is None or on <= version.to)


def draft_of(source: Source) -> Draft:
    """Give types to everything found; nothing is refused here, faults are collected."""
    problems = list(source.problems)
    frames, headers = {}, {}
    for schema in TABLES:
        read = source.sheets.get(schema.name)
        name = source.names[schema.name]
        if read is None:
            frames[schema.name] = empty_frame(schema, name)
            if schema.name in NEEDED_TABLES:
                problems.append(Problem.at(name, 0, "", "register.file_missing", file=name))
        else:
            sheet = read()
            headers[schema.name] = sheet.header
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
    elif "quotas" not in source.unreadable:
        # No quota at all is possible, and is then written: an empty list, never a lost file.
        name = source.names["quotas"]
        problems.append(Problem.at(name, 0, "", "register.quotas_missing", file=name))
    return Draft(source, headers, frames, register, meeting, quotas, tuple(problems))


def _register(source: Source) -> tuple[RegisterEntry | None, tuple[Problem, ...]]:
    if "register" in source.outlines:
        return read_register_entry(source.outlines["register"])
    name = source.names["register"]
    if "register" in source.unreadable:
        return None, ()
    return None, (Problem.at(name, 0, "", "register.file_missing", file=name),)
