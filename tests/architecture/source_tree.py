"""What the architecture tests look at: the files of the project, as git sees them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("allocation", "scenarios", "api")


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is committed or about to be: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def name_of(path: Path) -> str:
    """Path inside the project, with slashes."""
    return path.relative_to(ROOT).as_posix()


def python_modules(*rooms: str) -> list[Path]:
    """Python files of the given top-level folders, or of the whole project."""
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and (not rooms or name_of(path).split("/")[0] in rooms)
    ]


@cache
def syntax_tree(path: Path) -> ast.Module:
    """Parsed once per file, since several tests read it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name_of(path))


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with its qualified name, methods and inner functions included."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            name = f"{prefix}.{child.name}".lstrip(".") if named else prefix
            if named:
                yield name, child
            yield from walk(child, name)

    for name, node in walk(syntax_tree(path), ""):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node
