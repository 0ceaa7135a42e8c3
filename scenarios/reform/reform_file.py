"""What a register is compared under: another rulebook, or a file of changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem
from allocation.rules import Rulebook, load_rulebook
from allocation.rules.draft import Draft, DraftPlace, drafted, publish
from allocation.rules.schema import Label, Strict
from allocation.rules.yaml_file import YamlFile, read_yaml, validated

LIBRARY = Path(__file__).parent.parent / "library" / "reforms"


class QuotaChanges(Strict):
    """Changes of the register's quotas: fields of some, some no longer, others besides."""

    change: dict[str, dict[str, Any]] = Field(default_factory=dict)
    remove: list[str] = Field(default_factory=list)
    add: list[dict[str, Any]] = Field(default_factory=list)


class ReformFile(Strict):
    """
    A reform, written down.

    ``rules``: a draft of the rulebook. ``settings``: switches of the meeting. ``quotas``: changes
    of the register's quotas. At least one of them.
    """

    schema_: Literal["reform/1"] = Field(alias="schema")
    label: Label
    rules: Draft | None = None
    settings: dict[str, bool | int | str] = Field(default_factory=dict)
    quotas: QuotaChanges | None = None


@dataclass(frozen=True, eq=False)
class Reform:
    """
    The other side of a comparison.

    ``label`` by language. ``rulebook``: ``None`` when the rules stay those of the meeting.
    ``assumed``: what it changes, as a draft, with its mark. ``place``: where it is written.
    """

    label: Mapping[str, str]
    rulebook: Rulebook | None = None
    draft: Draft | None = None
    settings: Mapping[str, bool | int | str] = field(default_factory=dict)
    quotas: QuotaChanges | None = None
    place: DraftPlace | None = None


def read_against(against: str, *, on: date) -> Reform:
    """
    Read what a register is to be compared under.

    Parameters
    ----------
    against
        A file of changes (``reform/1``), the name of one that comes with the program, the name of
        a rulebook, or a folder that holds one.
    on
        The day of the comparison. A draft that begins later is taken as in force already.

    Raises
    ------
    ProblemsError
        Every fault with its line: ``rule.no_rulebook``, ``reform.changes_nothing``, the codes of
        a draft and of the rulebook loader.
    """
    path = reform_path(against)
    if not path.is_file():
        if path.suffix in (".yaml", ".yml"):
            raise ProblemsError([file_problem(path, FileNotFoundError())])
        whole = load_rulebook(against)
        return Reform(whole.label.model_dump(), whole)
    return reform_of(_yaml(path), on=on)


def reform_of(file: YamlFile, *, on: date) -> Reform:
    """
    The reform a file, or what was sent as one, holds, taken as in force on that day.

    Raises
    ------
    ProblemsError
        Every fault: ``reform.changes_nothing``, the codes of a draft and of the rulebook loader.
    """
    content = _checked(file)
    place = DraftPlace(file, ("rules",))
    draft = content.rules
    book = None
    if draft is not None:
        book = drafted(draft, place, since=on if on < draft.from_ else None)
    return Reform(content.label.model_dump(), book, draft, content.settings, content.quotas, place)


def rulebook_of(draft: Draft, place: DraftPlace, *, on: date) -> Rulebook:
    """The rulebook of a draft; one that begins after that day is taken as in force on it."""
    return drafted(draft, place, since=on if on < draft.from_ else None)


def reform_path(against: str) -> Path:
    """The file of a reform: that one, or the one of that name in the library."""
    ready = LIBRARY / f"{against}.yaml"
    return ready if ready.is_file() else Path(against)


def publish_reform(path: Path, folder: Path) -> Rulebook:
    """
    Write the rulebook with the draft of a reform in it into an empty folder.

    Raises
    ------
    ProblemsError
        ``reform.no_draft``: it changes no rule; the faults of the file.
    """
    file = _yaml(path)
    content = _checked(file)
    if content.rules is None:
        raise ProblemsError([file.problem((), "reform.no_draft")])
    return publish(content.rules, DraftPlace(file, ("rules",)), folder)


def _yaml(path: Path) -> YamlFile:
    problems: list[Problem] = []
    try:
        file = read_yaml(path, str(path), problems)
    except OSError as fault:
        raise ProblemsError([file_problem(path, fault)]) from None
    if file is None or problems:
        raise ProblemsError(problems)
    return file


def _checked(file: YamlFile) -> ReformFile:
    problems: list[Problem] = []
    content = validated(file, ReformFile, problems)
    if content and not (content.rules or content.settings or content.quotas):
        problems.append(file.problem((), "reform.changes_nothing"))
    if problems or content is None:
        raise ProblemsError(problems)
    return content
