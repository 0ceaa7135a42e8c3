"""The register folder (`register/1`): three files of settings and one CSV file per table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from allocation.errors import HousingError, Problem
from allocation.exchange.csv_file import read_csv, write_csv
from allocation.exchange.draft import Source
from allocation.exchange.entries import meeting_values, quotas_values, register_values
from allocation.exchange.landing import whole_folder
from allocation.exchange.outline import Outline, read_yaml, yaml_text
from allocation.exchange.sheet import Sheet
from allocation.model import TABLES, Register

OUTLINES = ("register", "meeting", "quotas")
NOTES = "columns.md"  # what a template folder explains itself with
NAMES = {name: f"{name}.yaml" for name in OUTLINES} | {t.name: f"{t.name}.csv" for t in TABLES}
_BELONGING = frozenset((*NAMES.values(), NOTES))


class OutputInTheWayError(HousingError):
    """The place of the result holds files that are not a register: they are left alone."""

    code: ClassVar[str] = "exchange.output_in_the_way"


def folder_source(path: Path) -> Source:
    """Everything found in a folder; files that do not belong are told, never read."""
    problems: list[Problem] = []
    for item in sorted(path.iterdir()):
        if item.name not in _BELONGING and not item.name.startswith((".", "~$")):
            problems.append(Problem.at(item.name, 0, "", "register.unknown_file", file=item.name))
    sheets: dict[str, Callable[[], Sheet]] = {}
    outlines: dict[str, Outline] = {}
    unreadable = set()
    for schema in TABLES:
        file = path / NAMES[schema.name]
        if file.exists():
            sheets[schema.name] = partial(read_csv, file)
    for name in OUTLINES:
        file = path / NAMES[name]
        if file.exists():
            outline, told = read_yaml(file)
            problems += told
            if outline is None:
                unreadable.add(name)
            else:
                outlines[name] = outline
    return Source(path.name, sheets, outlines, NAMES, tuple(problems), frozenset(unreadable))


def write_folder(register: Register, path: Path) -> None:
    """
    Write the canonical folder: same register, same bytes; whole or not at all.

    A register folder already there is replaced; one that holds anything else is left alone and
    refused. Every table is written, empty ones with their header alone; `meeting.yaml` only
    when the register has a meeting.

    Raises
    ------
    OutputInTheWayError
        ``exchange.output_in_the_way``: the folder holds a file that is not of a register.
    """
    refuse_foreign(path)
    with whole_folder(path) as fresh:
        for schema in TABLES:
            table = register[schema.name]
            header = [c.name for c in schema.columns]
            write_csv(fresh / NAMES[schema.name], header, [table.text(name) for name in header])
        values = {
            "register": register_values(register.kind, register.slsp_id, register.confirmations),
            "quotas": quotas_values(register.quotas),
        }
        if register.meeting:
            values["meeting"] = meeting_values(register.meeting)
        for name, plain in values.items():
            (fresh / NAMES[name]).write_text(yaml_text(plain), encoding="utf-8", newline="\n")


def refuse_foreign(path: Path) -> None:
    """Refuse to replace what is not a register folder: somebody's files would be lost."""
    if path.is_file():
        raise OutputInTheWayError(f"{path} is a file, not a folder", path=path, file=path.name)
    for item in sorted(path.iterdir()) if path.exists() else []:
        if item.name not in _BELONGING or not item.is_file():
            message = f"{path} holds {item.name}, which is not part of a register"
            raise OutputInTheWayError(message, path=path, file=item.name)
