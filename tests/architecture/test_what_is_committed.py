"""Nothing that belongs to one machine or to one registry is committed, and nothing huge."""

import re

from tests.architecture.source_tree import ROOT, name_of, project_files

# Written so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?:^|[^\w.-])/(?:work|root|farm|home|Users)/")
REGISTRY = re.compile(
    r"(?:py[p]i\.org|python[h]osted\.org|registry\.[n]pmjs|deb\.[d]ebian\.org"
    r"|--(?:extra-)?index[-]url|https?://[^\s\"]+\.(?:whl|tgz|tar\.gz|deb)\b)"
)
LARGEST_BYTES = 1_500_000
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock"}
BINARY = {".png", ".pdf", ".xlsx", ".woff2", ".svg", ".mo"}


def findings(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in project_files():
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    return found


def test_no_path_of_a_machine_is_committed() -> None:
    assert not findings(MACHINE_PATH)


def test_no_address_of_a_package_registry_is_committed() -> None:
    assert not findings(REGISTRY)


def test_no_lock_file_that_records_addresses_is_committed() -> None:
    assert not [name_of(path) for path in project_files() if path.name in LOCK_FILES]


def test_no_large_file_is_committed() -> None:
    large = [name_of(path) for path in project_files() if path.stat().st_size > LARGEST_BYTES]
    assert not large


def test_every_pinned_package_has_its_hashes() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(blocks) > 50
    assert not [block.split()[0] for block in blocks if "--hash=sha256:" not in block]
