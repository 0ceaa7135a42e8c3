"""Read once by the process that others are forked from: what a service loads when it starts."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable

import uvicorn  # noqa: F401

import api.app
import api.commands.serve
import api.commands.work
from allocation.rules import load_rulebook

load_rulebook("wallonia")


def serve(environment: dict[str, str], log: str) -> None:
    """``passerelle serve``, in a process that has loaded its modules already."""
    _run(api.commands.serve.run, environment, log)


def work(environment: dict[str, str], log: str) -> None:
    """``passerelle work``, the same way."""
    _run(api.commands.work.run, environment, log)


def _run(command: Callable[[], int], environment: dict[str, str], log: str) -> None:
    os.environ.update(environment)
    with open(log, "a") as file:  # noqa: PTH123 for the descriptor
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(command())
