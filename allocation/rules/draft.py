"""
A draft of a rulebook: dated changes beside the published one.

A draft is read into edits of the published files. Previewing applies the edits to what was read
of them, publishing writes them into a copy; both are then loaded the same way, so the published
rulebook is the previewed one, to the hash.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from allocation.errors import Problem, ProblemsError
from allocation.model import Setting
from allocation.rules.loader import book_of, load_rulebook, read_all, rulebook_folder
from allocation.rules.rulebook import Rulebook, RulebookError, checked
from allocation.rules.schema import Label, Mark, Source, Strict, Unknown, Value
from allocation.rules.yaml_file import Place, YamlFile

POINTS = "points."
CEILINGS = "ceilings.yaml"


class DraftLine(Strict):
    """A new line of points, or another wording of one that exists."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    table: Literal["housing_situation", "personal_situation"]
    label: Label
    when: dict[str, Any]
    unknown: Unknown
    proof: dict[str, list[str]] = Field(default_factory=dict)
    points: int = Field(ge=0)


class DraftCeilings(Strict):
    """Other income ceilings, in whole euros."""

    ceilings: dict[str, list[int]]
    per_child: int = Field(ge=0)


class Draft(Strict):
    """
    What would change in a rulebook, from a day on.

    ``values``: points of a line (``points.H_HOMELESS``), a parameter (``seniority.cap``) or a row
    of a table. ``ended``: lines of points that would be no longer in force. ``source`` and
    ``mark`` say what the changes rest on; a proposal nobody voted is ``assumed``.
    """

    rulebook: str
    from_: date = Field(alias="from")
    source: Source
    mark: Mark = "assumed"
    note: str = ""
    values: dict[str, Value] = Field(default_factory=dict)
    lines: list[DraftLine] = Field(default_factory=list)
    ended: list[str] = Field(default_factory=list)
    ceilings: DraftCeilings | None = None


@dataclass(frozen=True)
class _Edit:
    """
    One change of a file: the open version of a series ends, ``version`` follows it.

    ``origin``: where the draft asks for it. A new file has no ``series`` and is ``version``.
    """

    file: str
    series: Place
    version: Mapping[str, Any] | None
    origin: Place


@dataclass(frozen=True)
class DraftPlace:
    """Where a draft is written: its file, and the path of it inside."""

    file: YamlFile
    at: Place = ()

    def problem(self, place: Place, code: str, **facts: object) -> Problem:
        """A problem located in the draft."""
        return self.file.problem((*self.at, *place), code, **facts)


def drafted(draft: Draft, place: DraftPlace, *, since: date | None = None) -> Rulebook:
    """
    The rulebook as the draft would make it.

    Parameters
    ----------
    draft
        The changes.
    place
        Where they are written, for the faults.
    since
        First day of the changes instead of the draft's own: a preview on an earlier day.

    Raises
    ------
    ProblemsError
        ``rule.no_rulebook``; ``draft.unknown_value``, ``draft.unknown_line``,
        ``draft.value_not_allowed``, ``draft.not_the_last`` (a later value is known already), and
        every fault of the loader, at the line of the draft that causes it.
    """
    draft = draft.model_copy(update={"from_": since}) if since else draft
    base = _base(draft, place)
    files = read_all(rulebook_folder(draft.rulebook), [])
    edits = _edits(draft, base, place)
    changed = {name: replace(file, content=deepcopy(file.content)) for name, file in files.items()}
    for edit in edits:
        if edit.series:
            _follow(_at(changed[edit.file].content, edit.series), edit.version, draft.from_)
        else:
            changed[edit.file] = YamlFile(edit.file, dict(edit.version or {}), {(): 1})
    try:
        return book_of(changed, [])
    except ProblemsError as faults:
        found = [_in_the_draft(p, edits, changed, place) for p in faults.problems]
        raise ProblemsError(found) from None


def publish(draft: Draft, place: DraftPlace, folder: Path) -> Rulebook:
    """
    Write the rulebook with the draft in it into an empty folder, comments and cases kept.

    Raises
    ------
    ProblemsError
        As ``drafted``: nothing is written then.
    """
    drafted(draft, place)
    base, source = _base(draft, place), rulebook_folder(draft.rulebook)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for edit in _edits(draft, base, place):
        _write(folder / edit.file, edit, draft.from_)
    return load_rulebook(folder)


def _base(draft: Draft, place: DraftPlace) -> Rulebook:
    try:
        return load_rulebook(draft.rulebook)
    except ProblemsError as faults:
        named = [p for p in faults.problems if p.code == "rule.no_rulebook"]
        if not named:
            raise
        facts = dict(named[0].facts)
        found = place.problem(("rulebook",), "rule.no_rulebook", **facts)
        raise ProblemsError([found]) from None


def _edits(draft: Draft, base: Rulebook, place: DraftPlace) -> list[_Edit]:
    """Every change as an edit of a file; every fault at once."""
    files = read_all(rulebook_folder(draft.rulebook), [])
    problems: list[Problem] = []
    common = {
        "from": draft.from_,
        "to": None,
        "mark": draft.mark,
        "source": draft.source.model_dump(exclude_defaults=True),
        **({"note": draft.note} if draft.note else {}),
    }
    found = [
        *_value_edits(draft, base, place, files, common, problems),
        *_line_edits(draft, base, place, files, common, problems),
    ]
    if draft.ceilings:
        version = {**common, **draft.ceilings.model_dump()}
        found.append(_Edit(CEILINGS, ("values",), version, ("ceilings",)))
    problems += [
        place.problem(e.origin, "draft.not_the_last", **{"from": draft.from_.isoformat()})
        for e in found
        if e.series and not _continues(_at(files[e.file].content, e.series), draft.from_)
    ]
    if problems:
        raise ProblemsError(problems)
    return found


def _value_edits(
    draft: Draft,
    base: Rulebook,
    place: DraftPlace,
    files: Mapping[str, YamlFile],
    common: Mapping[str, Any],
    problems: list[Problem],
) -> Iterator[_Edit]:
    for key, value in draft.values.items():
        origin: Place = ("values", key)
        code = key.removeprefix(POINTS)
        if key.startswith(POINTS) and code in base.lines:
            if type(value) is not int or value < 0:
                problems.append(place.problem(origin, "draft.value_not_allowed", name=key))
                continue
            name = _file_of_line(files, code)
            last = files[name].content["values"][-1]
            kept = {k: last[k] for k in ("when", "proof") if k in last}
            yield _Edit(name, ("values",), {**common, **kept, "points": value}, origin)
            continue
        try:
            version = {**common, "value": _value(base, key, value)}
        except RulebookError as refusal:
            facts: dict[str, object] = {"name": key}
            code = "draft.value_not_allowed"
            if refusal.reason == "rule.unknown_parameter":
                code = "draft.unknown_value"
                facts["suggestion"] = _closest(key, base)
            problems.append(place.problem(origin, code, **facts))
            continue
        name, parameter = _file_of_parameter(files, key)
        yield _Edit(name, ("parameters", parameter, "values"), version, origin)


def _value(base: Rulebook, key: str, value: Value) -> Any:
    """The value as it is written in the parameter's file, once it is one it may have."""
    name, _, row = (key, "", "") if key in base.parameters else key.rpartition(".")
    definition = base.parameters.get(name)
    is_made = name.startswith(POINTS)  # the switches of an unverified line have no file
    if definition is None or is_made or (row and definition.type != "table"):
        raise RulebookError("rule.unknown_parameter", f"no parameter {key}", name=key)
    if isinstance(value, dict) or value is None:
        raise RulebookError("rule.value_not_allowed", f"{key} is one value", name=key)
    right = checked(definition, Setting(key, value))
    if not row:
        return right
    table = definition.values[-1].value
    return {**(table if isinstance(table, dict) else {}), row: right}


def _line_edits(
    draft: Draft,
    base: Rulebook,
    place: DraftPlace,
    files: Mapping[str, YamlFile],
    common: Mapping[str, Any],
    problems: list[Problem],
) -> Iterator[_Edit]:
    for i, line in enumerate(draft.lines):
        origin: Place = ("lines", i)
        if line.code in base.lines:
            wording = {"points": line.points, "when": line.when, "proof": line.proof}
            name = _file_of_line(files, line.code)
            yield _Edit(name, ("values",), {**common, **wording}, origin)
            continue
        content = line.model_dump(exclude={"points"})
        content["values"] = [{**common, "points": line.points}]
        yield _Edit(f"points/draft_{line.code.lower()}.yaml", (), content, origin)
    for i, code in enumerate(draft.ended):
        if code not in base.lines:
            facts = {"name": code, "suggestion": _closest(POINTS + code, base)}
            problems.append(place.problem(("ended", i), "draft.unknown_line", **facts))
            continue
        yield _Edit(_file_of_line(files, code), ("values",), None, ("ended", i))


def _file_of_line(files: Mapping[str, YamlFile], code: str) -> str:
    return next(
        name
        for name, file in files.items()
        if name.startswith("points/") and file.content["code"] == code
    )


def _file_of_parameter(files: Mapping[str, YamlFile], key: str) -> tuple[str, str]:
    """The file that defines a parameter (or the table of a row), and the parameter's key."""
    return next(
        (name, candidate)
        for candidate in (key, key.rpartition(".")[0])
        for name, file in files.items()
        if name.startswith("parameters/") and candidate in file.content["parameters"]
    )


def _closest(key: str, base: Rulebook) -> str:
    known = [*base.parameters, *(POINTS + code for code in base.lines)]
    return next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.6)), "")


def _continues(series: list[dict[str, Any]], since: date) -> bool:
    """Whether the last version is open, and in force before that day."""
    last = series[-1]
    return last["to"] is None and last["from"] < since


def _follow(series: Any, version: Mapping[str, Any] | None, since: date) -> None:
    series[-1]["to"] = since - timedelta(days=1)
    if version is not None:
        series.append(dict(version))


def _at(content: Any, place: Place) -> Any:
    for step in place:
        content = content[step]
    return content


def _in_the_draft(
    problem: Problem, edits: list[_Edit], files: Mapping[str, YamlFile], place: DraftPlace
) -> Problem:
    """A fault of the changed files, told at the line of the draft it comes from."""
    for edit in edits:
        inside = edit.series
        if edit.series:
            inside = (*edit.series, len(_at(files[edit.file].content, edit.series)) - 1)
        path = ".".join(map(str, inside))
        if problem.where == edit.file and problem.column.startswith(path):
            rest = problem.column.removeprefix(path).strip(".")
            steps: Place = tuple(int(s) if s.isdigit() else s for s in rest.split(".") if s)
            return place.problem((*edit.origin, *steps), problem.code, **dict(problem.facts))
    return problem


def _write(path: Path, edit: _Edit, since: date) -> None:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    content = yaml.load(path.read_text(encoding="utf-8")) if edit.series else edit.version
    if edit.series:
        _follow(_at(content, edit.series), edit.version, since)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yaml.dump(content, file)
