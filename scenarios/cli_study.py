"""What the commands that run a study share: options, where to run, the folder of results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import typer

from allocation.cli import console

if TYPE_CHECKING:
    from scenarios.executors import Pool
    from scenarios.start import Start
    from scenarios.study import Study

T = TypeVar("T")
WORKERS = 2
_SUFFIX = ".checkpoint.jsonl"
_OURS = frozenset({"results.json", "results.csv", "report.html", "report.pdf"})


@dataclass(frozen=True)
class StudyCommand(Generic[T]):
    """
    One command that runs a study.

    ``words``: prefix of its help, of its argument and of its number of replications in the
    catalogues; ``fewest``: replications it can do with; ``find(study, seed, **where)`` runs it;
    ``asked`` gives the options told in the report beside seed and folder; ``write`` fills the
    folder (results, folder, command line); ``as_json`` and ``show`` tell the results.
    """

    name: str
    words: str
    fewest: int
    find: Callable[..., T]
    asked: Callable[[T, int | None], str]
    write: Callable[[T, Path, str], None]
    as_json: Callable[[T], Any]
    show: Callable[[T], None]


def ready() -> dict[str, Path]:
    """Studies that come with the program, by name."""
    folder = Path(str(files("scenarios"))) / "library"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def attach_study_command(app: typer.Typer, command: StudyCommand[T]) -> None:
    """Add a command that runs a study to the program."""
    text = console.words().text

    def asked_for(name: str) -> str:
        return text(f"{command.words}.option.{name}", ready=", ".join(ready()))

    @app.command(command.name, help=text(f"{command.words}.help"))
    def _(
        study: str = typer.Argument(..., help=asked_for("file")),
        out: Path = typer.Option(..., "--out", help=text("study.option.out")),
        seed: str = typer.Option("1", "--seed", help=text("study.option.seed")),
        replications: int | None = typer.Option(
            None, "--replications", min=command.fewest, help=asked_for("replications")
        ),
        workers: int = typer.Option(WORKERS, "--workers", min=1, help=text("study.option.workers")),
        scheduler: str | None = typer.Option(
            None, "--scheduler", help=text("study.option.scheduler")
        ),
        register: Path | None = typer.Option(
            None, "--register", help=text("study.option.register")
        ),
        as_json: bool = typer.Option(False, "--json", help=text("study.option.json")),
    ) -> None:
        found = _run(
            command,
            study,
            out,
            seed=seed,
            replications=replications,
            where=_where(workers, scheduler),
            register=register,
        )
        if as_json:
            console.print_json(command.as_json(found))
            return
        command.show(found)
        console.print_line(text("study.written", out=str(out)))


def _run(
    command: StudyCommand[T],
    name: str,
    out: Path,
    *,
    seed: str,
    replications: int | None,
    where: Any,
    register: Path | None,
) -> T:
    """Read the study, run it, write its folder whole."""
    from allocation.exchange import whole_folder
    from scenarios.study import read_study

    study = read_study(ready().get(name, Path(name)))
    began = None if register is None else _first_day(register, study)
    _refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = out.parent / f"{out.name}{_SUFFIX}"  # beside: the folder is whole or not there
    with _kept(checkpoint), where as pool, _steps() as tell:
        found = command.find(
            study,
            seed,
            replications=replications,
            pool=pool,
            checkpoint=checkpoint,
            tell=tell,
            began=began,
        )
    options = command.asked(found, replications)
    options += "" if register is None else f" --register {register.name}"
    line = f"passerelle {command.name} {name}{options} --seed {seed} --out {out.name}"
    with whole_folder(out) as fresh:
        command.write(found, fresh, line)
    checkpoint.unlink(missing_ok=True)
    return found


def _first_day(path: Path, study: Study) -> Start:
    """The register the study begins with."""
    from allocation.exchange import read_register
    from scenarios.start import start_of

    return start_of(read_register(path), study.file.start, study.file.slsp_ids)


@contextmanager
def _kept(checkpoint: Path) -> Iterator[None]:
    """Say where what is done is kept when the run is interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        if checkpoint.exists():
            sentence = console.words().text("study.kept", path=str(checkpoint))
            console.error_console().print(sentence, markup=False, soft_wrap=True)
        raise


@contextmanager
def _steps() -> Iterator[Callable[[float, int], None]]:
    """Progress with the time that remains; what an earlier run had done is said first."""
    with console.steps(console.words().text("study.progress")) as tell:
        is_first = True

        def told(done: float, wanted: int) -> None:
            nonlocal is_first
            if is_first and done:
                sentence = console.words().text("study.taken_up", n=int(done))
                console.error_console().print(sentence, markup=False, soft_wrap=True)
            is_first = False
            tell(done, wanted)

        yield told


@contextmanager
def _where(workers: int, scheduler: str | None) -> Iterator[Pool | None]:
    """Where the replications run: this process, others beside it, or a cluster."""
    from scenarios.executors import processes

    if scheduler is not None:
        from scenarios.cluster import cluster

        with cluster(scheduler, workers) as pool:
            yield pool
        return
    yield None if workers == 1 else processes(workers)


def _refuse_foreign(out: Path) -> None:
    """Refuse to replace what is not the folder of a study."""
    from allocation.exchange.folder import OutputInTheWayError

    if out.is_file():
        raise OutputInTheWayError(f"{out} is a file, not a folder", path=out, file=out.name)
    for item in sorted(out.iterdir()) if out.exists() else []:
        if item.name not in _OURS:
            message = f"{out} holds {item.name}, which is not of a study"
            raise OutputInTheWayError(message, path=out, file=item.name)
