"""``passerelle match``: the bare matching problem, in and out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem


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
    value differs from the computed one.
    """
    from allocation.matching.vector_file import problems_of
    from allocation.matching.vectors import answer, read_vector

    del as_json
    document = _load(path)
    is_single = isinstance(document, dict) and "vectors" not in document
    vectors = [document] if is_single else document
    if isinstance(document, dict) and not is_single:
        vectors = document["vectors"]
    problems = problems_of(str(path), vectors)
    if vectors == []:
        problems = [Problem.at(str(path), 0, "", "matching.no_problem")]
    if problems:
        raise ProblemsError(problems)
    answers = []
    differ = []
    for vector in vectors:
        expected = vector.get("expected", {})
        found = answer(read_vector(vector), tuple(expected))
        answers.append(found)
        differ += [(vector["id"], key) for key in expected if found.get(key) != expected[key]]
    console.print_json(answers[0] if is_single else answers)
    words = console.words()
    for vector_id, key in differ:
        console.error_console().print(
            words.text("matching.differs", id=vector_id, key=key), style="red", markup=False
        )
    return console.CHECK_FAILED if differ else console.DONE


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise ProblemsError([file_problem(path, fault)]) from fault
