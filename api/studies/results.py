"""The files of a study: figures as JSON and CSV, the report as a page and as a PDF."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from allocation.documents.pdf import write_page
from allocation.model import Register
from scenarios.reform import Reform, groups_csv, households_csv, reformed, reformed_together
from scenarios.start import Start
from scenarios.study import Study

Found = TypeVar("Found")
ONE_AT_A_TIME = 1
Tell = Callable[[float, int], None]


@dataclass(frozen=True)
class Simulation:
    """
    A study to run, or a search, one replication at a time.

    ``name``: what the command of the report calls it; ``checkpoint``: file of what is done already;
    ``tell``: hears how far it is; ``began``: a register's first day, else an invented one.
    """

    study: Study
    seed: str
    replications: int | None
    name: str
    language: str
    checkpoint: Path
    tell: Tell
    began: Start | None = None

    def by(self, work: Callable[..., Found]) -> Found:
        """What ``scenarios`` finds."""
        return work(
            self.study,
            self.seed,
            replications=self.replications,
            checkpoint=self.checkpoint,
            tell=self.tell,
            at_once=ONE_AT_A_TIME,
            began=self.began,
        )


def study_files(asked: Simulation) -> dict[str, bytes]:
    """The arms of a study side by side: the files of ``passerelle simulate``."""
    from scenarios.experiment import run
    from scenarios.report import report_html
    from scenarios.results import write_results

    results = asked.by(run)
    command = (
        f"passerelle simulate {asked.name} --replications {results.n}"
        f" --seed {asked.seed} --out etude"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_results(results, folder)
        write_page(report_html(results, asked.language, command), folder)
        return _read(folder)


def search_files(asked: Simulation) -> dict[str, bytes]:
    """The smallest shares that meet the goals: the files of ``passerelle optimise``."""
    from scenarios.search import optimise
    from scenarios.search_report import search_html
    from scenarios.search_results import write_search

    found = asked.by(optimise)
    looks = f" --replications {asked.replications}" if asked.replications else ""
    command = f"passerelle optimise {asked.name}{looks} --seed {asked.seed} --out etude"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_search(found, folder)
        write_page(search_html(found, asked.language, command), folder)
        return _read(folder)


def reform_files(
    registers: Sequence[Register],
    reform: Reform,
    *,
    on: date,
    is_outside: bool,
    names: Mapping[str, str],
    language: str,
    tell: Callable[[int], None],
) -> dict[str, bytes]:
    """
    The files of ``passerelle reform``; of several registers, what they come to together.

    ``names``: from the names of the study to the company's own, for the company alone.
    """
    from scenarios.reform.report import report_html

    if len(registers) == 1:
        compared, told = reformed(registers[0], reform, on=on, is_outside=is_outside)
    else:
        compared, told = reformed_together(registers, reform, on=on, tell=tell)
    told = _renamed(told, names)
    files = {"groups.csv": groups_csv(told).encode()}
    files["reform.json"] = _json(told)
    if not is_outside:
        files["households.csv"] = _renamed_csv(households_csv(compared), names).encode()
    with tempfile.TemporaryDirectory() as place:
        write_page(report_html(told, compared, language), Path(place))
        return files | _read(Path(place))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def _renamed_csv(text: str, names: Mapping[str, str]) -> str:
    out = io.StringIO()
    rows = csv.reader(io.StringIO(text))
    written = csv.writer(out, lineterminator="\n")
    written.writerows([names.get(cell, cell) for cell in row] for row in rows)
    return out.getvalue()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
