"""The real service in a process of its own, that may be killed and started again."""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import socket
import time
from pathlib import Path

import httpx2

from tests.warm import serve, work

SECRET = b"s" * 32  # that of ``tests.fixtures.service``
PATIENCE = 120.0  # seconds for a start, many times what it takes
# Processes forked from one that has loaded the modules: a start costs nothing.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.warm"])


class Served:
    """
    ``passerelle serve`` on a database, on a free port of this machine.

    ``settings``: further settings, by name. Without a worker in the service, ``with_worker``
    starts ``passerelle work`` beside it.
    """

    def __init__(self, url: str, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self.url = url
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}"
        secret = folder / "secret"
        secret.write_text(SECRET.hex(), encoding="ascii")
        self._log = str(folder / "log")
        self._environment = {
            "PASSERELLE_DATABASE_URL": url,
            "PASSERELLE_PORT": str(self.port),
            "PASSERELLE_SECRET_FILE": str(secret),
            **(settings or {}),
        }
        self._processes: list[multiprocessing.context.ForkServerProcess] = []

    def start(self, *, with_worker: bool = False) -> None:
        """Start, and wait until it answers."""
        began = [serve, work] if with_worker else [serve]
        self._processes = [
            FORKED.Process(target=program, args=(self._environment, self._log)) for program in began
        ]
        for process in self._processes:
            process.start()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if httpx2.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            except httpx2.TransportError:
                if not all(process.is_alive() for process in self._processes):
                    said = Path(self._log).read_text(encoding="utf-8")
                    raise RuntimeError(f"the service ended by itself: {said[-2000:]}") from None
                time.sleep(0.05)
        raise TimeoutError("the service does not start")

    def kill(self) -> None:
        """No warning."""
        for process in self._processes:
            process.kill()
            process.join()
