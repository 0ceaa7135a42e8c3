"""The import contract is kept, and the checker needs nothing but Python itself."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.source_tree import PACKAGES, ROOT, name_of, python_modules, syntax_tree

CHECKER = ROOT / "allocation" / "proof" / "checker.py"


def imported_roots(path: Path) -> set[str]:
    """First names of everything a module imports, wherever the import stands; `.` if relative."""
    roots: set[str] = set()
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add("." if node.level else (node.module or "").split(".")[0])
    return roots


def test_the_checker_imports_only_the_standard_library() -> None:
    assert imported_roots(CHECKER) <= set(sys.stdlib_module_names)


def test_the_checker_loads_alone_on_a_bare_python(tmp_path: Path) -> None:
    alone = shutil.copy(CHECKER, tmp_path / "checker.py")
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({str(alone)!r})"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert loaded.returncode == 0, loaded.stderr


def test_the_packages_never_import_the_tests() -> None:
    guilty = [name_of(p) for p in python_modules(*PACKAGES) if "tests" in imported_roots(p)]
    assert not guilty
