"""`answers.csv`: what became of the offers after a meeting, every fault located."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from allocation.errors import Problem, ProblemsError
from allocation.exchange.csv_file import read_csv
from allocation.exchange.sheet import Sheet
from allocation.model.continuation import KINDS, Answer

COLUMNS = ("dwelling_id", "application_id", "answer", "answered_on")
_LENGTH_OF_A_DATE = 10


@dataclass(frozen=True)
class AnswersFile:
    """Answers as read, each with its line in the file ``where``."""

    where: str
    rows: tuple[int, ...]
    answers: tuple[Answer, ...]


def read_answers(path: Path) -> AnswersFile:
    """
    Read the answers: ``dwelling_id,application_id,answer,answered_on``, columns in any order.

    Raises
    ------
    ProblemsError
        ``input.refused``: a column missing or unknown, a word that is no answer, a date that is
        none, no answer at all.
    """
    sheet = read_csv(path)
    problems = [*sheet.problems, *_problems_of_header(sheet)]
    if problems:
        raise ProblemsError(problems)
    columns = [sheet.columns[sheet.header.index(name)] for name in COLUMNS]
    found = []
    for row, cells in zip(sheet.rows, zip(*columns, strict=True), strict=True):
        dwelling, household, kind, day = (cell.strip() for cell in cells)
        on = _day(day)
        if on is None:
            problems.append(
                Problem.at(sheet.where, row, "answered_on", "answers.not_a_date", value=day[:60])
            )
        if kind not in KINDS:
            facts = {"value": kind[:60], "valid": ", ".join(KINDS)}
            problems.append(Problem.at(sheet.where, row, "answer", "answers.unknown_kind", **facts))
        found.append(Answer(on or date.min, kind, dwelling, household))
    if not found:
        problems.append(Problem.at(sheet.where, 0, "", "answers.none"))
    if problems:
        raise ProblemsError(problems)
    return AnswersFile(sheet.where, tuple(sheet.rows), tuple(found))


def _problems_of_header(sheet: Sheet) -> list[Problem]:
    if not sheet.header:
        return []
    found = [
        Problem.at(sheet.where, 1, name, "answers.column_missing", name=name)
        for name in COLUMNS
        if name not in sheet.header
    ]
    return found + [
        Problem.at(sheet.where, 1, name, "answers.column_unknown", name=name)
        for n, name in enumerate(sheet.header)
        if name not in COLUMNS or name in sheet.header[:n]
    ]


def _day(text: str) -> date | None:
    """A day written yyyy-mm-dd."""
    try:
        return date.fromisoformat(text) if len(text) == _LENGTH_OF_A_DATE else None
    except ValueError:
        return None
