"""YAML 1.2 read so that every fault can be shown at its line; a repeated key never passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from allocation.errors import Problem, ProblemsError
from allocation.file_faults import value_facts

Place = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)
DEEPEST = 40
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class YamlFile:
    """Plain content of a file, and the line of every element by its path inside it."""

    name: str
    content: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Line of an element; of the nearest element above it when it is not written."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, code: str, **facts: object) -> Problem:
        """A problem located in this file."""
        return Problem.at(self.name, self.line(place), ".".join(map(str, place)), code, **facts)


@dataclass(frozen=True)
class SentFile(YamlFile):
    """The same content sent as JSON: faults have a path (a JSON pointer) and no line."""

    def problem(self, place: Place, code: str, **facts: object) -> Problem:
        """A problem located in what was sent."""
        return Problem.at(self.name, 0, "/".join(map(str, place)), code, **facts)


def sent_file(content: Any, name: str) -> SentFile:
    """Plain values of JSON as a file of the same form holds them: days, and exact decimals."""
    return SentFile(name, _as_written(content), {(): 0})


def _as_written(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _as_written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_written(inner) for inner in value]
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def read_yaml(path: Path, name: str, problems: list[Problem]) -> YamlFile | None:
    """
    Read one file; faults of form are appended to ``problems``.

    Parameters
    ----------
    path
        The file.
    name
        How people know it (path inside the rulebook).
    problems
        Receives ``rule.not_yaml``, ``rule.duplicate_key``, ``rule.bad_value`` with their lines.

    Returns
    -------
    YamlFile or None
        ``None`` when the text is not YAML at all.
    """
    try:
        root = _composed(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as fault:
        row = fault.problem_mark.line + 1 if fault.problem_mark else 1
        problems.append(Problem.at(name, row, "", "rule.not_yaml", detail=fault.problem or ""))
        return None
    except (YAMLError, UnicodeDecodeError, RecursionError) as fault:
        detail = str(fault).partition("\n")[0]
        problems.append(Problem.at(name, 1, "", "rule.not_yaml", detail=detail))
        return None
    lines: dict[Place, int] = {(): 1}
    content = None if root is None else _plain(root, (), name, lines, problems)
    return YamlFile(name, content, lines)


@cache
def _composed(text: str) -> Node | None:
    """The tree of a text; reading YAML is slow, and two rulebooks share most of their files."""
    root: Node | None = YAML(typ="safe", pure=True).compose(text)
    return root


def _plain(
    node: Node, place: Place, name: str, lines: dict[Place, int], problems: list[Problem]
) -> Any:
    lines[place] = node.start_mark.line + 1
    if len(place) > DEEPEST:  # an alias that contains itself never ends
        path = ".".join(map(str, place[:3]))
        problems.append(Problem.at(name, lines[place], path, "rule.bad_value", detail="too deep"))
        return None
    if isinstance(node, MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            row = key_node.start_mark.line + 1
            if key in found:
                path = ".".join(map(str, (*place, key)))
                problems.append(Problem.at(name, row, path, "rule.duplicate_key", name=key))
            found[key] = _plain(value_node, (*place, key), name, lines, problems)
            lines[(*place, key)] = row
        return found
    if isinstance(node, SequenceNode):
        return [_plain(n, (*place, i), name, lines, problems) for i, n in enumerate(node.value)]
    return _scalar(node, place, name, problems)


def _scalar(node: Node, place: Place, name: str, problems: list[Problem]) -> Any:
    kind, text = str(node.tag).rsplit(":", maxsplit=1)[-1], str(node.value)
    try:
        if kind == "int":
            return int(text.replace("_", ""))
        if kind == "timestamp":
            return date.fromisoformat(text)
    except ValueError:
        path = ".".join(map(str, place))
        row = node.start_mark.line + 1
        problems.append(Problem.at(name, row, path, "rule.bad_value", detail=text))
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "null":
        return None
    return text


def validated(
    file: YamlFile, model: type[M], problems: list[Problem], *, at: Place = ()
) -> M | None:
    """The content under ``at`` as a checked model; every fault with its line otherwise."""
    content = file.content
    for step in at:
        content = content[step]
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        for error in fault.errors(include_url=False):
            place = (*at, *(p for p in error["loc"] if not str(p).startswith("function-")))
            code = "rule.missing_key" if error["type"] == "missing" else "rule.bad_value"
            if error["type"] == "extra_forbidden":
                code = "rule.unknown_key"
            problems.append(file.problem(place, code, **value_facts(error)))
        return None


def read_whole(path: Path, model: type[M]) -> M:
    """
    A file whose content is one checked model.

    Raises
    ------
    ProblemsError
        Every fault with its file and line.
    """
    problems: list[Problem] = []
    file = read_yaml(path, path.name, problems)
    found = validated(file, model, problems) if file else None
    if found is None or problems:
        raise ProblemsError(problems)
    return found
