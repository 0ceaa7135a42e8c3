"""The two commands people are told about exist, and what builds the project agrees with itself."""

import os
import re
import subprocess
import tomllib

from packaging.requirements import Requirement

from tests.architecture.source_tree import PACKAGES, ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_integration_script_can_be_run_and_calls_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")


def test_the_readme_shows_both_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_every_target_says_what_it_does() -> None:
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("demo", "test", "bench", "lint", "types", "format"):
        assert re.search(rf"make {target}\s+\w", listed), target


def test_every_required_library_is_pinned() -> None:
    pinned = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    )
    extras = SETTINGS["project"]["optional-dependencies"].values()
    required = [*SETTINGS["project"]["dependencies"], *(r for extra in extras for r in extra)]
    names = {re.sub(r"[-_.]+", "-", Requirement(text).name).lower() for text in required}
    assert names <= pinned


def test_the_wheel_holds_exactly_the_three_packages() -> None:
    assert SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PACKAGES)
    assert all((ROOT / package / "py.typed").is_file() for package in PACKAGES)
