"""The mapping, comparisons and their faults, as they are told."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from allocation.cli.console import problem_sentence
from allocation.errors import Problem
from allocation.exchange.common_file import CommonFileMapping
from allocation.wording import Catalogue
from api.common_file import queries
from api.common_file.schemas import FaultView, MappingView, ReconciliationView
from api.db import Row


def mapping_view(row: Row) -> MappingView:
    """A mapping as told."""
    return MappingView(
        mapping=CommonFileMapping.model_validate_json(row.mapping),
        every_days=row.every_days,
        set_by=row.set_by,
        set_at=row.set_at,
    )


def comparison(connection: sa.Connection, row: Row, words: Catalogue) -> ReconciliationView:
    """A comparison as told, with its totals or its faults."""
    names = ("reconciliation_id", "state", "file_sha256", "asked_by", "asked_at", "ended_at")
    return ReconciliationView(
        **{name: getattr(row, name) for name in names},
        master=CommonFileMapping.model_validate_json(row.mapping).master,
        totals=json.loads(row.totals),
        open=queries.open_of(connection, row.reconciliation_id),
        faults=[_fault(problem, words) for problem in faults_of(row)],
    )


def faults_of(row: Row, *, file: str = "file") -> list[Problem]:
    """The faults for which a file was refused; ``file``: how its reader knows it."""
    kept: list[dict[str, Any]] = json.loads(row.faults)
    return [
        Problem.at(file, f["row"], f["column"], f["code"], **({"name": ""} | f["facts"]))
        for f in kept
    ]


def _fault(problem: Problem, words: Catalogue) -> FaultView:
    sentence = problem_sentence(problem, words)
    return FaultView(
        row=problem.row or 0, column=problem.column, code=problem.code, sentence=sentence
    )
