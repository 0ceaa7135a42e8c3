"""Everything there is to say of a register before it is accepted, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allocation.errors import Problem, ProblemsError
from allocation.exchange.checks import across
from allocation.exchange.draft import Draft, Source, draft_of
from allocation.exchange.folder import folder_source
from allocation.exchange.severity import errors_among, warnings_among
from allocation.exchange.workbook_read import workbook_source
from allocation.model import Register

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Count:
    """Lines of one table: those read are those accepted plus those rejected."""

    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True, eq=False)
class Examination:
    """
    A register read and checked.

    ``problems`` refuse it; ``warnings`` do not. ``counts``: file -> lines. One error anywhere
    and nothing is imported; the counts then say how much of each file is sound.
    """

    where: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    counts: Mapping[str, Count]
    draft: Draft

    @property
    def is_accepted(self) -> bool:
        """Whether there is no error."""
        return not self.problems

    def register(self) -> Register:
        """The register; ``ProblemsError`` with every error when there is one."""
        if self.problems:
            raise ProblemsError(self.problems)
        return self.draft.accepted()


def examine(path: Path) -> Examination:
    """Read and check a register folder or workbook, whichever ``path`` is."""
    source = source_of(path)
    draft = draft_of(source)
    found = [*draft.problems, *across(draft)]
    errors = errors_among(found)
    return Examination(source.where, errors, warnings_among(found), _counts(draft, errors), draft)


def source_of(path: Path) -> Source:
    """Open a folder or a workbook; ``ProblemsError`` when it is neither."""
    path = Path(path)
    if path.is_dir():
        return folder_source(path)
    if path.is_file() and is_workbook_name(path):
        return workbook_source(path)
    code = "register.not_a_register" if path.exists() else "register.source_absent"
    raise ProblemsError([Problem.at(str(path), 0, "", code, file=path.name)])


def is_workbook_name(path: Path) -> bool:
    """Whether a file of that name is an Excel workbook."""
    return path.suffix.lower() in WORKBOOK_SUFFIXES


def _counts(draft: Draft, errors: tuple[Problem, ...]) -> dict[str, Count]:
    faulty: dict[str, set[int]] = {}
    for problem in errors:
        if problem.row > 1:
            faulty.setdefault(problem.where, set()).add(problem.row)
    counts = {}
    for name, frame in draft.frames.items():
        if name in draft.headers:
            # A file that cannot be read has a faulty line and no line read.
            rejected = len(faulty.get(frame.where, set()).intersection(frame.rows))
            counts[frame.where] = Count(len(frame), len(frame) - rejected, rejected)
    return counts
