"""
Why a file or a value of it cannot be read, as codes and facts.

Every command says it the same way in four languages, never in the words of Python or pydantic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allocation.errors import Problem

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (FileNotFoundError, "file.absent"),
    (IsADirectoryError, "file.is_folder"),
    (NotADirectoryError, "file.absent"),
    (PermissionError, "file.forbidden"),
    (UnicodeDecodeError, "file.not_utf8"),
    (json.JSONDecodeError, "file.not_json"),
    (RecursionError, "file.not_json"),
)


def file_problem(path: Path, fault: Exception, *, otherwise: str = "file.unreadable") -> Problem:
    """
    The problem of a file that could not be opened, decoded or parsed.

    ``otherwise``: the code of a fault that is none of these. The line of faulty JSON is given.
    """
    row = fault.lineno if isinstance(fault, json.JSONDecodeError) else 0
    code = next((code for kind, code in _CODES if isinstance(fault, kind)), otherwise)
    return Problem.at(str(path), row, "", code, file=path.name)


# Pydantic's name of a fault -> what the sentence says is expected.
_KINDS = {
    "int_type": "whole_number",
    "int_parsing": "whole_number",
    "int_from_float": "whole_number",
    "decimal_type": "number",
    "decimal_parsing": "number",
    "float_type": "number",
    "float_parsing": "number",
    "string_type": "text",
    "bool_type": "true_or_false",
    "bool_parsing": "true_or_false",
    "date_type": "day",
    "date_parsing": "day",
    "date_from_datetime_parsing": "day",
    "date_from_datetime_inexact": "day",
    "list_type": "list",
    "dict_type": "fields",
    "model_type": "fields",
    "model_attributes_type": "fields",
    "literal_error": "choice",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "too_short": "too_short",
    "string_pattern_mismatch": "form",
}
_FACTS = {"ge": "limit", "le": "limit", "min_length": "limit", "pattern": "pattern"}


def value_facts(error: Mapping[str, Any]) -> dict[str, str]:
    """
    Facts of one error of a pydantic model: ``kind`` of value expected, its limits.

    Nothing of the value itself is repeated: it may be of a person.
    """
    kind = _KINDS.get(error["type"])
    context = error.get("ctx", {})
    if kind is None:
        # Errors we raise inside a model carry our own kind; other ones have no more to say.
        raised = context.get("error")
        return {"kind": raised.kind} if isinstance(raised, ValueKindError) else {}
    facts = {name: str(context[key]) for key, name in _FACTS.items() if key in context}
    if kind == "choice":
        facts["valid"] = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    return {"kind": kind, **facts}


class ValueKindError(ValueError):
    """Raised inside a model: ``kind`` chooses the sentence."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
