"""
Where the replications of a study run: here, in other processes, or on a cluster.

Everything that answers to the standard ``Executor`` interface will do; what comes back is put in
order by number, so the results are the same bytes whatever the number of workers. A task lost
with its worker is given again, once. Few tasks are given ahead of the workers: a cluster shared
with others is never flooded, and little is lost with a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from signal import SIG_IGN, SIGINT, signal
from typing import Any, TypeVar

from allocation.errors import HousingError

T = TypeVar("T")
R = TypeVar("R")
_MOST_TIMES = 2
_AHEAD = 2  # tasks given for each worker: one at work, one at hand


class WorkerLostError(HousingError):
    """A worker died twice over the same replications."""

    code = "study.worker_lost"


@dataclass(frozen=True)
class Pool:
    """
    A place to run.

    ``make`` gives an executor, again after it broke; ``n_workers`` is how many tasks it does at
    once.
    """

    make: Callable[[], Executor]
    n_workers: int


class Processes(ProcessPoolExecutor):
    """Processes of this program; what they have at hand is given up when nobody waits for it."""

    def __init__(self, workers: int) -> None:
        # Ctrl-C in a terminal reaches every process: what follows is for this one to say.
        super().__init__(
            workers,
            mp_context=get_context("spawn"),
            initializer=signal,
            initargs=(SIGINT, SIG_IGN),
        )
        self.others = set(active_children())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 as in Executor
        """Let the processes end, at once when nobody waits."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        if not wait:
            for process in set(active_children()) - self.others:
                process.terminate()


def processes(workers: int) -> Pool:
    """Fresh processes of this program."""
    return Pool(lambda: Processes(workers), workers)


def run_here(work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[T, R]]:
    """One after the other, in this process."""
    for task in tasks:
        yield task, work(task)


def run_on(pool: Pool, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[T, R]]:
    """
    Results as they come.

    Raises
    ------
    WorkerLostError
        ``study.worker_lost``: the same task was lost with its worker twice.
    """
    left = dict(enumerate(tasks))
    times = dict.fromkeys(left, 0)
    while left:
        executor, is_done = pool.make(), False
        try:
            for i, result in _few_at_a_time(executor, work, dict(left), pool.n_workers, times):
                yield left.pop(i), result
            is_done = True
        except BrokenExecutor:
            continue
        finally:
            executor.shutdown(wait=is_done, cancel_futures=True)


def _few_at_a_time(
    executor: Executor,
    work: Callable[[T], R],
    tasks: dict[int, T],
    n_workers: int,
    times: dict[int, int],
) -> Iterator[tuple[int, R]]:
    """Results by number of the task; ``times`` counts how often each was given."""
    to_give, given = iter(tasks.items()), dict[Future[R], int]()
    while True:
        while len(given) < _AHEAD * n_workers and (one := next(to_give, None)):
            i, task = one
            times[i] += 1
            if times[i] > _MOST_TIMES:
                raise WorkerLostError("A worker died twice over the same replications.")
            given[executor.submit(work, task)] = i
        if not given:
            return
        finished, _ = wait(given, return_when=FIRST_COMPLETED)
        yield from _results(finished, given)


def _results(
    finished: set[Future[Any]], given: dict[Future[Any], int]
) -> Iterator[tuple[int, Any]]:
    """What came back, in the order given; that a worker is lost is said after the rest."""
    lost: BrokenExecutor | None = None
    for future in sorted(finished, key=given.__getitem__):
        i = given.pop(future)
        try:
            result = future.result()
        except BrokenExecutor as fault:
            lost = fault
        else:
            yield i, result
    if lost is not None:
        raise lost
