"""Why a file cannot be read, said the same way by every command: never in the words of Python."""

from __future__ import annotations

import json
from pathlib import Path

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
