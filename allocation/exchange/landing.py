"""Output that is there whole or not at all: written beside its place, then renamed."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from allocation.errors import HousingError
from allocation.interruption import hear_again, stop_if_asked, undisturbed

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


class CannotWriteError(HousingError):
    """The place of the result cannot be written: absent, forbidden, full."""

    code: ClassVar[str] = "exchange.cannot_write"


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """
    A temporary folder that takes the place of ``path`` when the block ends without an error.

    A folder already there is replaced as a whole, so that no file of an earlier result is left
    among the new ones.

    Raises
    ------
    CannotWriteError
        ``exchange.cannot_write``: no such place, no right to write there, or no room left.
    """
    path = path.absolute()
    with _workplace(path) as workplace:
        fresh = workplace / "new"
        fresh.mkdir()
        yield fresh
        hear_again()  # an interruption that native code swallowed counts before anything changes
        with undisturbed():
            if path.exists():
                path.rename(workplace / "old")
            try:
                fresh.rename(path)
            except OSError:
                if (workplace / "old").exists():
                    (workplace / "old").rename(path)
                raise


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """
    A temporary file that takes the place of ``path`` when the block ends without an error.

    Raises
    ------
    CannotWriteError
        ``exchange.cannot_write``: no such place, no right to write there, or no room left.
    """
    path = path.absolute()
    with _workplace(path) as workplace:
        fresh = workplace / path.name
        yield fresh
        hear_again()  # an interruption that native code swallowed counts before anything changes
        with undisturbed():
            fresh.replace(path)


@contextmanager
def _workplace(path: Path) -> Iterator[Path]:
    """A hidden folder beside ``path`` for the time of the work; nothing of it is left after."""
    workplace: Path | None = None
    try:
        with undisturbed():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                made = tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent)
            except OSError as fault:
                raise _cannot_write(path, fault) from fault
            workplace = Path(made)
        stop_if_asked()
        yield workplace
    except OSError as fault:
        is_of_place = fault.errno in _NO_ROOM or str(path) in (fault.filename, fault.filename2)
        if is_of_place:
            raise _cannot_write(path, fault) from fault
        raise
    finally:
        # A second Ctrl-C does not leave the hidden folder behind.
        with undisturbed():
            if workplace is not None:
                shutil.rmtree(workplace, ignore_errors=True)


def _cannot_write(path: Path, fault: OSError) -> CannotWriteError:
    return CannotWriteError(f"{path} cannot be written: {fault.strerror}", path=path)
