"""One row of the table of measures, and how a duration or a peak of memory is taken."""

import gc
import multiprocessing
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """
    One piece of work, its measure, what was aimed at, and its rival in the same run.

    Durations are medians in seconds, memory in megabytes. A rival that did not finish has no
    ``rival_s``: ``rival`` then says how far it got.
    """

    work: str
    median_s: float
    target_s: float | None = None
    rival: str = ""
    rival_s: float | None = None
    memory_mb: float | None = None
    target_mb: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times longer the rival takes."""
        return None if self.rival_s is None else self.rival_s / self.median_s

    @property
    def is_reached(self) -> bool | None:
        """Whether the targets are reached; None when there is none."""
        if self.target_s is None:
            return None
        is_small = self.target_mb is None or (self.memory_mb or 0) <= self.target_mb
        return self.median_s <= self.target_s and is_small


def median_seconds(work: Callable[[], object], *, repeat: int = 5) -> float:
    """Median duration of `work` over `repeat` runs, after one that does not count."""
    work()
    durations = []
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def peak_megabytes(work: Callable[..., object], *arguments: object) -> float:
    """
    Peak of the memory of a whole new process that runs `work` once, solver and libraries included.

    `work` is a function at the top of a module and builds its own data, from small `arguments`.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak_here, (work, arguments))


def seconds_within(
    limit_s: float, work: Callable[..., object], *arguments: object
) -> tuple[float | None, object]:
    """
    Duration and answer of `work`, alone in a process of its own; `(None, None)` past the limit.

    The process is a copy of this one, so that large arguments need no writing out. One that the
    system kills (memory) did not finish either; one that fails is an error of ours.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, work, arguments))
    process.start()
    sender.close()
    try:
        if receiver.poll(limit_s):
            found: tuple[float, object] = receiver.recv()
            return found
    except EOFError:
        process.join()
        if process.exitcode and process.exitcode > 0:
            raise RuntimeError(f"{work} failed") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    return None, None


def _answer(sender: Any, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    start = time.perf_counter()
    answer = work(*arguments)
    sender.send((time.perf_counter() - start, answer))


def _peak_here(work: Callable[..., object], arguments: tuple[object, ...]) -> float:
    work(*arguments)
    return peak_of_this_process()


def peak_of_this_process() -> float:
    """Most memory this process has had, in megabytes."""
    # Not `ru_maxrss`: on Linux it starts at the size of the process that spawned this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kibibytes) * 1024 / 1e6
