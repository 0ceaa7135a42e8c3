"""A file of nonsense is listed as such: never a crash, never a register."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.errors import ProblemsError
from allocation.exchange import examine, write_folder, write_workbook
from allocation.exchange.folder import NAMES
from tests.builders import a_register

YAML_PIECES = st.sampled_from(
    ["- ", ": ", "a", "\n", "  ", "[", "]", "{", "}", "&x ", "*x", "|", "'", '"', "2026-02-31",
     "!!python/object:os.system", "? ", "#", "schema", "quotas", "~", "1e999", "<<", "0x1F", "\t"]
)  # fmt: skip
CSV_PIECES = st.sampled_from(
    ["application_id", "rank", "A1", ",", ";", '"', "\n", "\r", "\ufeff", "\x00", " ", "é",
     "2026-01-01", "-", "9" * 30]
)  # fmt: skip


@pytest.fixture(scope="module")
def sound() -> Iterator[Path]:
    """A folder and a workbook without any fault."""
    with tempfile.TemporaryDirectory() as place:
        write_folder(a_register(), Path(place) / "register")
        write_workbook(a_register(), Path(place) / "book.xlsx")
        yield Path(place)


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(NAMES.values())),
    content=st.binary(max_size=40)
    | st.lists(YAML_PIECES, max_size=12).map(lambda p: "".join(p).encode())
    | st.lists(CSV_PIECES, max_size=30).map(lambda p: "".join(p).encode()),
)
def test_nonsense_in_a_file_is_listed(sound: Path, name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "register"
        shutil.copytree(sound / "register", folder)
        (folder / name).write_bytes(content)
        found = examine(folder)
    for count in found.counts.values():
        assert count.read == count.accepted + count.rejected
        assert min(count.read, count.accepted, count.rejected) >= 0


@settings(max_examples=15, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), piece=st.binary(min_size=1, max_size=30))
def test_a_damaged_workbook_is_refused_or_read(sound: Path, at: float, piece: bytes) -> None:
    content = (sound / "book.xlsx").read_bytes()
    start = int(at * len(content))
    with tempfile.TemporaryDirectory() as place:
        book = Path(place) / "book.xlsx"
        book.write_bytes(content[:start] + piece + content[start + len(piece) :])
        # Nothing but a refusal may come out of it.
        with suppress(ProblemsError):
            assert examine(book).counts
