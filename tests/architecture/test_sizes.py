"""Modules, functions, templates and test files stay small enough to be read in one go."""

import ast
from pathlib import Path

from tests.architecture.allowed import LONG_FUNCTIONS, LONG_MODULES, ONE_FILE_BY_CONTRACT
from tests.architecture.source_tree import (
    PACKAGES,
    functions,
    name_of,
    project_files,
    python_modules,
)

MODULE_QUESTION = 400
MODULE_REFUSED = 600
TEST_MODULE_REFUSED = 500
FUNCTION_REFUSED = 40
TEMPLATE_REFUSED = 150


def n_lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def n_code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef, source: list[str]) -> int:
    """Lines of the body that hold code: no signature, docstring, blank line or comment."""
    body = node.body
    if ast.get_docstring(node, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    lines = source[body[0].lineno - 1 : node.end_lineno]
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def test_no_module_is_refused_for_its_length() -> None:
    too_long = {
        name_of(path): n_lines(path)
        for path in python_modules(*PACKAGES)
        if n_lines(path) > ONE_FILE_BY_CONTRACT.get(name_of(path), (MODULE_REFUSED,))[0]
    }
    assert not too_long
    assert all(reason for _, reason in ONE_FILE_BY_CONTRACT.values())


def test_every_long_module_has_its_reason_and_every_reason_its_module() -> None:
    long = {name_of(p) for p in python_modules(*PACKAGES) if n_lines(p) > MODULE_QUESTION}
    assert long - set(ONE_FILE_BY_CONTRACT) == set(LONG_MODULES)
    assert all(LONG_MODULES.values())


def test_test_files_stay_under_their_limit() -> None:
    too_long = {
        name_of(path): n_lines(path)
        for path in python_modules("tests")
        if n_lines(path) > TEST_MODULE_REFUSED
    }
    assert not too_long


def test_every_long_function_has_its_reason_and_every_reason_its_function() -> None:
    long = {}
    for path in python_modules(*PACKAGES):
        source = path.read_text(encoding="utf-8").splitlines()
        for name, node in functions(path):
            size = n_code_lines(node, source)
            if size >= FUNCTION_REFUSED:
                long[f"{name_of(path)}::{name}"] = size
    unexplained = {name: size for name, size in long.items() if name not in LONG_FUNCTIONS}
    assert not unexplained
    assert set(LONG_FUNCTIONS) <= set(long), "no longer needed"
    assert all(LONG_FUNCTIONS.values())


def test_templates_stay_under_their_limit() -> None:
    too_long = {
        name_of(path): n_lines(path)
        for path in project_files()
        if path.suffix in {".html", ".jinja", ".j2"}
        and name_of(path).split("/")[0] in PACKAGES
        and n_lines(path) > TEMPLATE_REFUSED
    }
    assert not too_long


def test_lines_of_code_leave_out_signature_docstring_blanks_and_comments() -> None:
    text = 'def f(\n    a: int,\n) -> int:\n    """One.\n\n    Two."""\n    # why\n\n    return a\n'
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert n_code_lines(node, text.splitlines()) == 1
