"""``passerelle simulate``: a study run, its files and its report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.wording import command_language
from scenarios.cli_study import StudyCommand, attach_study_command

if TYPE_CHECKING:
    from scenarios.experiment import Results


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    command = StudyCommand("simulate", "study", 1, _find, _asked, _write, _as_json, _show)
    attach_study_command(app, command)


def _find(*args: Any, **where: Any) -> Results:
    from scenarios.experiment import run

    return run(*args, **where)


def _asked(results: Results, _replications: int | None) -> str:
    return f" --replications {results.n}"


def _write(results: Results, folder: Path, command: str) -> None:
    from allocation.documents.pdf import write_page
    from scenarios.report import report_html
    from scenarios.results import write_results

    write_results(results, folder)
    write_page(report_html(results, command_language(), command), folder)


def _as_json(results: Results) -> Any:
    from scenarios.results import results_json

    return results_json(results)


def _show(results: Results) -> None:
    """The main measures of every arm, on the screen."""
    from scenarios.measures import MEASURES
    from scenarios.report import Words

    said = Words(command_language(), results)
    columns = [said.words.text("study.column.measure"), *(said.arm(a) for a in results.arms)]
    rows = [
        (
            f"{said.measure(m)} ({said.words.text(f'study.unit.{MEASURES[m].unit}')})",
            *(said.interval(results.mean(a, m), MEASURES[m].unit) for a in results.arms),
        )
        for m in results.study.file.primary
    ]
    console.print_table(results.study.file.title.in_(command_language()), columns, rows)
