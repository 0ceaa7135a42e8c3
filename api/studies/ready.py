"""The studies and reforms that come with the program, and what is sent as one, checked."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from allocation.errors import HousingError, Problem, ProblemsError
from allocation.rules.yaml_file import read_yaml, sent_file
from scenarios.cli_study import ready as ready_studies
from scenarios.reform import Reform, reform_of
from scenarios.reform.reform_file import LIBRARY
from scenarios.search import search_of
from scenarios.study import Study, study_of

STUDY, SEARCH, REFORM = "study", "search", "reform"
CONTENT = "/content"


class UnknownStudyError(HousingError):
    """No ready study or reform has this name."""

    code: ClassVar[str] = "studies.not_ready"


@cache
def library() -> dict[tuple[str, str], dict[str, Any]]:
    """Every ready one by kind and name, as plain values of JSON."""
    found = {}
    for name, path in ready_studies().items():
        content = _plain(path)
        found[STUDY, name] = content
        if content.get("search"):
            found[SEARCH, name] = content
    for path in sorted(LIBRARY.glob("*.yaml")):
        found[REFORM, path.stem] = _plain(path)
    return found


def _plain(path: Path) -> dict[str, Any]:
    problems: list[Problem] = []
    file = read_yaml(path, path.name, problems)
    if file is None or problems:
        raise ProblemsError(problems)
    plain: dict[str, Any] = json.loads(json.dumps(file.content, default=date.isoformat))
    return plain


def content_of(kind: str, name: str) -> dict[str, Any]:
    """
    A ready one.

    Raises
    ------
    UnknownStudyError
        ``studies.not_ready``.
    """
    content = library().get((kind, name))
    if content is None:
        raise UnknownStudyError("Nothing ready of that name.", name=name, kind=kind)
    return content


def title_of(kind: str, content: dict[str, Any], language: str) -> str:
    """Its name in a language."""
    return str(content["label" if kind == REFORM else "title"][language])


def checked_study(content: dict[str, Any]) -> Study:
    """What was sent as a study; every fault with its path (``ProblemsError``)."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return study_of(sent_file(content, CONTENT), text)


def checked_search(content: dict[str, Any]) -> Study:
    """The same, of a study that says what it looks for (``study.no_search`` otherwise)."""
    study = checked_study(content)
    search_of(study)
    return study


def checked_reform(content: dict[str, Any], *, on: date) -> Reform:
    """What was sent as a reform; every fault with its path (``ProblemsError``)."""
    return reform_of(sent_file(content, CONTENT), on=on)
