"""``passerelle optimise``: the smallest reserve that meets the goals of a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.wording import command_language
from scenarios.cli_study import StudyCommand, attach_study_command

if TYPE_CHECKING:
    from scenarios.search import Found


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    command = StudyCommand("optimise", "search", 2, _find, _asked, _write, _as_json, _show)
    attach_study_command(app, command)


def _find(*args: Any, **where: Any) -> Found:
    from scenarios.search import optimise

    return optimise(*args, **where)


def _asked(_found: Found, replications: int | None) -> str:
    return f" --replications {replications}" if replications else ""


def _write(found: Found, folder: Path, command: str) -> None:
    from allocation.documents.pdf import write_page
    from scenarios.search_report import search_html
    from scenarios.search_results import write_search

    write_search(found, folder)
    write_page(search_html(found, command_language(), command), folder)


def _as_json(found: Found) -> Any:
    from scenarios.search_results import search_json

    return search_json(found)


def _show(found: Found) -> None:
    """The answer and every candidate, on the screen."""
    from scenarios.search_report import Telling, answer_of

    said = Telling(command_language(), found)
    text = said.words.text
    columns = [
        text("search.column.share"),
        *(said.goal(goal) for goal in found.search.goals),
        text("search.column.verdict"),
    ]
    rows = [
        (said.shares(one), *(said.value(r) for r in one.goals), said.verdict(one.verdict))
        for one in found.tried
    ]
    console.print_table(found.study.file.title.in_(command_language()), columns, rows)
    for sentence in answer_of(said):
        console.print_line(sentence)
