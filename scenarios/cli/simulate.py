"""``passerelle simulate``: a study run, its files and its report."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from allocation.cli import console
from allocation.wording import command_language

if TYPE_CHECKING:
    from scenarios.experiment import Results
    from scenarios.study import Study

WORKERS = 2
_SUFFIX = ".checkpoint.jsonl"
_OURS = frozenset({"results.json", "results.csv", "report.html", "report.pdf"})


def ready() -> dict[str, Path]:
    """Studies that come with the program, by name."""
    folder = Path(str(files("scenarios"))) / "library"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("simulate", help=text("study.help"))
    def simulate(
        study: str = typer.Argument(..., help=text("study.option.file", ready=", ".join(ready()))),
        out: Path = typer.Option(..., "--out", help=text("study.option.out")),
        seed: str = typer.Option("1", "--seed", help=text("study.option.seed")),
        replications: int | None = typer.Option(
            None, "--replications", min=1, help=text("study.option.replications")
        ),
        workers: int = typer.Option(WORKERS, "--workers", min=1, help=text("study.option.workers")),
        as_json: bool = typer.Option(False, "--json", help=text("study.option.json")),
    ) -> None:
        run(study, out, seed=seed, replications=replications, workers=workers, as_json=as_json)


def run(
    name: str, out: Path, *, seed: str, replications: int | None, workers: int, as_json: bool
) -> None:
    """Read the study, run it, write its folder whole."""
    from scenarios.study import read_study

    study = read_study(ready().get(name, Path(name)))
    refuse_foreign(out)
    results = _simulate(study, out, seed=seed, replications=replications, workers=workers)
    command = (
        f"passerelle simulate {name} --replications {results.n} --seed {seed} --out {out.name}"
    )
    _write(results, out, command)
    checkpoint_of(out).unlink(missing_ok=True)
    if as_json:
        from scenarios.results import results_json

        console.print_json(results_json(results))
    else:
        _show(results)
        console.print_line(console.words().text("study.written", out=str(out)))


def checkpoint_of(out: Path) -> Path:
    """Beside the folder, so that the folder is whole or not there at all."""
    return out.parent / f"{out.name}{_SUFFIX}"


def refuse_foreign(out: Path) -> None:
    """Refuse to replace what is not the folder of a study."""
    from allocation.exchange.folder import OutputInTheWayError

    if out.is_file():
        raise OutputInTheWayError(f"{out} is a file, not a folder", path=out, file=out.name)
    for item in sorted(out.iterdir()) if out.exists() else []:
        if item.name not in _OURS:
            message = f"{out} holds {item.name}, which is not of a study"
            raise OutputInTheWayError(message, path=out, file=item.name)


def _simulate(
    study: Study, out: Path, *, seed: str, replications: int | None, workers: int
) -> Results:
    from scenarios.executors import processes
    from scenarios.experiment import run as run_study

    out.parent.mkdir(parents=True, exist_ok=True)
    with console.steps(console.words().text("study.progress")) as tell:
        return run_study(
            study,
            seed,
            replications=replications,
            pool=None if workers == 1 else processes(workers),
            checkpoint=checkpoint_of(out),
            tell=tell,
        )


def _write(results: Results, out: Path, command: str) -> None:
    from allocation.documents.pdf import write_page
    from allocation.exchange import whole_folder
    from scenarios.report import report_html
    from scenarios.results import write_results

    with whole_folder(out) as fresh:
        write_results(results, fresh)
        write_page(report_html(results, command_language(), command), fresh)


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
