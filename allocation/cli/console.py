"""
What every command does the same way: tables, JSON, progress, refusals, exit codes.

Results go to standard output, everything else to standard error, so that ``--json`` can be
piped. Rich is imported when first used.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NoReturn, Protocol

from allocation.errors import HousingError, Problem, ProblemsError
from allocation.wording import Catalogue, catalogue, command_language
from allocation.wording.citations import citation

if TYPE_CHECKING:
    from rich.console import Console

DONE, CHECK_FAILED, BAD_INPUT, INTERNAL_ERROR = 0, 1, 2, 3
_SHOWN_PROBLEMS = 200
_SHOWN_OF_A_KIND = 3
# What stops a real register as a whole: said before the faults of its lines.
_FIRST = frozenset(
    {
        "meeting.missing",
        "meeting.settings_without_basis",
        "meeting.settings_decided_late",
        "quota.no_legal_basis",
        "register.value_not_confirmed",
        "register.fictional_basis",
        "register.basis_not_recorded",
    }
)


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


@contextmanager
def steps(description: str) -> Iterator[Callable[[float, int], None]]:
    """The same for work whose length becomes known on the way; tells the time that remains."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=error_console(),
        transient=True,
        disable=not error_console().is_terminal,
    ) as bar:
        task = bar.add_task(description, total=None)
        yield lambda done, wanted: bar.update(task, completed=done, total=wanted)


def problem_sentence(problem: Problem, words: Catalogue) -> str:
    """The fault in words: its own sentence, or its code and facts when it has none yet."""
    given = dict(problem.facts)
    facts = {"where": problem.where, "row": problem.row, "column": problem.column} | given
    if set(_RULE) <= set(given):
        return _resting_on_a_rule(replace(problem, facts=_without_rule(given)), given, words)
    facts |= {k: date.fromisoformat(v) for k, v in given.items() if _DAY.fullmatch(k + v)}
    # One code, several sentences: by the kind of value expected, without a suggestion, ...
    variants = [given["kind"]] if "kind" in given else []
    variants += ["none"] if given.get("suggestion") == "" else []
    variants += ["detail"] if given.get("detail") else []
    for key in (*(f"{problem.code}.{v}" for v in variants), problem.code):
        if key in words:
            return words.text(key, **facts)
    detail = ", ".join(f"{name}={value}" for name, value in problem.facts)
    return words.text("commands.fault_by_code", code=problem.code, detail=detail or "-")


_RULE = ("act", "article", "mark")
_DAY = re.compile(r"\w+_on\d{4}-\d{2}-\d{2}")


def _without_rule(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((k, v) for k, v in given.items() if k not in _RULE)


def _resting_on_a_rule(problem: Problem, given: Mapping[str, str], words: Catalogue) -> str:
    """The fault, then the text it rests on and how well that text is known."""
    source = citation(given["act"], given["article"], words)
    mark = words.text(f"reasons.mark.{given['mark']}")
    sentence = problem_sentence(problem, words)
    return words.text("stay.rests_on", sentence=sentence, source=source, mark=mark)


def problem_entry(problem: Problem) -> dict[str, object]:
    """A fault for machines: where, code, facts, its sentence in three languages at most."""
    return {
        "where": problem.where,
        "row": problem.row,
        "column": problem.column,
        "code": problem.code,
        "facts": dict(problem.facts),
        **said(lambda text: problem_sentence(problem, text)),
    }


def said(sentence: Callable[[Catalogue], str]) -> dict[str, object]:
    """``sentence`` in the language asked for, ``sentences`` in it, in French and in English."""
    asked = words()
    languages = dict.fromkeys((asked.language, "fr", "en"))
    return {
        "sentence": sentence(asked),
        "sentences": {language: sentence(catalogue(language)) for language in languages},
    }


def grouped(problems: Iterable[Problem], *, show_all: bool) -> list[tuple[Problem, int]]:
    """
    Problems to show, each with how many more of its kind are left out after it.

    What stands in the way of the whole register comes first; of the same fault in the same
    column of a file the first lines are shown. The same order as given otherwise.
    """
    ordered = sorted(problems, key=lambda p: p.code not in _FIRST)
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for n, problem in enumerate(ordered):
        # What is missing for the whole register is different each time: none of it is left out.
        alike = problem.row > 1 and problem.code not in _FIRST and not show_all
        key = (problem.where, problem.column, problem.code) if alike else (n,)
        groups.setdefault(key, []).append(problem)
    found = []
    for group in groups.values():
        shown = group[:_SHOWN_OF_A_KIND]
        found += [(problem, 0) for problem in shown[:-1]]
        found.append((shown[-1], len(group) - len(shown)))
    return found


def error_sentence(error: HousingError, words: Catalogue) -> str:
    """The refusal in words: the sentence of its code, or the message it was raised with."""
    if error.code in words:
        facts = {
            name: words.join(map(str, value)) if isinstance(value, (tuple, list)) else value
            for name, value in error.context.items()
        }
        return words.text(error.code, **{"message": str(error), **facts})
    return str(error)


def show_problems(problems: Iterable[Problem], *, as_json: bool, show_all: bool = False) -> None:
    """List faults: file, line, column, code, sentence; all of them in JSON."""
    ordered, text = sorted(problems), words()
    if as_json:
        print_json({"error": ProblemsError.code, "problems": [problem_entry(p) for p in ordered]})
        return
    out = error_console()
    out.print(text.text("commands.problems", n=len(ordered)), style="bold red", markup=False)
    shown = grouped(ordered, show_all=show_all)
    if not show_all:
        shown = shown[:_SHOWN_PROBLEMS]
    for p, n_alike in shown:
        place = ":".join(str(part) for part in (p.where, p.row or "", p.column) if part)
        out.print(f"  {place}  [{p.code}]", style="bold", markup=False, soft_wrap=True)
        out.print(f"    {problem_sentence(p, text)}", markup=False, soft_wrap=True)
        if n_alike:
            more = text.text("commands.alike", n=n_alike)
            out.print(f"    {more}", markup=False, soft_wrap=True)
    rest = len(ordered) - sum(1 + n for _, n in shown)
    if rest:
        out.print(f"  {text.text('commands.more_problems', n=rest)}", markup=False)


def show_error(error: HousingError, *, as_json: bool, show_all: bool = False) -> None:
    """Say in one sentence why a command was refused."""
    if isinstance(error, ProblemsError):
        show_problems(error.problems, as_json=as_json, show_all=show_all)
        return
    if as_json:
        facts = {name: str(value) for name, value in error.context.items()}
        in_words = said(lambda text: error_sentence(error, text))
        print_json({"error": error.code, **in_words, "facts": facts})
    else:
        sentence = error_sentence(error, words())
        error_console().print(
            f"{sentence} [{error.code}]", style="red", markup=False, soft_wrap=True
        )


def leave(code: int) -> NoReturn:
    """End the command with an exit code."""
    import typer

    raise typer.Exit(code)
