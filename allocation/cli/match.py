"""``passerelle match``: the bare matching problem, in and out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem

if TYPE_CHECKING:
    from allocation.matching.vectors import Vector


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("match", help=text("commands.match.help"))
    def match_command(
        file: Path = typer.Argument(..., help=text("matching.option.file")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(file, as_json=as_json)


def run(path: Path, *, as_json: bool) -> int:
    """
    Solve one vector, a list of them or a whole file; print what each ``expected`` block asks.

    The answer is JSON with or without ``--json``: it is a file format. Exit 1 when an expected
    value differs from the computed one. Hard quotas that cannot hold together are a fault of the
    file, unless its ``expected`` block says so.
    """
    from allocation.matching.vector_answers import answer
    from allocation.matching.vector_file import problems_of
    from allocation.matching.vectors import read_vector

    del as_json
    document = _load(path)
    is_single = isinstance(document, dict) and "vectors" not in document
    vectors = [document] if is_single else document
    if isinstance(document, dict) and not is_single:
        vectors = document["vectors"]
    problems = problems_of(str(path), vectors)
    if problems:
        raise ProblemsError(problems)
    answers = []
    differ = []
    for row, vector in enumerate(vectors, 1):
        expected = vector.get("expected", {})
        read = read_vector(vector)
        found = answer(read, tuple(expected))
        if found.get("conflict") and not _is_infeasible_expected(expected):
            problems.append(_infeasible(str(path), row, read, found["conflict"]))
        answers.append(found)
        differ += [(vector["id"], key) for key in expected if found.get(key) != expected[key]]
    if problems:
        raise ProblemsError(problems)
    console.print_json(answers[0] if is_single else answers)
    words = console.words()
    for vector_id, key in differ:
        console.error_console().print(
            words.text("matching.differs", id=vector_id, key=key), style="red", markup=False
        )
    return console.CHECK_FAILED if differ else console.DONE


def _is_infeasible_expected(expected: Mapping[str, Any]) -> bool:
    """Does the file itself say that the hard quotas cannot hold?"""
    from allocation.matching.vector_answers import INFEASIBLE

    said = (expected.get("lex"), expected.get("lex_units"))
    return INFEASIBLE in said or bool(expected.get("conflict"))


def _infeasible(where: str, row: int, vector: Vector, conflict: Mapping[str, Any]) -> Problem:
    """The hard quotas that cannot hold together, with the counts that show it."""
    reached = [f"{name} {n}/{vector.seats[name]}" for name, n in conflict["most"].items()]
    facts = {"quotas": ", ".join(conflict["quotas"]), "reached": ", ".join(reached)}
    units, confined = conflict["hall"]["units"], conflict["hall"]["households"]
    if units or confined:
        facts |= {
            "kind": "hall",
            "confined": str(len(confined)),
            "n_units": str(len(units)),
            "units": ", ".join(units) or "-",
        }
    return Problem.at(where, row, "quotas", "matching.cannot_hold", **facts)


def _load(path: Path) -> Any:
    """
    The document; a text that no file could hold (half of a character) is refused with it.

    Raises
    ------
    ProblemsError
        The file cannot be read.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as fault:
        raise ProblemsError([Problem.at(str(path), 0, "", "matching.half_character")]) from fault
    except (OSError, ValueError, RecursionError) as fault:
        raise ProblemsError([file_problem(path, fault)]) from fault
    return document
