"""
What every command does the same way: tables, JSON, progress, refusals, exit codes.

Results go to standard output, everything else to standard error, so that ``--json`` can be
piped. Rich is imported when first used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NoReturn, Protocol

from allocation.errors import HousingError, Problem, ProblemsError
from allocation.wording import Catalogue, catalogue, command_language

if TYPE_CHECKING:
    from rich.console import Console

DONE, CHECK_FAILED, BAD_INPUT, INTERNAL_ERROR = 0, 1, 2, 3
_SHOWN_PROBLEMS = 200


class Advance(Protocol):
    """Tell how many units of work were done since the last call."""

    def __call__(self, units: int = 1) -> None: ...


@cache
def console() -> Console:
    """Standard output."""
    from rich.console import Console

    return Console(highlight=False)


@cache
def error_console() -> Console:
    """Standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def words() -> Catalogue:
    """The catalogue of the language of the command line."""
    return catalogue(command_language())


def print_json(value: object) -> None:
    """Write a result for machines: UTF-8, keys in the order given, nothing else on the line."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_line(text: str = "", *, style: str | None = None) -> None:
    """
    Write one line of a result for people; brackets in it are not markup.

    It is folded between words on a terminal only: a file or another program gets it whole.
    """
    console().print(text, style=style, markup=False, soft_wrap=not console().is_terminal)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table for people."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title) if title else None, title_justify="left")
    for name in columns:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)


@contextmanager
def progress(description: str, *, total: int | None = None) -> Iterator[Advance]:
    """A progress bar on standard error while the work lasts; silent when nobody watches."""
    from rich.progress import Progress

    with Progress(
        console=error_console(), transient=True, disable=not error_console().is_terminal
    ) as bar:
        task = bar.add_task(description, total=total)
        yield lambda units=1: bar.advance(task, units)


def problem_sentence(problem: Problem, words: Catalogue) -> str:
    """The fault in words: its own sentence, or its code and facts when it has none yet."""
    facts = {"where": problem.where, "row": problem.row, "column": problem.column}
    facts |= dict(problem.facts)
    if problem.code in words:
        return words.text(problem.code, **facts)
    detail = ", ".join(f"{name}={value}" for name, value in problem.facts)
    return words.text("commands.fault_by_code", code=problem.code, detail=detail or "-")


def error_sentence(error: HousingError, words: Catalogue) -> str:
    """The refusal in words: the sentence of its code, or the message it was raised with."""
    if error.code in words:
        facts = {
            name: words.join(map(str, value)) if isinstance(value, (tuple, list)) else value
            for name, value in error.context.items()
        }
        return words.text(error.code, **{"message": str(error), **facts})
    return str(error)


def fail_with_problems(problems: Iterable[Problem], *, as_json: bool) -> NoReturn:
    """List every fault of an input, then leave with exit code 2."""
    show_problems(problems, as_json=as_json)
    leave(BAD_INPUT)


def show_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    """List faults: file, line, column, code, sentence; all of them in JSON."""
    ordered, text = sorted(problems), words()
    if as_json:
        print_json(
            {
                "error": ProblemsError.code,
                "problems": [
                    {
                        "where": p.where,
                        "row": p.row,
                        "column": p.column,
                        "code": p.code,
                        "sentence": problem_sentence(p, text),
                        "facts": dict(p.facts),
                    }
                    for p in ordered
                ],
            }
        )
        return
    out = error_console()
    out.print(text.text("commands.problems", n=len(ordered)), style="bold red", markup=False)
    for p in ordered[:_SHOWN_PROBLEMS]:
        place = ":".join(str(part) for part in (p.where, p.row or "", p.column) if part)
        out.print(f"  {place}  [{p.code}]", style="bold", markup=False, soft_wrap=True)
        out.print(f"    {problem_sentence(p, text)}", markup=False, soft_wrap=True)
    if len(ordered) > _SHOWN_PROBLEMS:
        rest = len(ordered) - _SHOWN_PROBLEMS
        out.print(f"  {text.text('commands.more_problems', n=rest)}", markup=False)


def show_error(error: HousingError, *, as_json: bool) -> None:
    """Say in one sentence why a command was refused."""
    if isinstance(error, ProblemsError):
        show_problems(error.problems, as_json=as_json)
        return
    sentence = error_sentence(error, words())
    if as_json:
        facts = {name: str(value) for name, value in error.context.items()}
        print_json({"error": error.code, "sentence": sentence, "facts": facts})
    else:
        error_console().print(f"{sentence} [{error.code}]", style="red", markup=False)


def leave(code: int) -> NoReturn:
    """End the command with an exit code."""
    import typer

    raise typer.Exit(code)
