"""Small files of settings (YAML 1.2): plain values, and the line each of them stands on."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from allocation.errors import Problem

_DAY = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Outline:
    """
    A file of settings as plain values (dictionaries, lists, texts, numbers, dates, booleans).

    ``places``: path of a value -> (line or row, name people see). A path that is not there
    takes the place of the nearest one above it. ``sheets``: first steps that stand on a sheet
    of their own in a workbook.
    """

    where: str
    values: Any
    places: Mapping[Path_, tuple[int, str]] = field(default_factory=dict)
    sheets: frozenset[str] = frozenset()

    def problem(self, path: Path_, code: str, **facts: object) -> Problem:
        """A problem at the place of ``path``."""
        row, name = self.place(path)
        where = str(path[0]) if path and path[0] in self.sheets else self.where
        return Problem.at(where, row, name, code, **facts)

    def place(self, path: Path_) -> tuple[int, str]:
        """Line and name of a value, or the line of the nearest one above it."""
        if path in self.places:
            return self.places[path]
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]][0], dotted(path)
        return 0, dotted(path)


def dotted(path: Path_) -> str:
    """``("quotas", 2, "share")`` as people write it: ``quotas[3].share`` (the third)."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_yaml(path: Path) -> tuple[Outline | None, tuple[Problem, ...]]:
    """Read a file; a broken one, or a key given twice, is a problem with its line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8-sig")
        values = YAML(typ="safe", pure=True).load(text)
        node = YAML(pure=True).compose(text)
    except UnicodeDecodeError:
        return None, (Problem.at(path.name, 0, "", "register.not_utf8"),)
    except DuplicateKeyError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else 0
        return None, (Problem.at(path.name, row, "", "register.field_twice"),)
    except MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else 0
        reason = error.problem or "YAML"
        return None, (Problem.at(path.name, row, "", "register.unreadable", reason=reason),)
    except ValueError:
        return None, tuple(_impossible_days(path.name, text))
    except (YAMLError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        return None, (Problem.at(path.name, 0, "", "register.unreadable", reason=reason),)
    return Outline(path.name, values, dict(_places(node, ()))), ()


def yaml_text(values: Mapping[str, Any]) -> str:
    """Settings as YAML: order as given, accents as they are; same values, same text."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(dict(values), out)
    return out.getvalue()


def _impossible_days(where: str, text: str) -> Iterator[Problem]:
    """The values that look like a day and are none; found again because the reader stops at one."""
    from ruamel.yaml import YAML

    for event in YAML(pure=True).parse(text):
        value = getattr(event, "value", None)
        if isinstance(value, str) and _DAY.match(value) and event.style is None:
            try:
                date.fromisoformat(value[:10])
            except ValueError:
                row = event.start_mark.line + 1
                yield Problem.at(where, row, "", "register.no_such_day", value=value[:60])


def _places(node: Any, path: Path_) -> Iterator[tuple[Path_, tuple[int, str]]]:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if node is None:
        return
    yield path, (node.start_mark.line + 1, dotted(path))
    if isinstance(node, MappingNode):
        for key, value in node.value:
            # The line of the key: a value may start on the next one.
            inner = (*path, str(key.value))
            yield from _places(value, inner)
            yield inner, (key.start_mark.line + 1, dotted(inner))
    elif isinstance(node, SequenceNode):
        for idx, item in enumerate(node.value):
            yield from _places(item, (*path, idx))
