"""``passerelle optimise``: the smallest reserve that meets the goals of a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from allocation.cli import console
from allocation.wording import command_language
from scenarios.cli.simulate import WORKERS, checkpoint_of, ready, refuse_foreign

if TYPE_CHECKING:
    from scenarios.search import Found
    from scenarios.study import Study


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("optimise", help=text("search.help"))
    def optimise(
        study: str = typer.Argument(..., help=text("search.option.file")),
        out: Path = typer.Option(..., "--out", help=text("study.option.out")),
        seed: str = typer.Option("1", "--seed", help=text("study.option.seed")),
        replications: int | None = typer.Option(
            None, "--replications", min=2, help=text("search.option.replications")
        ),
        workers: int = typer.Option(WORKERS, "--workers", min=1, help=text("study.option.workers")),
        as_json: bool = typer.Option(False, "--json", help=text("study.option.json")),
    ) -> None:
        run(study, out, seed=seed, replications=replications, workers=workers, as_json=as_json)


def run(
    name: str, out: Path, *, seed: str, replications: int | None, workers: int, as_json: bool
) -> None:
    """Read the study, search, write its folder whole."""
    from scenarios.study import read_study

    study = read_study(ready().get(name, Path(name)))
    refuse_foreign(out)
    found = _search(study, out, seed=seed, replications=replications, workers=workers)
    asked = f" --replications {replications}" if replications else ""
    _write(found, out, f"passerelle optimise {name}{asked} --seed {seed} --out {out.name}")
    checkpoint_of(out).unlink(missing_ok=True)
    if as_json:
        from scenarios.search_results import search_json

        console.print_json(search_json(found))
    else:
        _show(found)
        console.print_line(console.words().text("study.written", out=str(out)))


def _search(study: Study, out: Path, *, seed: str, replications: int | None, workers: int) -> Found:
    from scenarios.executors import processes
    from scenarios.search import optimise, search_of

    search_of(study)
    out.parent.mkdir(parents=True, exist_ok=True)
    with console.steps(console.words().text("study.progress")) as tell:
        return optimise(
            study,
            seed,
            replications=replications,
            pool=None if workers == 1 else processes(workers),
            checkpoint=checkpoint_of(out),
            tell=tell,
        )


def _write(found: Found, out: Path, command: str) -> None:
    from allocation.documents.pdf import write_page
    from allocation.exchange import whole_folder
    from scenarios.search_report import search_html
    from scenarios.search_results import write_search

    with whole_folder(out) as fresh:
        write_search(found, fresh)
        write_page(search_html(found, command_language(), command), fresh)


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
