"""What the documents show exists: links lead somewhere, commands are commands."""

import os
import re
import subprocess
from pathlib import Path

from tests.architecture.source_tree import ROOT, name_of, project_files

PROGRAM = ROOT / ".venv" / "bin" / "passerelle"


def pages() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def commands_shown() -> set[str]:
    """First word after the program's name, in the blocks of shell."""
    shown: set[str] = set()
    for path in [*pages(), ROOT / "scripts" / "demo"]:
        text = path.read_text(encoding="utf-8")
        blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if path.suffix else [text]
        for block in blocks:
            shown |= set(re.findall(r"(?:bin/|^\"\$)passerelle\"? ([a-z]+)", block, re.MULTILINE))
    return shown


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for path in pages():
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{name_of(path)}: {target}")
    assert not broken


def test_every_page_is_listed_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    missing = [
        name
        for name in (name_of(path) for path in pages())
        if name.startswith("docs/")
        and not name.startswith("docs/decisions/0")
        and name != "docs/README.md"
        and f"]({name.removeprefix('docs/')})" not in index
    ]
    assert not missing


def test_every_command_shown_exists() -> None:
    listed = subprocess.run(
        [PROGRAM, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "200"},
    ).stdout
    shown = commands_shown()
    assert {"synth", "propose", "verify", "explain"} <= shown
    assert not [command for command in sorted(shown) if not re.search(rf"\b{command}\b", listed)]


def test_every_decision_is_numbered_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("0*.md"))
    listed = re.findall(r"\]\((0[^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert records == listed
    assert [name[:4] for name in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
