"""
Where the replications of a study run: here, in other processes, or on a cluster.

Everything that answers to the standard ``Executor`` interface will do; what comes back is put in
order by number, so the results are the same bytes whatever the number of workers. A task lost
with its worker is given again, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from allocation.errors import HousingError

T = TypeVar("T")
R = TypeVar("R")
_MOST_TIMES = 2


class WorkerLostError(HousingError):
    """A worker died twice over the same replications."""

    code = "study.worker_lost"


class Pool(Protocol):
    """Makes an executor, again if it has to."""

    def __call__(self) -> Executor: ...


def processes(workers: int) -> Pool:
    """Fresh processes of this program."""
    return lambda: ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


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
    waiting = list(tasks)
    times = [0] * len(waiting)
    done: set[int] = set()
    while len(done) < len(waiting):
        executor = pool()
        try:
            left = [i for i in range(len(waiting)) if i not in done]
            for i in left:
                times[i] += 1
                if times[i] > _MOST_TIMES:
                    raise WorkerLostError("A worker died twice over the same replications.")
            futures: dict[Future[Any], int] = {executor.submit(work, waiting[i]): i for i in left}
            for i, result in _as_they_come(futures):
                done.add(i)
                yield waiting[i], result
        except BrokenExecutor:
            continue
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _as_they_come(futures: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
    pending = set(futures)
    lost: BrokenExecutor | None = None
    while pending:
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in sorted(finished, key=futures.__getitem__):
            try:
                result = future.result()
            except BrokenExecutor as fault:
                lost = fault
            else:
                yield futures[future], result
    if lost is not None:
        raise lost
