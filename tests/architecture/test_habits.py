"""Names, errors and unfinished work: what a reader must never find in the packages."""

import ast
import re
from pathlib import Path

from tests.architecture.allowed import BROAD_HANDLERS
from tests.architecture.source_tree import (
    PACKAGES,
    name_of,
    project_files,
    python_modules,
    syntax_tree,
)

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
ROUTE = "route_class"
UNWRITTEN = NotImplementedError.__name__
UNFINISHED = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b")


def is_swallowed(handler: ast.ExceptHandler) -> bool:
    """An error caught and dropped: the handler does nothing at all."""
    return all(
        isinstance(step, ast.Pass)
        or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for step in handler.body
    )


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Catches everything, by name or by silence."""
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )


def raised_name(node: ast.Raise) -> str:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return raised.id if isinstance(raised, ast.Name) else ""


def places(path: Path, nodes: list[ast.AST]) -> list[str]:
    return [f"{name_of(path)}:{getattr(node, 'lineno', 0)}" for node in nodes]


def test_files_are_named_after_what_they_hold() -> None:
    vague = [
        name_of(path)
        for path in project_files()
        if path.stem.lower() in VAGUE_NAMES or VAGUE_NAMES & set(path.parent.parts)
    ]
    assert not vague


def test_python_files_have_snake_case_names() -> None:
    odd = [
        name_of(p)
        for p in python_modules(*PACKAGES, "tests")
        if not re.fullmatch("[a-z0-9_]+", p.stem)
    ]
    assert not odd


def test_no_error_is_swallowed() -> None:
    found = []
    for path in python_modules():
        handlers = [n for n in ast.walk(syntax_tree(path)) if isinstance(n, ast.ExceptHandler)]
        found += places(path, [h for h in handlers if is_swallowed(h)])
    assert not found


def test_the_packages_raise_errors_by_name() -> None:
    found = []
    for path in python_modules(*PACKAGES):
        raises = [n for n in ast.walk(syntax_tree(path)) if isinstance(n, ast.Raise)]
        found += places(path, [n for n in raises if raised_name(n) == "Exception"])
    assert not found


def test_the_packages_catch_errors_by_name_but_in_places_with_a_reason() -> None:
    found: dict[str, int] = {}
    for path in python_modules(*PACKAGES):
        handlers = [n for n in ast.walk(syntax_tree(path)) if isinstance(n, ast.ExceptHandler)]
        broad = [handler for handler in handlers if is_broad(handler)]
        if broad:
            found[name_of(path)] = len(broad)
    assert found == dict.fromkeys(BROAD_HANDLERS, 1)
    assert all(BROAD_HANDLERS.values())


def test_nothing_is_left_unfinished() -> None:
    found = []
    for path in python_modules():
        text = path.read_text(encoding="utf-8")
        found += [f"{name_of(path)}: {match}" for match in UNFINISHED.findall(text)]
        raises = [n for n in ast.walk(syntax_tree(path)) if isinstance(n, ast.Raise)]
        found += places(path, [n for n in raises if raised_name(n) == "NotImplementedError"])
    assert not found


def test_input_is_never_checked_with_assert() -> None:
    found = []
    for path in python_modules(*PACKAGES):
        found += places(path, [n for n in ast.walk(syntax_tree(path)) if isinstance(n, ast.Assert)])
    assert not found


def test_the_law_reads_no_clock() -> None:
    """Dates are handed in (`on=`): the law and its documents never ask what day it is."""
    clock = {("date", "today"), ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow")}
    found = []
    for path in python_modules("allocation", "scenarios"):
        for node in ast.walk(syntax_tree(path)):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
                continue
            if (node.value.id, node.attr) in clock:
                found += places(path, [node])
    assert not found


def test_every_router_runs_its_routes_in_one_thread() -> None:
    """`APIRouter(..., route_class=Route)`, or one made of it: `api/routing.py` says why."""
    found = []
    for path in python_modules("api"):
        calls = [n for n in ast.walk(syntax_tree(path)) if isinstance(n, ast.Call)]
        routers = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "APIRouter"]
        found += places(path, [c for c in routers if ROUTE not in {k.arg for k in c.keywords}])
    assert not found, f"a router needs {ROUTE}=Route (api/routing.py)"
