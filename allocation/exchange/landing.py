"""Output that is there whole or not at all: written beside its place, then renamed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """
    A temporary folder that takes the place of ``path`` when the block ends without an error.

    A folder already there is replaced as a whole, so that no file of an earlier result is left
    among the new ones.
    """
    path = path.absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        fresh = workplace / "new"
        fresh.mkdir()
        yield fresh
        if path.exists():
            path.rename(workplace / "old")
        try:
            fresh.rename(path)
        except OSError:
            if (workplace / "old").exists():
                (workplace / "old").rename(path)
            raise
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file that takes the place of ``path`` when the block ends without an error."""
    path = path.absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        fresh = workplace / path.name
        yield fresh
        fresh.replace(path)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
