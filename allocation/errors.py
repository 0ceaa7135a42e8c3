"""Errors raised on purpose: a stable code, a plain sentence, the facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar


class HousingError(Exception):
    """Base of every error raised on purpose: a stable code, a sentence, the facts."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **context: object) -> None:
        super().__init__(message)
        self.context = context


@dataclass(frozen=True, order=True)
class Problem:
    """
    One fault of an input, located.

    ``where`` is the file (or path), ``row`` the line people see in it (1 = header, 0 = the file
    as a whole), ``column`` the field. ``code`` is stable (``register.unknown_commune``); the
    sentence is made from code and ``facts`` by ``allocation.wording`` in the reader's language.
    """

    where: str
    row: int
    column: str
    code: str
    facts: tuple[tuple[str, str], ...] = field(default=())

    @staticmethod
    def at(where: str, row: int, column: str, code: str, **facts: object) -> Problem:
        """Build a problem with its facts given by name."""
        return Problem(where, row, column, code, tuple((k, str(v)) for k, v in facts.items()))


class ProblemsError(HousingError):
    """An input was refused: every problem at once, nothing done (exit code 2)."""

    code = "input.refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        first = self.problems[0] if self.problems else None
        super().__init__(
            f"{len(self.problems)} problem(s) in the input, first: "
            f"{first.where}:{first.row}:{first.column} {first.code}"
            if first
            else "no problem",
        )
