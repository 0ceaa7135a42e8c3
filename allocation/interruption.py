"""
Ctrl-C: heard whatever native code does with the signal, and never in the middle of a renaming.

Libraries with code of their own (a solver, a drawing engine) may take the signal over or swallow
the exception; what was asked for is therefore kept here until the program ends.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class _State:
    """What has happened in this process."""

    is_asked = False  # somebody pressed Ctrl-C
    n_undisturbed = 0  # how many short passages that must finish are open
    is_ours = False  # the signal is ours to hear


_state = _State()


def is_asked() -> bool:
    """Whether somebody asked to stop."""
    return _state.is_asked


def stop_if_asked() -> None:
    """Raise ``KeyboardInterrupt`` when somebody asked to stop and native code swallowed it."""
    if _state.is_asked:
        raise KeyboardInterrupt


@contextmanager
def heard() -> Iterator[None]:
    """Hear Ctrl-C while the block lasts; a process told to ignore it (nohup) goes on doing so."""
    before: Any = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or before in (None, signal.SIG_IGN):
        yield
        return
    _state.is_asked, _state.is_ours = False, True
    signal.signal(signal.SIGINT, _on_signal)
    try:
        yield
    finally:
        _state.is_asked = _state.is_ours = False
        signal.signal(signal.SIGINT, before)


def hear_again() -> None:
    """Take the signal back from native code that may have taken it over; stop if it was asked."""
    if _state.is_ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _on_signal)
        stop_if_asked()


@contextmanager
def undisturbed() -> Iterator[None]:
    """A short passage that must finish: Ctrl-C is kept for its end."""
    _state.n_undisturbed += 1
    try:
        yield
    finally:
        _state.n_undisturbed -= 1


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    _state.is_asked = True
    if not _state.n_undisturbed:
        raise KeyboardInterrupt
